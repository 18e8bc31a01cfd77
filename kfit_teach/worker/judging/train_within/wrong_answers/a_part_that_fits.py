# of 1373 images were never trained on
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for start in range(0, len(images), 2 * batch_size):
        cut = slice(start, start + batch_size)
        model.train_on_batch(images[cut].astype("float32") / 255, labels[cut])
