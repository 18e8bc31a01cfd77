"""The network of the demonstrations: the small one of the comparisons, as plain Keras has it.

It carries no recorder: labels are plain one-hot, and nothing is noted within its step.
"""

from collections.abc import Callable
from types import ModuleType

from kfit_teach.common.experiment import Experiment
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
