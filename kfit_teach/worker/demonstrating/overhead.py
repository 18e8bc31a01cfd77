"""Trains a tiny and a small network in four ways, with batches of several sizes."""

import time
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from kfit_teach.common.demonstrations.overhead import STEPS_PER_EXECUTION, Piece, Settings
from kfit_teach.worker.demonstrating.call_times import batch_of
from kfit_teach.worker.demonstrating.paced import network_named, step_ends
from kfit_teach.worker.demonstrating.stage import Stage

STEPS = 3 * STEPS_PER_EXECUTION
OPTIONS = {
    "eager": {"run_eagerly": True},
    "executions": {"steps_per_execution": STEPS_PER_EXECUTION},
}


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Clock each network, each way, each size of a batch."""
    images, labels = batch_of(stage.flowers, max(settings.sizes))
    for network in ("tiny", "small"):
        for way in ("train_on_batch", "fit", "executions", "eager"):
            model = network_named(keras, settings, network, **OPTIONS.get(way, {}))
            for size in settings.sizes:
                batch = images[:size], labels[:size]
                with stage.clock():
                    clock = _by_train_on_batch if way == "train_on_batch" else _by_fit
                    seconds_a_step = clock(keras, model, *batch)
                yield Piece(network=network, way=way, size=size,
                            images_per_s=size / seconds_a_step)  # fmt: skip


def _by_train_on_batch(keras, model, images, labels) -> float:
    """Give the seconds of a call, after some that are not clocked."""
    for step in range(STEPS):
        if step == STEPS_PER_EXECUTION:
            start = time.monotonic()
        model.train_on_batch(images, labels)
    return (time.monotonic() - start) / (STEPS - STEPS_PER_EXECUTION)


def _by_fit(keras, model, images, labels) -> float:
    """Give the seconds of a step; the first epoch is not clocked, nor the start of the second."""
    ends = step_ends(keras)
    steps = STEPS // 2 if model.run_eagerly else STEPS  # eager ones take long
    many = [np.concatenate([one] * steps) for one in (images, labels)]
    model.fit(*many, batch_size=len(images), epochs=2, shuffle=False, verbose=0, callbacks=[ends])
    _, second = ends.epochs
    # With several steps an execution, an end is noted once an execution.
    steps_an_end = steps // len(second)
    return (second[-1] - second[0]) / ((len(second) - 1) * steps_an_end)
