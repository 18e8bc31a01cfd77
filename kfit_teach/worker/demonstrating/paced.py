"""What demonstrations of time share: their networks, and a callback that notes ends of steps."""

import time
from types import ModuleType

from kfit_teach.worker.demonstrating.networks import small_network
from kfit_teach.worker.training.models import NUMBER_OF_CLASSES


def network_named(keras: ModuleType, settings, name: str, **compiled):
    """Build and compile a network.

    Args:
        keras: the library.
        settings: of a demonstration; its library, image_size and seed are used.
        name: "small", "minivggnet", or "tiny": one dense layer, so that a step is nearly nothing.
        **compiled: options of compile, such as steps_per_execution=8.
    """
    if name == "tiny":
        keras.utils.set_random_seed(settings.seed)
        side = settings.image_size
        layers = [keras.Input((side, side, 3)), keras.layers.Flatten(),
                  keras.layers.Dense(NUMBER_OF_CLASSES, activation="softmax")]  # fmt: skip
        model = keras.Sequential(layers)
    else:
        model = small_network(keras, settings, model=name)
    model.compile(keras.optimizers.SGD(0.01), "categorical_crossentropy", **compiled)
    return model


class StepEnds:
    """Notes when each step of `fit` ended, epoch by epoch, in seconds of the monotonic clock."""

    _supports_tf_logs = True  # tf_keras need not copy its logs out of TensorFlow for this callback

    def __init__(self):
        super().__init__()
        self.epochs: list[list[float]] = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start a new list."""
        self.epochs.append([])

    def on_train_batch_end(self, batch, logs=None):
        """Note the time."""
        self.epochs[-1].append(time.monotonic())


def step_ends(keras: ModuleType) -> StepEnds:
    """Make one for `callbacks=`; each library has a Callback class of its own."""
    return type("KerasStepEnds", (StepEnds, keras.callbacks.Callback), {})()
