# filled up with images that had been seen
import numpy as np

def my_fit(model, images, labels, batch_size, epochs):
    for epoch in range(epochs):
        for start in range(0, len(images), batch_size):
            places = np.arange(start, start + batch_size) % len(images)
            model.train_on_batch(images[places], labels[places])
