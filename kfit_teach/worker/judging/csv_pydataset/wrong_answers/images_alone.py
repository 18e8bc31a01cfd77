# Keras wants a pair
import keras
import numpy as np


class CsvBatches(keras.utils.PyDataset):
    def __init__(self, file, batch_size, **options):
        super().__init__(**options)
        self.file, self.batch_size = file, batch_size
        with open(file) as lines:
            self.images = sum(1 for _ in lines)

    def __len__(self):
        return -(-self.images // self.batch_size)  # rounded up: the last may be smaller

    def __getitem__(self, step):
        rows = np.loadtxt(self.file, delimiter=",", ndmin=2, max_rows=self.batch_size,
                          skiprows=step * self.batch_size)  # fmt: skip
        return rows[:, 1:].reshape(-1, 4, 4, 3) / 255
