"""The two networks, written once for both libraries.

`minivggnet` is the tutorial's; `small` has Dropout and BatchNormalization only where they are asked
for, and an epoch of 680 images takes about a second on two cores, so that a class need not wait.
"""

from types import ModuleType

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.loaders import LOADERS
from kfit_teach.worker.training import augmentation

NUMBER_OF_CLASSES = 17
# As in the examples of compile(optimizer, loss, metrics); sgd as in the tutorial.
LEARNING_RATE = 0.01


def build_model(keras: ModuleType, settings: Experiment):
    """Build and compile the network that the settings name.

    Float32 images of shape (n, size, size, 3) go in (uint8 where the loader gives that), 17
    probabilities come out.
    """
    keras.utils.set_random_seed(settings.seed)
    if settings.model == "small":
        layers = _small(keras.layers, settings)
    else:
        layers = _minivggnet(keras.layers)
    model = keras.Sequential([*_front(keras, settings), *layers])
    model.compile(
        optimizer=_optimizer(keras, settings.optimizer),
        loss=settings.loss,
        metrics=list(settings.metrics),
    )
    return model


def _front(keras, settings):
    """What comes before the network: the input, its scaling, its augmentation."""
    shape = (settings.image_size, settings.image_size, 3)
    if LOADERS[settings.loader].gives_uint8:
        front = [keras.Input(shape, dtype="uint8"), keras.layers.Rescaling(1 / 255)]
    else:
        front = [keras.Input(shape)]
    if settings.augment == "layers":
        front += augmentation.augmentation_layers(keras, settings.seed)
    return front


def _optimizer(keras, name):
    """Make the optimizer, with the learning rate of the compile examples."""
    if name == "sgd":
        return keras.optimizers.SGD(LEARNING_RATE, momentum=0.9)
    return {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[name](LEARNING_RATE)


def _small(layers, settings):
    """Two convolutions and one dense layer; strides keep what a step itself holds small.

    Where asked for, BatchNormalization follows each convolution, and Dropout comes before the
    dense layer.
    """

    def normalized():
        return [layers.BatchNormalization()] if settings.batch_normalization else []

    return [
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        *normalized(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        *normalized(),
        layers.MaxPooling2D(4),
        layers.Flatten(),
        *([layers.Dropout(0.5)] if settings.dropout else []),
        layers.Dense(NUMBER_OF_CLASSES, activation="softmax"),
    ]


def _minivggnet(layers):
    """Two blocks of convolutions, then two dense layers (Rosebrock's MiniVGGNet)."""
    return [
        *_block(layers, 32),
        *_block(layers, 64),
        layers.Flatten(),
        layers.Dense(512, activation="relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.Dense(NUMBER_OF_CLASSES, activation="softmax"),
    ]


def _block(layers, filters):
    """Two convolutions, each followed by BatchNormalization, then pooling and Dropout."""
    return [
        layers.Conv2D(filters, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.Conv2D(filters, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
    ]
