# held the whole file
import numpy as np

def my_csv_batches(file, batch_size):
    table = np.loadtxt(file, delimiter=",", dtype="float32")
    images, labels = table[:, 1:].reshape(-1, 4, 4, 3) / 255, np.eye(17)[table[:, 0].astype(int)]
    while True:
        for start in range(0, len(images), batch_size):
            yield images[start:start + batch_size], labels[start:start + batch_size]
