# Which work do you still do in every epoch
import numpy as np

kept = {}


def fast_batches(file, batch_size):
    if file not in kept:
        kept[file] = [int(line.split(",")[0]) for line in open(file)]
    labels, images, done = kept[file], [], 0
    for line in open(file):
        values = [int(value) for value in line.split(",")[1:]]
        images.append((np.array(values) / 255).astype("float32").reshape(32, 32, 3))
        if len(images) == batch_size or done + len(images) == len(labels):
            yield np.array(images), np.array(labels[done : done + len(images)])
            images, done = [], done + len(images)
