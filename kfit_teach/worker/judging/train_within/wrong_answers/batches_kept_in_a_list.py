# what keeps batches that were trained on already
import numpy as np

def train_within(model, file, labels, batch_size):
    images, batches = np.load(file, mmap_mode="r"), []
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        batches.append(images[cut].astype("float32") / 255)
        model.train_on_batch(batches[-1], labels[cut])
