"""Ten images, ways to hand them to fit, and a network that notes which of them it was shown.

An image is known by its number, which is its first value. Networks run eagerly: their steps see
real numbers, and nothing is traced.
"""

import itertools

import numpy as np

IMAGES, BATCH, CLASSES = 10, 4, 3  # batches of 4, 4 and 2


class Notes:
    """What a network was shown: per epoch, a list of batches, each a list of image numbers."""

    def __init__(self):
        self.trained, self.validated = [], []

    def begin_epoch(self):
        self.trained.append([])
        self.validated.append([])

    def note(self, numbers, training):
        (self.trained if training else self.validated)[-1].append(numbers)

    @property
    def counts(self):
        """Batches trained in each epoch."""
        return [len(batches) for batches in self.trained]

    @property
    def sizes(self):
        return [[len(batch) for batch in batches] for batches in self.trained]

    @property
    def orders(self):
        """Image numbers of each epoch in the order in which they were trained."""
        return [joined(batches) for batches in self.trained]


def joined(batches):
    """The image numbers of several batches in one list."""
    return list(itertools.chain(*batches))


def data(image_shape=(2,), number=IMAGES):
    """Images, each filled with its number, and their one-hot labels."""
    ones = np.ones((number, *image_shape), "float32")
    numbers = np.arange(number).reshape(-1, *[1] * len(image_shape))
    return ones * numbers, np.eye(CLASSES, dtype="float32")[np.arange(number) % CLASSES]


def batches(*more, number=IMAGES):
    """Yield the images once, in batches; `more` are further parts of a batch."""
    images, labels = data(number=number)
    for start in range(0, number, BATCH):
        yield tuple(part[start : start + BATCH] for part in (images, labels, *more))


def without_end(number=IMAGES):
    """Yield the images again and again."""
    while True:
        yield from batches(number=number)


def py_dataset(keras):
    """A PyDataset (Sequence in Keras 2) over the images, which notes what is asked of it."""
    images, labels = data()
    base = getattr(keras.utils, "PyDataset", keras.utils.Sequence)

    class Batches(base):
        def __init__(self):
            super().__init__()
            self.asked = []

        def __len__(self):
            return 3

        def __getitem__(self, index):
            self.asked.append(index)
            part = slice(index * BATCH, (index + 1) * BATCH)
            return images[part], labels[part]

        def on_epoch_end(self):
            self.asked.append("epoch end")

    return Batches()


def tf_data():
    """The same as a finite tf.data.Dataset."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(data()).batch(BATCH)


def network(keras, shape=(2,), **settings):
    """Make a small network that learns, compiled; it runs eagerly."""

    class Small(keras.Model):
        def __init__(self):
            super().__init__()
            self.flatten = keras.layers.Flatten()
            self.dense = keras.layers.Dense(CLASSES, activation="softmax")

        def build(self, input_shape):
            self.dense.build((None, int(np.prod(shape))))
            self.built = True

        def call(self, inputs, training=False):
            return self.dense(self.flatten(inputs))

    keras.utils.set_random_seed(1)
    model = Small()
    model.build((None, *shape))
    model.compile(
        **{"optimizer": "sgd", "loss": "categorical_crossentropy", "run_eagerly": True} | settings
    )
    return model


def counting(keras, seed=1):
    """Make a network that learns nothing and notes what fit shows it, and the Notes."""
    import tensorflow as tf

    notes = Notes()

    class Counting(keras.Model):
        def build(self, input_shape):
            self.built = True

        def call(self, inputs, training=False):
            return inputs

        def train_step(self, batch):
            return self.note(batch, training=True)

        def test_step(self, batch):
            return self.note(batch, training=False)

        def note(self, batch, training):
            first = np.asarray(batch[0]).reshape(len(batch[0]), -1)[:, 0]
            notes.note([round(float(one)) for one in first], training)
            return {"loss": 0.0}

    tf.random.set_seed(seed)
    model = Counting()
    model.build((None, 2))
    model.compile(run_eagerly=True)
    return model, notes


def shown(keras, *arguments, seed=1, **settings):
    """Call fit, and give the Notes of what was trained and validated in each epoch."""
    model, notes = counting(keras, seed)
    begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _: notes.begin_epoch())
    callbacks = [begin, *settings.pop("callbacks", [])]
    model.fit(*arguments, **{"verbose": 0, "callbacks": callbacks} | settings)
    return notes
