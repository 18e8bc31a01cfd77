# were told to weigh images or classes
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        batch = images[cut].astype("float32") / 255
        model.train_on_batch(batch, labels[cut], sample_weight=np.full(len(batch), 2.0))
