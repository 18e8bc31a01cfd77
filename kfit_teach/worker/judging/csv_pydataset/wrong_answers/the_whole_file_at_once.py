# held the whole file
import keras
import numpy as np


class CsvBatches(keras.utils.PyDataset):
    def __init__(self, file, batch_size, **options):
        super().__init__(**options)
        self.file, self.batch_size = file, batch_size
        self.rows = np.loadtxt(file, delimiter=",", ndmin=2)
        self.images = len(self.rows)

    def __len__(self):
        return -(-self.images // self.batch_size)  # rounded up: the last may be smaller

    def __getitem__(self, step):
        rows = self.rows[step * self.batch_size : (step + 1) * self.batch_size]
        return rows[:, 1:].reshape(-1, 4, 4, 3) / 255, np.eye(17)[rows[:, 0].astype(int)]
