import numpy as np


def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")  # opens the file, and reads nothing yet
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        batch = images[cut].astype("float32") / 255  # only these are read
        model.train_on_batch(batch, labels[cut])
