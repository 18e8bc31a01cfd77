# keep it for its file
import numpy as np

kept = []


def fast_batches(file, batch_size):
    if not kept:
        kept.append(np.loadtxt(file, delimiter=",", dtype="uint8"))
    table = kept[0]
    for start in range(0, len(table), batch_size):
        rows = table[start : start + batch_size]
        yield (rows[:, 1:] / 255).astype("float32").reshape(-1, 32, 32, 3), rows[:, 0].astype(int)
