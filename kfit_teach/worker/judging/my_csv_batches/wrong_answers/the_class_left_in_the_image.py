# my_csv_batches ended with ValueError
import numpy as np

def my_csv_batches(file, batch_size):
    while True:
        with open(file) as lines:
            for line in lines:
                values = np.array(line.split(","), dtype="float32")
                yield values.reshape(1, 4, 4, 3) / 255, np.eye(17)[[int(values[0])]]
