# one call must give one epoch
import numpy as np

kept = {}


def read(file):
    if file not in kept:
        kept[file] = np.loadtxt(file, delimiter=",", dtype="uint8")
    return kept[file]


def fast_batches(file, batch_size):
    table = read(file)
    while True:
        for start in range(0, len(table), batch_size):
            rows = table[start : start + batch_size]
            images = (rows[:, 1:] / 255).astype("float32").reshape(-1, 32, 32, 3)
            yield images, rows[:, 0].astype(int)
