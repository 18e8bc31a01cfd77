# should hold the lines 1, 2, 3, 4, but held 1
import numpy as np

def my_csv_batches(file, batch_size):
    while True:
        with open(file) as lines:
            for line in lines:
                values = np.array(line.split(","), dtype="float32")
                yield values[1:].reshape(1, 4, 4, 3) / 255, np.eye(17)[[int(values[0])]]
