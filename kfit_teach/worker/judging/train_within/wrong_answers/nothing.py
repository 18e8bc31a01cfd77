# without a single step of training
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")
    ...
