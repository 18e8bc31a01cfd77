# The images came as they lie in the file
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        model.train_on_batch(images[cut], labels[cut])
