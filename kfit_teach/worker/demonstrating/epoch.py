"""Trains by one call of fit, and by the same call mended; tells which images each batch held.

Which images they were is noted inside the training step (worker/training/recorder.py): a loader
makes batches ahead of the step, so counting what it made would count too many.
"""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import tensorflow as tf

from kfit_teach.common.demonstrations.epoch import TIMES_UNTIL_ENDLESS, Piece, Settings
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.worker.demonstrating.networks import small_network
from kfit_teach.worker.demonstrating.stage import Stage
from kfit_teach.worker.training.augmentation import image_data_generator
from kfit_teach.worker.training.evaluation import test_accuracy
from kfit_teach.worker.training.loaders import load_arrays
from kfit_teach.worker.training.recorder import Notes


class TakenForEndless(Exception):
    """An epoch has trained so long that it is ended by hand."""


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Make the calls; what their batches held is told meanwhile."""
    images, labels = load_arrays(stage.flowers, settings)
    for name, call in settings.calls().items():
        model, notes = small_network(keras, settings), Notes(_room(settings))
        notes.attach(model)
        watcher = make_watcher(keras, name, notes, most_batches(settings), stage.tell)
        source, endless = make_source(keras, images, labels, call), False
        with what_is_said() as said:
            try:
                model.fit(**source, steps_per_epoch=call.steps_per_epoch, epochs=call.epochs,
                          callbacks=[watcher], verbose=0)  # fmt: skip
            except TakenForEndless:
                endless = True
        right = round(test_accuracy(model, _experiment(settings), stage.store) * PART_SIZES["test"])
        yield Piece(call=name, endless=endless, named_rightly=right, library_said=said)


def make_source(keras: ModuleType, images, labels, call: Settings) -> dict:
    """Make what fit is given, as its arguments by name; no source augments."""
    size = call.batch_size
    starts = range(0, len(images), size)

    def batch(start):
        return images[start : start + size], labels[start : start + size]

    def one_pass():
        yield from map(batch, starts)

    def without_end():
        while True:
            yield from map(batch, starts)

    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).batch(size)
    makers = {
        "arrays": lambda: {"x": images, "y": labels, "batch_size": size},
        "flow": lambda: {
            "x": type(image_data_generator(keras))().flow(images, labels, size, seed=call.seed)
        },
        "sequence": lambda: {"x": _sequence(keras, batch, starts)},
        "finite_generator": lambda: {"x": one_pass()},
        "infinite_generator": lambda: {"x": without_end()},
        "tf_data": lambda: {"x": dataset},
        "tf_data_repeat": lambda: {"x": dataset.repeat()},
    }
    return makers[call.source]()


def _sequence(keras, batch, starts):
    """Make a PyDataset, or in tf_keras a Sequence: any batch by its number, and a length."""
    base = getattr(keras.utils, "PyDataset", keras.utils.Sequence)
    members = {
        "__len__": lambda self: len(starts),
        "__getitem__": lambda self, number: batch(starts[number]),
    }
    return type("Batches", (base,), members)()


def make_watcher(keras: ModuleType, call: str, notes: Notes, most: int, tell):
    """Make a callback that tells of each epoch and batch, and ends an epoch after so many."""

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch, self.batches = epoch + 1, 0
            self.told = notes.images_noted
            tell(Piece(call=call, epoch=self.epoch))

        def on_train_batch_end(self, batch, logs=None):
            numbers = notes.numbers(after=self.told)
            self.told, self.batches = self.told + len(numbers), self.batches + 1
            tell(Piece(call=call, epoch=self.epoch, images=numbers))
            if self.batches == most:
                raise TakenForEndless

    return Watcher()


def most_batches(settings: Settings) -> int:
    """Say after how many batches an epoch is taken for one without end."""
    return TIMES_UNTIL_ENDLESS * settings.batches_of_all


@dataclass
class _Room:
    """How much the notes must hold."""

    epochs: int
    steps_per_epoch: int
    batch_size: int


def _room(settings):
    return _Room(settings.epochs, most_batches(settings), settings.batch_size)


def _experiment(settings):
    """Say the same as an Experiment, for what looks at the network after training."""
    shared = ("library", "images", "image_size", "split", "order", "seed")
    return Experiment(training_function="fit", **settings.model_dump(include=set(shared)))


@contextlib.contextmanager
def what_is_said() -> Iterator[list[str]]:
    """Collect what the library warns of, each once, by either of the two ways it has."""
    said = []

    class Listener(logging.Handler):
        def emit(self, record):
            note(record.getMessage())

    def note(message):
        message = " ".join(str(message).split())
        if message not in said:
            said.append(message)

    listener, logger = Listener(logging.WARNING), logging.getLogger("tensorflow")
    logger.addHandler(listener)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda message, *more, **options: note(message)
            yield said
    finally:
        logger.removeHandler(listener)
