# images of two epochs
import numpy as np

def my_fit(model, images, labels, batch_size, epochs):
    images, labels = np.concatenate([images] * epochs), np.concatenate([labels] * epochs)
    for start in range(0, len(images), batch_size):
        cut = slice(start, start + batch_size)
        model.train_on_batch(images[cut], labels[cut])
