"""Clocks a step within fit, train_on_batch, and fit called anew for each batch, in turns."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np

from kfit_teach.common.demonstrations.call_costs import Piece, Settings
from kfit_teach.worker.demonstrating.call_times import batch_of
from kfit_teach.worker.demonstrating.paced import network_named, step_ends
from kfit_teach.worker.demonstrating.stage import Stage

BATCH_SIZE, CALLS, NOT_CLOCKED = 32, 12, 3


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Let the three ways take turns on one tiny network."""
    model = network_named(keras, settings, "tiny")
    images, labels = batch_of(stage.flowers, BATCH_SIZE)
    many = [np.concatenate([one] * (NOT_CLOCKED + CALLS)) for one in (images, labels)]
    ways = {
        "fit": lambda: _steps_of_fit(keras, model, *many),
        "train_on_batch": lambda: _calls(lambda: model.train_on_batch(images, labels)),
        "fit_per_batch": lambda: _calls(
            lambda: model.fit(images, labels, batch_size=BATCH_SIZE, verbose=0)),
    }  # fmt: skip
    for way in ways.values():
        way()  # what is traced now is on no clock
    for number in range(1, settings.rounds + 1):
        for name, way in ways.items():
            with stage.clock():
                ms = statistics.median(way())
            yield Piece(way=name, round=number, ms=ms)


def _steps_of_fit(keras, model, images, labels) -> list[float]:
    """Call fit once; give the ms from the end of one step to that of the next."""
    ends = step_ends(keras)
    model.fit(images, labels, batch_size=BATCH_SIZE, verbose=0, callbacks=[ends])
    return [1000 * (b - a) for a, b in itertools.pairwise(ends.epochs[0][NOT_CLOCKED - 1 :])]


def _calls(call: Callable[[], object]) -> list[float]:
    """Call again and again; give the ms of each."""
    ms = []
    for _ in range(CALLS):
        start = time.monotonic()
        call()
        ms.append(1000 * (time.monotonic() - start))
    return ms
