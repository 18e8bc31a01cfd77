"""Times calls of train_on_batch, and notes during which of them the step was traced."""

import time
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from kfit_teach.common.demonstrations.call_times import Piece, Settings
from kfit_teach.worker.demonstrating.networks import one_hot, scaled, small_network
from kfit_teach.worker.demonstrating.stage import Stage


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Train on one batch after the other; yield how long each call took."""
    traces = []
    model = small_network(keras, settings, on_trace=lambda: traces.append(None))
    batches = [batch_of(stage.flowers, size) for size in settings.sizes]
    for images, labels in batches:
        traced_before = len(traces)
        with stage.clock():
            start_s = time.perf_counter()
            model.train_on_batch(images, labels)
            ms = 1000 * (time.perf_counter() - start_s)
        yield Piece(images=len(images), ms=ms, traced=len(traces) > traced_before)


def batch_of(flowers, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Read the first images: float32 of shape (size, side, side, 3), and their one-hot labels."""
    places = np.arange(size)
    return scaled(flowers.read(places)), one_hot(flowers.labels[places])
