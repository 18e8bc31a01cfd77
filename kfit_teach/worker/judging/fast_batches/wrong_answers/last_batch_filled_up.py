# leave the last batch smaller
import numpy as np

kept = {}


def read(file):
    if file not in kept:
        kept[file] = np.loadtxt(file, delimiter=",", dtype="uint8")
    return kept[file]


def fast_batches(file, batch_size):
    table = read(file)
    images, labels = (table[:, 1:] / 255).astype("float32"), table[:, 0].astype(int)
    for start in range(0, len(table), batch_size):
        places = np.arange(start, start + batch_size) % len(table)
        yield images[places].reshape(-1, 32, 32, 3), labels[places]
