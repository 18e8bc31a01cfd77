"""Trains by fit from a text file, a memory map and arrays, in turns; and the bare step."""

import random
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import ModuleType

import numpy as np
import tensorflow as tf

from kfit_teach.common.demonstrations.staircase import STAIRS, Piece, Settings
from kfit_teach.common.flowers.forms import CsvReader, csv_batches_as_published
from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.worker.demonstrating.networks import one_hot
from kfit_teach.worker.demonstrating.paced import network_named, step_ends
from kfit_teach.worker.demonstrating.stage import Stage

# A turn is about so long, and has so many steps; the first steps of an epoch are not clocked, since
# some of their batches were ready before.
TURN_S = 0.25
FEWEST_STEPS, MOST_STEPS, NOT_CLOCKED = 6, 150, 3
ONE_OF_255 = np.float32(1 / 255)


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Let each take its turn, round by round, in an order drawn anew."""
    order = random.Random(settings.seed)
    with tempfile.TemporaryDirectory(prefix="kfit_teach_") as folder:
        stairs = Stairs(keras, settings, stage.flowers, Path(folder))
        steps = {}
        for number in range(1, settings.rounds + 1):
            names = list(STAIRS) if number == 1 else order.sample(list(STAIRS), len(STAIRS))
            for name in names:
                with stage.clock():
                    if name not in steps:  # its first call is not measured, but says how long
                        # A cache is whole once all images have passed.
                        first = stairs.steps_of_a_pass if name == "tf_data_cached" else NOT_CLOCKED
                        ms = stairs.train(name, first + FEWEST_STEPS)
                        steps[name] = min(MOST_STEPS, max(FEWEST_STEPS, round(1000 * TURN_S / ms)))
                    ms = stairs.train(name, NOT_CLOCKED + steps[name])
                speed = 1000 * settings.batch_size / ms
                yield Piece(round=number, stair=name, images_per_s=speed)


class Stairs:
    """One network, and the same batches of the same images from everywhere.

    Args:
        keras: the library.
        settings: of the demonstration.
        flowers: where the images come from.
        folder: where the files are written.
    """

    def __init__(self, keras: ModuleType, settings: Settings, flowers, folder: Path):
        self._keras, self._size, self._side = keras, settings.batch_size, settings.image_size
        # As many as fill their batches, so that every batch of every stair has one size.
        self.steps_of_a_pass = settings.number_of_images // self._size
        places = np.arange(self.steps_of_a_pass * self._size)
        pixels, labels = flowers.read(places), flowers.labels[places]
        self.images = pixels.astype(np.float32) * ONE_OF_255
        self.labels = one_hot(labels)
        self._text, self._map = folder / "images.csv", folder / "images.npy"
        write_text(self._text, pixels, labels)
        np.save(self._map, self.images)
        self._model = network_named(keras, settings, settings.network)
        parsed = self._by_tf_data()
        kept = parsed.cache()  # made once, or every call of fit would fill another
        self._sources = {
            "csv_tutorial": self._by_tutorial,
            "csv": self._by_reader,
            "tf_data_csv": lambda: self._batched(parsed),
            "tf_data_cached": lambda: self._batched(kept),
            "memory_map": self._by_memory_map,
        }
        self._bare_step = None

    def train(self, name: str, steps: int) -> float:
        """Train so many steps from one stair; give the ms from one step to the next."""
        if name == "ceiling":
            return self._train_bare(steps)
        ends, more = step_ends(self._keras), {"shuffle": False, "verbose": 0}
        if name == "arrays":
            epochs = -(-steps // self.steps_of_a_pass)
            self._model.fit(self.images, self.labels, batch_size=self._size, epochs=epochs,
                            callbacks=[ends], **more)  # fmt: skip
        else:
            self._model.fit(self._sources[name](), steps_per_epoch=steps, callbacks=[ends], **more)
        clocked = [epoch[NOT_CLOCKED - 1 :] for epoch in ends.epochs]
        seconds = sum(epoch[-1] - epoch[0] for epoch in clocked)
        return 1000 * seconds / sum(len(epoch) - 1 for epoch in clocked)

    def _train_bare(self, steps: int) -> float:
        """Run the compiled step on batches that are tensors already."""
        if not self._bare_step:
            self._bare_step = tf.function(self._model.train_step, reduce_retracing=True)
            self._ready = [tuple(map(tf.constant, batch)) for batch in self._first_pass()]
            self._bare_step(self._ready[0])
        start = time.monotonic()
        for step in range(steps):
            logs = self._bare_step(self._ready[step % len(self._ready)])
        [value.numpy() for value in tf.nest.flatten(logs)]
        return 1000 * (time.monotonic() - start) / steps

    def _first_pass(self) -> Iterator:
        for start in range(0, len(self.images), self._size):
            yield self.images[start : start + self._size], self.labels[start : start + self._size]

    def batches(self, name: str) -> Iterator:
        """Draw the batches of a stair by hand, without end; for a look at what they hold."""
        if name in self._sources:
            return iter(self._sources[name]())
        return (batch for _ in count() for batch in self._first_pass())

    # Where batches come from, each without end

    def _by_tutorial(self) -> Iterator:
        for pixels, names in csv_batches_as_published(self._text, self._size, self._side):
            yield pixels.astype(np.float32) * ONE_OF_255, _labels_of(names)

    def _by_reader(self) -> Iterator:
        reader = CsvReader(self._text, self._side)
        for start in _starts(len(reader), self._size):
            pixels, names = reader.read(np.arange(start, start + self._size))
            yield pixels.astype(np.float32) * ONE_OF_255, _labels_of(names)

    def _by_memory_map(self) -> Iterator:
        mapped = np.load(self._map, mmap_mode="r")
        for start in _starts(len(mapped), self._size):
            yield mapped[start : start + self._size], self.labels[start : start + self._size]

    def _by_tf_data(self) -> tf.data.Dataset:
        """Parse the text in TensorFlow's own threads, image by image."""
        numbers = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(CLASS_NAMES), tf.range(len(CLASS_NAMES))), -1)  # fmt: skip

        def parse(line):
            words = tf.strings.split(line, ",")
            pixels = tf.strings.to_number(words[1:], tf.float32) * ONE_OF_255
            image = tf.reshape(pixels, (self._side, self._side, 3))
            return image, tf.one_hot(numbers.lookup(words[0]), len(CLASS_NAMES))

        lines = tf.data.TextLineDataset(str(self._text))
        return lines.map(parse, num_parallel_calls=2)

    def _batched(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        dataset = dataset.repeat().batch(self._size, drop_remainder=True)
        # fit waits at an epoch's end for tf.data's autotuning, up to a second (docs/measuring.md).
        options = tf.data.Options()
        options.autotune.enabled = False
        return dataset.prefetch(2).with_options(options)


def _starts(images: int, size: int) -> Iterator[int]:
    for _ in count():
        yield from range(0, images, size)


def _labels_of(names: list[str]) -> np.ndarray:
    return one_hot(np.array([CLASS_NAMES.index(one) for one in names]))


def write_text(file: Path, pixels: np.ndarray, labels: np.ndarray) -> None:
    """Write one line an image, as the tutorial has it: its class, then every value."""
    with file.open("w", encoding="utf-8") as lines:
        for image, label in zip(pixels, labels, strict=True):
            lines.write(f"{CLASS_NAMES[label]},{','.join(map(str, image.ravel().tolist()))}\n")
