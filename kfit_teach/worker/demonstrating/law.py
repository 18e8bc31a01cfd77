"""Trains with a loader and a step of known times, by train_on_batch and by fit, in turns."""

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import tensorflow as tf

from kfit_teach.common.demonstrations.law import Piece, Settings
from kfit_teach.worker.demonstrating.call_times import batch_of
from kfit_teach.worker.demonstrating.paced import network_named, step_ends
from kfit_teach.worker.demonstrating.stage import Stage

BATCH_SIZE = 32
# A queue holds a few batches when a call of fit begins; what comes after those is clocked.
READY, NOT_CLOCKED = 3, 5


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Let the loader alone, each function alone, and each with the loader take turns."""
    trained = Trained(keras, settings, stage.flowers)
    trained.by_train_on_batch(_no_work)
    trained.set_wait(trained.by_fit(_no_work)["steps"])
    work = work_of(settings)
    for number in range(1, settings.rounds + 1):
        with stage.clock():
            piece = load_alone(work, settings.steps, number)
        yield piece
        for function, train in {"train_on_batch": trained.by_train_on_batch,
                                "fit": trained.by_fit}.items():  # fmt: skip
            for loads in (False, True):
                with stage.clock():
                    measured = train(work if loads else _no_work)
                yield Piece(round=number, function=function, with_loader=loads, **measured)


def _no_work() -> None:
    """Load in no time: the batch is ready."""


def work_of(settings: Settings) -> Callable[[], None]:
    """Choose what the loader does for each batch; it takes loader_ms where nothing disturbs it."""
    seconds = settings.loader_ms / 1000
    if settings.loader_does == "waits" or not seconds:
        return lambda: time.sleep(seconds)
    start = time.perf_counter()
    _compute(100_000)
    turns = round(100_000 * seconds / (time.perf_counter() - start))
    return lambda: _compute(turns)


def _compute(turns: int) -> None:
    for _ in range(turns):
        pass


def load_alone(work: Callable[[], None], batches: int, number: int) -> Piece:
    """Make some batches that nobody trains on."""
    spans = []
    for _ in range(batches):
        start = time.monotonic()
        work()
        spans.append((start, time.monotonic()))
    ms = [1000 * (end - start) for start, end in spans]
    return Piece(round=number, function=None, with_loader=True, ms=ms)


class Trained:
    """A network whose steps are noted, and two ways to train it.

    Args:
        keras: the library.
        settings: of the demonstration.
        flowers: one batch of them is trained on again and again.
    """

    def __init__(self, keras: ModuleType, settings: Settings, flowers):
        self._keras, self._settings = keras, settings
        self._batch = batch_of(flowers, BATCH_SIZE)
        self._wait_s, self._begins, self._has_begun = 0.0, [], threading.Event()
        self._model = network_named(keras, settings, settings.network, jit_compile=False)
        plain_step = self._model.train_step

        def waiting_step(data):
            images, labels, *_ = data
            # Given a value of the batch, so that it cannot begin before the batch is there.
            begun = tf.numpy_function(self._begin, [images[0, 0, 0, 0]], tf.float32)
            with tf.control_dependencies([begun]):
                return plain_step((tf.identity(images), labels))

        self._model.train_step = waiting_step

    def _begin(self, value):
        """Note that a step began, within it, and wait."""
        self._begins.append(time.monotonic())
        self._has_begun.set()
        time.sleep(self._wait_s)
        return value

    def set_wait(self, steps: list[tuple[float, float]]) -> None:
        """Let each step wait for as long as step_ms is longer than steps that did not wait."""
        own_s = statistics.median(end - begun for begun, end in steps)
        self._wait_s = max(0.0, self._settings.step_ms / 1000 - own_s)

    def by_train_on_batch(self, work: Callable[[], None]) -> dict:
        """Load a batch, train on it, load the next one."""
        spans, ends = self._forget(), []
        batches = self._batches(work, spans)
        for _ in range(NOT_CLOCKED + self._settings.steps):
            self._model.train_on_batch(*next(batches))
            ends.append(time.monotonic())
        return self._measured(spans, ends)

    def by_fit(self, work: Callable[[], None]) -> dict:
        """Hand the same batches to fit."""
        spans, ends = self._forget(), step_ends(self._keras)
        steps = NOT_CLOCKED + self._settings.steps
        self._model.fit(
            self._batches(work, spans), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0,
            callbacks=[ends],
        )  # fmt: skip
        return self._measured(spans, ends.epochs[0])

    def _forget(self) -> list:
        self._begins = []
        self._has_begun.clear()
        return []

    def _batches(self, work, spans: list) -> Iterator:
        """Yield batches without end; the first few are ready, the others wait for a first step."""
        for number in itertools.count():
            if number == READY:
                self._has_begun.wait(timeout=30)
            start = time.monotonic()
            if number >= READY:
                work()
            spans.append((start, time.monotonic()))
            yield self._batch

    def _measured(self, spans: list, ends: list[float]) -> dict:
        """Cut off what came before the clock, and count from there."""
        start, last = ends[NOT_CLOCKED - 1], ends[-1]
        steps = zip(self._begins[NOT_CLOCKED:], ends[NOT_CLOCKED:], strict=False)
        # A loader that runs ahead goes on after the last step; that is left out.
        loads = [span for span in spans[NOT_CLOCKED:] if span[0] < last]
        ends = ends[NOT_CLOCKED - 1 :]
        return {
            "ms": [1000 * (after - before) for before, after in itertools.pairwise(ends)],
            "loader": [(round(a - start, 5), round(b - start, 5)) for a, b in loads],
            "steps": [(round(a - start, 5), round(b - start, 5)) for a, b in steps],
        }
