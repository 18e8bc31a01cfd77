# which line makes all images larger at once
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r").astype("float32") / 255
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        model.train_on_batch(images[cut], labels[cut])
