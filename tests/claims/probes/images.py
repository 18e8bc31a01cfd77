"""ImageDataGenerator: what its arguments do, beside the layers of today."""

import inspect

import numpy as np

SIDE = 64


def generator_class(library):
    """Where ImageDataGenerator is today: hidden in Keras 3, in its old place in tf_keras."""
    if library.__name__ == "tf_keras":
        return library.preprocessing.image.ImageDataGenerator
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    return ImageDataGenerator


def flow(keras):
    """What flow returns: is it a Python generator, is it a PyDataset, has it a length?"""
    made = _flow(keras)
    base = getattr(keras.utils, "PyDataset", keras.utils.Sequence)
    return {
        "generator": inspect.isgenerator(made),
        "py_dataset": isinstance(made, base),
        "length": len(made),
        "sizes": [len(made[index][0]) for index in range(len(made))],
    }


def flow_reads_bytes_as(keras):
    images = np.zeros((4, 8, 8, 1), "uint8")
    return str(generator_class(keras)().flow(images).x.dtype)


def shear_of_the_notes(keras):
    """How far the image's edge moves, in pixels, by shear=0.15 and by shear=15."""
    return [_moved(keras, shear) for shear in (0.15, 15.0)]


def rotation_and_its_layer(keras):
    """Mean difference of pixels where the layer is given the generator's angle."""
    picture = _picture()
    made = generator_class(keras)(fill_mode="nearest")
    rotated = made.apply_transform(picture, {"theta": 20.0})
    layer = keras.layers.RandomRotation((20 / 360, 20 / 360), fill_mode="nearest")
    by_layer = np.asarray(layer(picture[None], training=True))[0]
    back = keras.layers.RandomRotation((-20 / 360, -20 / 360), fill_mode="nearest")
    by_other = np.asarray(back(picture[None], training=True))[0]
    return min(float(np.abs(rotated - one).mean()) for one in (by_layer, by_other))


def draws_of_a_batch(keras):
    """Parameters drawn for 200 images by the settings of the notes."""
    made = generator_class(keras)(
        rotation_range=20, zoom_range=0.15, width_shift_range=0.2, height_shift_range=0.2,
        shear_range=0.15, horizontal_flip=True, fill_mode="nearest",
    )  # fmt: skip
    drawn = [made.get_random_transform((SIDE, SIDE, 1), seed) for seed in range(200)]
    names = ("theta", "tx", "ty", "shear", "zx", "zy", "flip_horizontal")
    return [{name: float(one[name]) for name in names} for one in drawn]


def fill_modes(keras):
    made = keras.layers.RandomRotation(0.1), keras.layers.RandomTranslation(0.1, 0.1)
    return [generator_class(keras)().fill_mode, *[layer.fill_mode for layer in made]]


def layers_act_in(keras):
    """Does an augmenting layer change an image in training, and in inference?"""
    layer = keras.layers.RandomTranslation(0.3, 0.3, fill_mode="constant")
    picture = _picture()[None]
    return [bool(np.abs(np.asarray(layer(picture, training=training)) - picture).max() > 0.01)
            for training in (True, False)]  # fmt: skip


def shape_after_zoom(keras):
    made = generator_class(keras)(zoom_range=0.15)
    return list(made.random_transform(_picture()).shape)


def _flow(keras):
    from .watched import BATCH, data

    return generator_class(keras)().flow(*data((8, 8, 1)), batch_size=BATCH)


def _moved(keras, shear):
    """Horizontal or vertical way of the weight's centre of a dot near the edge, in pixels."""
    picture = np.zeros((SIDE, SIDE, 1), "float32")
    picture[1:4, SIDE // 2 - 1 : SIDE // 2 + 2] = 1
    made = generator_class(keras)(fill_mode="constant")
    after = made.apply_transform(picture, {"shear": shear})
    return float(np.hypot(*(_centre(after) - _centre(picture))))


def _centre(picture):
    places = np.indices(picture.shape[:2]).reshape(2, -1)
    weights = picture[..., 0].ravel()
    return places @ weights / weights.sum()


def _picture():
    rows, columns = np.indices((SIDE, SIDE))
    return (np.sin(rows / 5) * np.cos(columns / 7) * 0.5 + 0.5).astype("float32")[..., None]
