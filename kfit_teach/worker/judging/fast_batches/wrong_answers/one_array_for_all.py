# A batch changed after you had handed it over
import numpy as np

kept = {}


def read(file):
    if file not in kept:
        kept[file] = np.loadtxt(file, delimiter=",", dtype="uint8")
    return kept[file]


def fast_batches(file, batch_size):
    table = read(file)
    room = np.empty((batch_size, 32, 32, 3), "float32")
    for start in range(0, len(table), batch_size):
        rows = table[start : start + batch_size]
        room[: len(rows)] = (rows[:, 1:] / 255).reshape(-1, 32, 32, 3)
        yield room[: len(rows)], rows[:, 0].astype(int)
