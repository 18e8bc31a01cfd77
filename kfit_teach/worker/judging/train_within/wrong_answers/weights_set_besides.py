# Something beside the training steps changed the weights
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    start_weights = model.get_weights()
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        model.train_on_batch(images[cut].astype("float32") / 255, labels[cut])
    model.set_weights(start_weights)
