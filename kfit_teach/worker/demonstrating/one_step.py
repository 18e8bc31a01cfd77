"""Takes one step with SGD and with Adam, and walks along the line that each step went along."""

import math
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from kfit_teach.common.demonstrations.one_step import (
    LONGEST,
    OPTIMIZERS,
    POINTS_OF_A_LINE,
    SHORTEST,
    STEEPER,
    TWICE,
    Before,
    Landing,
    Piece,
    Point,
    Settings,
)
from kfit_teach.worker.demonstrating.networks import one_hot, scaled, small_network
from kfit_teach.worker.demonstrating.stage import Stage

# (times the learning rate, times the loss) of the steps that each optimizer takes.
STEPS = ((1, 1), (TWICE, 1), (1, STEEPER))


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Take the steps, each from the same weights; then take the loss along their lines."""
    step = OneStep(keras, settings, stage.flowers)
    yield Piece(before=step.before())
    moves = {}
    for optimizer in OPTIMIZERS:
        for rate_times, loss_times in STEPS:
            landing, moves[optimizer, rate_times, loss_times] = step.take(
                optimizer, rate_times, loss_times
            )
            yield Piece(landing=landing)
    lengths = [length_of(move) for move in moves.values()]
    shortest = min(SHORTEST, *(length / 2 for length in lengths if length))
    walked = np.geomspace(shortest, max(LONGEST, 2 * max(lengths)), POINTS_OF_A_LINE)
    for length in walked:
        for optimizer in OPTIMIZERS:
            yield Piece(point=step.point(optimizer, moves[optimizer, 1, 1], float(length)))


class OneStep:
    """A network, one batch, and the steps that are taken from here."""

    def __init__(self, keras: ModuleType, settings: Settings, flowers):
        self._keras, self._settings = keras, settings
        places = np.arange(settings.batch_size)
        self._numbers = flowers.numbers[places].tolist()
        self._images, self._labels = scaled(flowers.read(places)), one_hot(flowers.labels[places])
        self._weights = np.ones(settings.batch_size, np.float32)
        self._weights[settings.chosen - 1] = settings.weight
        self._model = small_network(keras, settings)
        self._start = self._model.get_weights()
        losses = {"mse": "MeanSquaredError", "categorical_crossentropy": "CategoricalCrossentropy"}
        self._loss_function = getattr(keras.losses, losses[settings.loss])()

    def before(self) -> Before:
        """Tell of the batch, and of the network as it begins."""
        loss, probabilities = self._look()
        return Before(images=self._numbers, loss=loss, probabilities=probabilities)

    def take(self, optimizer: str, rate_times: int, loss_times: int):
        """Take one step from the start by train_on_batch; give its Landing, and how it moved.

        Weighing every image 100 times multiplies the loss: Keras divides by the number of images,
        not by the sum of the weights.
        """
        model, optimizers = self._model, self._keras.optimizers
        made = {"sgd": optimizers.SGD, "adam": optimizers.Adam}[optimizer]
        model.set_weights(self._start)
        # Eagerly: six networks that take one step each need no graph.
        model.compile(made(self._settings.learning_rate * rate_times), self._settings.loss,
                      run_eagerly=True)  # fmt: skip
        model.train_on_batch(self._images, self._labels, sample_weight=self._weights * loss_times)
        after = model.get_weights()
        move = [here - there for here, there in zip(after, self._start, strict=True)]
        loss, probabilities = self._look()
        landing = Landing(optimizer=optimizer, rate_times=rate_times, loss_times=loss_times,
                          size=length_of(move), loss=loss, probabilities=probabilities)  # fmt: skip
        return landing, move

    def point(self, optimizer: str, move: list[np.ndarray], length: float) -> Point:
        """Walk so far along the line of a step, and take the loss there."""
        share = length / (length_of(move) or 1.0)
        self._model.set_weights(
            [start + np.float32(share) * one for start, one in zip(self._start, move, strict=True)]
        )
        return Point(optimizer=optimizer, size=length, loss=self._look()[0])

    def _look(self) -> tuple[float | None, list[float]]:
        """Take the loss of the batch, and the chosen image's probabilities."""
        predictions = self._model(self._images, training=False)
        loss = float(self._loss_function(self._labels, predictions, sample_weight=self._weights))
        probabilities = np.asarray(predictions)[self._settings.chosen - 1]
        return (loss if math.isfinite(loss) else None), np.nan_to_num(probabilities).tolist()


def length_of(move: list[np.ndarray]) -> float:
    """Measure an update: the square root of the sum of all squares.

    >>> length_of([np.array([[3.0]]), np.array([0.0, 4.0])])
    5.0
    """
    return float(np.sqrt(sum(np.sum(np.square(one, dtype=np.float64)) for one in move)))
