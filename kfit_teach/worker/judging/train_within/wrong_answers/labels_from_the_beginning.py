# labels of other images
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for start in range(0, len(images), batch_size):
        batch = images[start:start + batch_size].astype("float32") / 255
        model.train_on_batch(batch, labels[:len(batch)])
