# but in batches of 100
import numpy as np

kept = {}


def read(file):
    if file not in kept:
        kept[file] = np.loadtxt(file, delimiter=",", dtype="uint8")
    return kept[file]


def fast_batches(file, batch_size):
    table = read(file)
    images = (table[:, 1:] / 255).astype("float32").reshape(-1, 32, 32, 3)
    yield images, table[:, 0].astype(int)
