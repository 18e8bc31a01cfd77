"""Trains in each of the ways of kfit_teach.common.ways, as a learner would write it."""

import mmap
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np

from kfit_teach.common.flowers import Flowers
from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.ways import BATCH_SIZE, WAYS, WayName
from kfit_teach.worker.demonstrating.networks import one_hot

IMAGES_AT_ONCE = 128


def light_network(keras: ModuleType, image_size: int, takes_uint8: bool, seed: int):
    """Build and compile a network whose step is quick and holds little.

    Float32 images from 0 to 1 go in, or uint8 ones, which it scales itself; 17 probabilities come
    out.
    """
    keras.utils.set_random_seed(seed)
    layers, shape = keras.layers, (image_size, image_size, 3)
    if takes_uint8:
        front = [keras.Input(shape, dtype="uint8"), layers.Rescaling(1 / 255)]
    else:
        front = [keras.Input(shape)]
    behind = [
        layers.Conv2D(8, 5, strides=4, activation="relu"),
        layers.Flatten(),
        layers.Dense(len(CLASS_NAMES), activation="softmax"),
    ]
    model = keras.Sequential([*front, *behind])
    model.compile("sgd", "categorical_crossentropy")
    return model


class WayIn:
    """One way into training, with its images.

    Args:
        name: of the way.
        keras: the library.
        flowers: the images.
        dtype: of the array, where it holds one of numbers from 0 to 1.

    A memory-mapped file is written at once, since it stands for one that was there before; what
    the learner puts into memory comes only with `take_data`.
    """

    def __init__(self, name: WayName, keras: ModuleType, flowers: Flowers, dtype: str):
        self.name, self._keras, self._flowers = name, keras, flowers
        self._dtype = "uint8" if WAYS[name].holds == "uint8" else dtype
        self.labels = one_hot(flowers.labels)
        self._file = _write_file(flowers) if name == "memory_map" else None
        self._held = None

    def take_data(self) -> None:
        """Make the array, where the way holds one."""
        if WAYS[self.name].holds:
            self._held = array_of(self._flowers, self._dtype)

    def train(self, model, epochs: int, batch_ended: Callable[[], None]) -> None:
        """Train; `batch_ended` is called after each batch."""
        if self.name == "slices":
            for _ in range(epochs):
                for start in range(0, len(self.labels), BATCH_SIZE):
                    cut = slice(start, start + BATCH_SIZE)
                    model.train_on_batch(self._held[cut], self.labels[cut])
                    batch_ended()
            return
        ended = self._keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: batch_ended()
        )
        model.fit(epochs=epochs, verbose=0, callbacks=[ended], **self._given())

    def _given(self) -> dict:
        """Name what fit is given, beside the epochs."""
        batches = -(-len(self.labels) // BATCH_SIZE)
        if self.name in ("array", "uint8"):
            return {"x": self._held, "y": self.labels, "batch_size": BATCH_SIZE}
        if self.name == "tf_data":
            import tensorflow as tf  # here: the library has loaded it

            pairs = tf.data.Dataset.from_tensor_slices((self._held, self.labels))
            return {"x": pairs.batch(BATCH_SIZE)}
        if self.name == "generator":
            return {"x": self._batches(), "steps_per_epoch": batches}
        return {"x": _mapped(self._keras, self._file, self._flowers, self.labels)}

    def _batches(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        while True:
            for start in range(0, len(self.labels), BATCH_SIZE):
                places = np.arange(start, min(start + BATCH_SIZE, len(self.labels)))
                images = self._flowers.read(places).astype(np.float32) / 255
                yield images, self.labels[places]


def array_of(flowers: Flowers, dtype: str) -> np.ndarray:
    """Read all images into one array: uint8, or another type with numbers from 0 to 1.

    It is filled part by part, so nothing is held beside it.
    """
    side = flowers.settings.image_size
    images = np.empty((len(flowers), side, side, 3), dtype)
    for start in range(0, len(flowers), IMAGES_AT_ONCE):
        places = np.arange(start, min(start + IMAGES_AT_ONCE, len(flowers)))
        read = flowers.read(places)
        images[places] = read if dtype == "uint8" else read / np.float32(255)
    return images


def _write_file(flowers: Flowers) -> Path:
    """Write all images as float32 into a file that goes with the worker's own folder."""
    file = Path(tempfile.mkdtemp()) / "images.float32"
    with file.open("wb") as opened:
        for start in range(0, len(flowers), IMAGES_AT_ONCE):
            places = np.arange(start, min(start + IMAGES_AT_ONCE, len(flowers)))
            (flowers.read(places) / np.float32(255)).tofile(opened)
    return file


def _mapped(keras: ModuleType, file: Path, flowers: Flowers, labels: np.ndarray):
    """Lay a PyDataset (Sequence) over a memory-mapped file of float32 images."""
    side = flowers.settings.image_size
    images = np.memmap(file, np.float32, "r", shape=(len(flowers), side, side, 3))
    base = getattr(keras.utils, "PyDataset", None) or keras.utils.Sequence

    class Mapped(base):
        def __len__(self):
            return -(-len(labels) // BATCH_SIZE)

        def __getitem__(self, number):
            cut = slice(number * BATCH_SIZE, (number + 1) * BATCH_SIZE)
            batch = np.array(images[cut])
            if hasattr(mmap, "MADV_DONTNEED"):  # the pages that were read count as held, else
                images._mmap.madvise(mmap.MADV_DONTNEED)
            return batch, labels[cut]

    return Mapped()
