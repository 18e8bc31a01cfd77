# Which work do you still do in every epoch
import numpy as np


def fast_batches(file, batch_size):
    images, labels = [], []
    for line in open(file):
        label, *values = line.split(",")
        pixels = np.array(list(map(int, values))) / 255
        images.append(pixels.astype("float32").reshape(32, 32, 3))
        labels.append(int(label))
        if len(images) == batch_size:
            yield np.array(images), np.array(labels)
            images, labels = [], []
    if images:
        yield np.array(images), np.array(labels)
