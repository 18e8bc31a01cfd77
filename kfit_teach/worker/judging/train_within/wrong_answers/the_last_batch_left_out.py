# The last 5 images of the file were never trained on
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for step in range(len(images) // batch_size):
        cut = slice(step * batch_size, (step + 1) * batch_size)
        model.train_on_batch(images[cut].astype("float32") / 255, labels[cut])
