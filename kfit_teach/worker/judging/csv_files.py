"""Small CSV files for exercises that read one, and what can be told of the batches read from them.

A line is a flower: the number of its class, from 0 to 16, then its 4 x 4 x 3 values from 0 to 255.
"""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.words import say
from kfit_teach.worker.judging.learners_code import NotYet

SIDE, CLASSES = 4, len(CLASS_NAMES)
IMAGES_OF_LARGE_FILE = 4000


class CsvFlowers:
    """A file of flowers, no two alike, and what it holds.

    Args:
        folder: where the file is written.
        images: how many lines it has.
    """

    def __init__(self, folder: str | Path, images: int):
        random = np.random.default_rng(images)
        self.images = random.integers(0, 256, (images, SIDE, SIDE, 3), np.uint8)
        self.classes = random.integers(0, CLASSES, images)
        self.file = Path(folder) / f"{images}_flowers.csv"
        rows = np.column_stack([self.classes, self.images.reshape(images, -1)])
        self.file.write_text("".join(f"{','.join(map(str, row))}\n" for row in rows.tolist()))
        self._number_of = {image.tobytes(): number for number, image in enumerate(self.images)}

    def __len__(self):
        return len(self.images)

    def batches(self, batch_size: int) -> list[list[int]]:
        """List the numbers of the images in each batch of one epoch; the last may be smaller."""
        starts = range(0, len(self), batch_size)
        return [list(range(start, min(start + batch_size, len(self)))) for start in starts]

    def numbers_in(self, batch: object) -> list[int]:
        """Find which images a batch holds.

        Raises:
            NotYet: it is no batch of this file's images and their labels.
        """
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            raise NotYet(say("A batch came as {kind}, but Keras wants a pair: images, labels.",
                             kind=type(batch).__name__))  # fmt: skip
        images, labels = map(np.asarray, batch)
        self._look_at_shapes(images, labels)
        values = np.rint(np.nan_to_num(images.astype(float)) * 255)
        if values.max(initial=0) > 255:
            raise NotYet(say("The values of your images reach {most:.0f}: divide them by 255, so "
                             "that they go from 0 to 1.", most=values.max() / 255))  # fmt: skip
        pixels = values.astype(np.uint8)
        numbers = [self._number_of.get(image.tobytes(), -1) for image in pixels]
        if -1 in numbers:
            raise NotYet(say("An image came that is in no line of the file: the first value of a "
                             "line is the class, the {values} after it are the image.",
                             values=SIDE * SIDE * 3))  # fmt: skip
        if not np.array_equal(labels, np.eye(CLASSES)[self.classes[numbers]]):
            raise NotYet(say("Images came with labels of other images, or the 1 of a label stands "
                             "in the wrong place: the class of a line is its first "
                             "value."))  # fmt: skip
        return numbers

    @staticmethod
    def _look_at_shapes(images, labels):
        if images.size == 0:
            raise NotYet(say("A batch held no image at all: where the file ends just as a batch is "
                             "full, nothing is left to hand out."))  # fmt: skip
        shape = (len(images), SIDE, SIDE, 3)
        if images.shape != shape:
            raise NotYet(say("Your images have the shape {own}, but a batch of {number} flowers "
                             "has {right}.", own=images.shape, number=len(images),
                             right=shape))  # fmt: skip
        if labels.shape != (len(images), CLASSES):
            raise NotYet(say("Your labels have the shape {own}; a one-hot label has {classes} "
                             "numbers, 1 at its class and 0 elsewhere, so it should be {right}.",
                             own=labels.shape, classes=CLASSES,
                             right=(len(images), CLASSES)))  # fmt: skip


def look_at_memory(folder: str | Path, draw_a_batch: Callable[[Path], object]) -> None:
    """See whether drawing one batch holds a whole file.

    Args:
        folder: for the files.
        draw_a_batch: makes the learner's source of a file, and draws one batch from it.

    Raises:
        NotYet: it holds more with a larger file, as much as half of that file.
    """
    small, large = CsvFlowers(folder, 20), CsvFlowers(folder, IMAGES_OF_LARGE_FILE)
    most = [_most_held(lambda file=flowers.file: draw_a_batch(file)) for flowers in (small, large)]
    if most[1] - most[0] > large.file.stat().st_size / 2:
        raise NotYet(say("To hand out one batch, your code held the whole file of {images} "
                         "flowers. It would not fit if it were large: read only the lines of the "
                         "batch.", images=len(large)))  # fmt: skip


def _most_held(action):
    """Measure the most bytes that Python and NumPy held during a call, beyond those before it."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        action()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def tiny_network(keras):
    """Build a network for such images, so small that training it takes no time."""
    keras.utils.set_random_seed(17)
    layers = [keras.Input((SIDE, SIDE, 3)), keras.layers.Flatten(),
              keras.layers.Dense(CLASSES, activation="softmax")]  # fmt: skip
    model = keras.Sequential(layers)
    model.compile("sgd", "categorical_crossentropy", run_eagerly=True)
    return model


def note_batches(model, note: Callable[[tuple], None]) -> None:
    """Have every batch that an eager model trains on noted, as a pair of arrays."""
    plain_step = model.train_step

    def noted(data):
        note(tuple(np.asarray(part) for part in data))
        return plain_step(data)

    model.train_step = noted
