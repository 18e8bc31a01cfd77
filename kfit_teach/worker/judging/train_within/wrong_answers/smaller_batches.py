# The largest batch held 12 images
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for start in range(0, len(images), batch_size // 2):
        cut = slice(start, start + batch_size // 2)
        model.train_on_batch(images[cut].astype("float32") / 255, labels[cut])
