"""Writes down what a run did, without changing what it does.

Two hooks sit inside the compiled training step, where every training function passes: they note
which images a batch held and what its own loss was (the `loss` that callbacks see is a running
mean). A Keras callback notes when batches and epochs ended. What the step wrote is read back at the
ends of epochs and of the call only.
"""

import time
from collections.abc import Callable
from types import ModuleType

import numpy as np
import tensorflow as tf

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.measuring.memory import peak_mib
from kfit_teach.common.measuring.timing import Stamp, take_stamp
from kfit_teach.common.wire import EpochEnded
from kfit_teach.common.words import say

SECONDS_BETWEEN_REPORTS = 0.1


class Notes:
    """What the compiled step writes down: image numbers and batch losses.

    The settings' epochs and images say how much room is needed. What is written beyond it raises an
    error in the step itself on a processor, and is dropped without a word on a GPU; so whoever
    reads compares what was counted with the room.
    """

    def __init__(self, settings: Experiment):
        self._room_for_batches = settings.epochs * settings.steps_per_epoch
        # A loader may fill its last batch.
        self._room_for_images = self._room_for_batches * settings.batch_size
        self._numbers = tf.Variable(tf.zeros(self._room_for_images, tf.int32), trainable=False)
        self._sizes = tf.Variable(tf.zeros(self._room_for_batches, tf.int32), trainable=False)
        self._losses = tf.Variable(tf.zeros(self._room_for_batches), trainable=False)
        self._images = tf.Variable(0, trainable=False)
        self._batches = tf.Variable(0, trainable=False)

    def attach(self, model) -> None:
        """Put the two hooks into a compiled model, before its first step is traced."""
        plain_step, plain_loss = model.train_step, model.compute_loss

        def step_without_numbers(data):
            images, labels, *_ = data
            self._note_images(tf.cast(labels[:, -1], tf.int32))
            return plain_step((images, labels[:, :-1]))

        def noted_loss(*args, **kwargs):
            loss = plain_loss(*args, **kwargs)
            self._losses.scatter_nd_update([[self._batches]], [loss])
            self._batches.assign_add(1)
            return loss

        model.train_step, model.compute_loss = step_without_numbers, noted_loss

    @property
    def images_noted(self) -> int:
        """How many images were trained on since the beginning, or since it was rewound.

        Raises:
            RuntimeError: there was no room for as many.
        """
        return _within(self._room_for_images, int(self._images), "images")

    @property
    def _batches_noted(self) -> int:
        return _within(self._room_for_batches, int(self._batches), "batches")

    def rewind(self) -> None:
        """Start writing from the beginning again; what was noted is lost."""
        self._images.assign(0)
        self._batches.assign(0)

    def _note_images(self, numbers):
        count = tf.shape(numbers)[0]
        self._numbers.scatter_nd_update((self._images + tf.range(count))[:, None], numbers)
        self._images.assign_add(count)
        self._sizes.scatter_nd_update([[self._batches]], [count])

    def numbers_by_epoch(self, batches_by_epoch: list[int]) -> list[np.ndarray]:
        """Cut the images trained on into epochs, each of which had so many batches.

        Raises:
            RuntimeError: there was no room for as many.
        """
        sizes = self._sizes.numpy()[: self._batches_noted]
        ends = np.cumsum(sizes)[np.cumsum(batches_by_epoch) - 1]
        return np.split(self._numbers.numpy()[: self.images_noted], ends)[:-1]

    def numbers(self, after: int = 0) -> list[int]:
        """Give the numbers of the images trained on after so many, in order.

        Raises:
            RuntimeError: there was no room for as many.
        """
        return self._numbers[after : self.images_noted].numpy().tolist()

    def losses(self, after: int = 0) -> list[float]:
        """Give the loss of each batch after so many, in order, to six digits.

        Raises:
            RuntimeError: there was no room for as many.
        """
        return self._losses.numpy()[after : self._batches_noted].astype(float).round(6).tolist()


def _within(room: int, noted: int, what: str) -> int:
    if noted > room:
        raise RuntimeError(
            say(
                "The step was run on {noted} {what}, but this experiment has {room}; what was "
                "noted of it is not whole.",
                noted=noted, what=what, room=room,
            )
        )  # fmt: skip
    return noted


class Recorder:
    """Notes when batches and epochs ended, and reports progress; see `make_recorder`."""

    _supports_tf_logs = True  # tf_keras need not copy its logs out of TensorFlow for this callback

    def __init__(
        self, report: Callable[[int, int], None], end_epoch: Callable[[], None] = lambda: None
    ):
        super().__init__()
        self.report, self.end_epoch = report, end_epoch
        self.batch_ends = []
        self.epoch_ends = []
        self._next_report_s = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """Start a new list of batches."""
        self.batch_ends.append([])

    def on_train_batch_end(self, batch, logs=None):
        """Note the time; report it at most ten times a second."""
        now = time.monotonic()
        epoch_ends = self.batch_ends[-1]
        epoch_ends.append(now)
        first = len(self.batch_ends) == len(epoch_ends) == 1
        if first or now >= self._next_report_s:
            self._next_report_s = now + SECONDS_BETWEEN_REPORTS
            self.report(len(self.batch_ends), len(epoch_ends))

    def on_epoch_end(self, epoch, logs=None):
        """Note the time and the processor time."""
        self.epoch_ends.append(take_stamp())
        self.report(len(self.batch_ends), len(self.batch_ends[-1]))
        self.end_epoch()

    def epoch_ended(self, notes: Notes, start: Stamp, before: list[EpochEnded]) -> EpochEnded:
        """Put together what the last epoch measured, of a call that began at `start`.

        The high-water mark is read now, too.
        """
        ended = self.epoch_ends[-1]
        return EpochEnded(
            epoch=len(self.epoch_ends),
            images=notes.images_noted - sum(epoch.images for epoch in before),
            wall_s=ended.wall_s - start.wall_s,
            cpu_s=ended.cpu_s - start.cpu_s,
            batch_ends_s=[round(end - start.wall_s, 6) for end in self.batch_ends[-1]],
            losses=notes.losses(after=sum(len(epoch.losses) for epoch in before)),
            peak_mib=peak_mib(),
        )


def make_recorder(
    keras: ModuleType,
    report: Callable[[int, int], None],
    end_epoch: Callable[[], None] = lambda: None,
) -> Recorder:
    """Make a recorder that can be given to `callbacks=`.

    Args:
        keras: the module keras or tf_keras, each of which has a Callback class of its own.
        report: called with (epoch, batch), both counted from 1, while training goes on.
        end_epoch: called at the end of each epoch, once its times are noted.
    """
    return type("KerasRecorder", (Recorder, keras.callbacks.Callback), {})(report, end_epoch)
