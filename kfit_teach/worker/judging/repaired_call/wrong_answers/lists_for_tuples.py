# since they came as lists
from itertools import count

import keras


def repaired(model, aug, images, labels, batch_size, epochs, way):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return -(-len(images) // batch_size)  # rounded up

        def __getitem__(self, step):
            batch = slice(step * batch_size, (step + 1) * batch_size)
            return images[batch], labels[batch]

    own, flow = Batches(), aug.flow(images, labels, batch_size=batch_size)
    endless = (list(batch) for _ in count() for batch in own)
    source = {"flow": flow, "generator": endless, "PyDataset": own}[way]
    steps = len(own) if way == "generator" else None  # the others know their length
    model.fit(source, steps_per_epoch=steps, epochs=epochs)
