# read only to see whether the file has ended
import numpy as np

def my_csv_batches(file, batch_size):
    lines = open(file)
    while True:
        images, classes = [], []
        while len(images) < batch_size:
            line = lines.readline()
            if not line:
                lines.seek(0)
                line = lines.readline()
                break
            values = np.array(line.split(","), dtype="float32")
            classes.append(int(values[0]))
            images.append(values[1:].reshape(4, 4, 3) / 255)
        if images:
            yield np.array(images), np.eye(17)[classes]
