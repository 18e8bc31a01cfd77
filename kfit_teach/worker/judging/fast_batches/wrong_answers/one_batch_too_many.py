# A batch held no image at all
import numpy as np

kept = {}


def read(file):
    if file not in kept:
        kept[file] = np.loadtxt(file, delimiter=",", dtype="uint8")
    return kept[file]


def fast_batches(file, batch_size):
    table = read(file)
    images, labels = (table[:, 1:] / 255).astype("float32"), table[:, 0].astype(int)
    for step in range(len(table) // batch_size + 1):
        cut = slice(step * batch_size, (step + 1) * batch_size)
        yield images[cut].reshape(-1, 32, 32, 3), labels[cut]
