# end where the file ends
import numpy as np

def train_within(model, file, labels, batch_size):
    images = np.load(file, mmap_mode="r")

    def batches():
        while True:
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                yield images[cut].astype("float32") / 255, labels[cut]

    model.fit(batches(), verbose=0)
