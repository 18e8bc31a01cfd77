"""The network of the demonstrations: the small one of the comparisons, as plain Keras has it.

It carries no recorder: labels are plain one-hot, and nothing is noted within its step.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.worker.training.models import build_model


def small_network(keras: ModuleType, settings, on_trace: Callable[[], None] | None = None, **more):
    """Build and compile the small network.

    Args:
        keras: the library.
        settings: of a demonstration; its library, image_size and seed are used.
        on_trace: called whenever the library traces the network, that is, runs its Python code.
        **more: settings of an Experiment, such as optimizer="adam".
    """
    asked = {"library": keras.__name__, "image_size": settings.image_size, "seed": settings.seed}
    model = build_model(keras, Experiment(training_function="fit", **asked | more))
    if on_trace:
        call = model.call

        def counted(*arguments, **options):
            on_trace()
            return call(*arguments, **options)

        model.call = counted
    return model


def scaled(pixels: np.ndarray) -> np.ndarray:
    """Make uint8 images of any shape into float32 from 0 to 1, as the network takes them."""
    return pixels.astype(np.float32) * np.float32(1 / 255)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Make labels from 0 to 16, of shape (n,), into float32 of shape (n, 17).

    >>> one_hot(np.array([2]))[0, :4].tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    return np.eye(len(CLASS_NAMES), dtype=np.float32)[labels]
