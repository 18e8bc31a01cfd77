"""The tutorial's augmentation: image by image, a batch at once, or as layers of the network.

The first two take the same drawn parameters and give the same images; they differ in speed. The
layers are the nearest thing that the libraries offer inside the network, not the same thing.
"""

import importlib
import itertools
import os
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import tensorflow as tf

# As in the tutorial. Keras takes rotation and shear in degrees, so 0.15 is next to no shear.
SEVEN_ARGUMENTS = {
    "rotation_range": 20,
    "zoom_range": 0.15,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 0.15,
    "horizontal_flip": True,
    "fill_mode": "nearest",
}
IMPORTED_BY = os.getpid()


@dataclass(frozen=True)
class Parameters:
    """What is done to each of n images, under the names that ImageDataGenerator gives it.

    Each output point, seen from the centre, is flipped, zoomed, sheared, shifted and rotated, in
    this order; what the input shows there is its value. All have the shape (n,).
    """

    theta: np.ndarray  # rotation in degrees
    tx: np.ndarray  # shift along the columns in pixels
    ty: np.ndarray  # shift along the rows in pixels
    shear: np.ndarray  # in degrees
    zx: np.ndarray  # zoom along the columns; above 1 more of the input is seen
    zy: np.ndarray  # zoom along the rows
    flip: np.ndarray  # whether left and right change places

    def __len__(self) -> int:
        return len(self.theta)

    def of_image(self, place: int) -> dict:
        """Give the parameters of one image as ImageDataGenerator.apply_transform takes them."""
        values = {name: array[place] for name, array in vars(self).items()}
        values["flip_horizontal"] = values.pop("flip")
        return values


def image_data_generator(keras: ModuleType):
    """Make the ImageDataGenerator of keras or tf_keras, with the tutorial's arguments."""
    home = keras.preprocessing.image
    if not hasattr(home, "ImageDataGenerator"):
        # Keras 3 shows it only as tf.keras.preprocessing.image, which is this module.
        home = importlib.import_module("keras._tf_keras.keras.preprocessing.image")
    return home.ImageDataGenerator(**SEVEN_ARGUMENTS)


def draw_parameters(random: np.random.Generator, count: int, image_size: int) -> Parameters:
    """Draw what ImageDataGenerator.get_random_transform would draw, for many images at once.

    >>> drawn = draw_parameters(np.random.default_rng(17), 32, image_size=64)
    >>> len(drawn), bool(abs(drawn.tx).max() < 0.2 * 64)
    (32, True)
    """

    def within(name, scale=1):
        reach = SEVEN_ARGUMENTS[name] * scale
        return random.uniform(-reach, reach, count)

    return Parameters(
        theta=within("rotation_range"),
        # The generator takes tx from the height and shifts columns by it; both ranges are alike.
        tx=within("height_shift_range", image_size),
        ty=within("width_shift_range", image_size),
        shear=within("shear_range"),
        zx=1 + within("zoom_range"),
        zy=1 + within("zoom_range"),
        flip=random.random(count) < 0.5,
    )


def transform_batch(images: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Transform a batch by one call of TensorFlow's image operation.

    Float32 images of shape (n, size, size, 3) go in and come out, as transform_one_by_one gives
    them, but for rounding.

    Raises:
        ValueError: there are not as many parameters as images.
        RuntimeError: this is a forked process. TensorFlow's threads stay behind in the parent, so
            the operation would wait for them for ever.

    >>> images = np.random.default_rng(17).random((2, 8, 8, 3), np.float32)
    >>> still = {name: np.zeros(2) for name in ("theta", "tx", "ty", "shear")}
    >>> mirror = Parameters(**still, zx=np.ones(2), zy=np.ones(2), flip=np.array([True, False]))
    >>> mirrored = transform_batch(images, mirror)
    >>> np.allclose(mirrored[0], images[0, :, ::-1]), np.allclose(mirrored[1], images[1])
    (True, True)
    """
    if len(parameters) != len(images):
        raise ValueError(f"{len(parameters)} parameters do not go with {len(images)} images.")
    if os.getpid() != IMPORTED_BY:
        raise RuntimeError("TensorFlow cannot transform a batch in a forked process; use threads.")
    size = images.shape[1]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=_matrices(parameters, size),
        output_shape=(size, size),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    ).numpy()


def transform_one_by_one(generator, images: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Transform a batch as a loader with ImageDataGenerator does: image after image.

    Raises:
        ValueError: there are not as many parameters as images.
    """
    if len(parameters) != len(images):
        raise ValueError(f"{len(parameters)} parameters do not go with {len(images)} images.")
    transformed = np.empty_like(images)
    for place, image in enumerate(images):
        transformed[place] = generator.apply_transform(image, parameters.of_image(place))
    return transformed


def augmentation_layers(keras: ModuleType, seed: int) -> list:
    """Make the layers that come nearest to the generator, for the front of a network.

    Ranges, edges and order are the generator's. What remains different:

    - Each layer resamples what the layer before it gave, where the generator resamples once: the
      images are softer, and what one layer pushed over the edge no later one brings back.
    - tf_keras has no layer that shears. That of keras takes no angle but a share of the image, and
      shears about the upper left corner, not the centre.
    - They draw within the training step, from TensorFlow's random numbers: never the images that
      the same seed gives in the loader, nor the same in both libraries.
    - In keras they cannot be compiled by XLA, so where there is a GPU, and keras would do that, the
      whole step does without it.
    """
    layers, ranges = keras.layers, SEVEN_ARGUMENTS
    # With one seed for all, one random number would turn, shift and zoom at once.
    seeds = itertools.count(seed)
    alike = {"fill_mode": ranges["fill_mode"], "interpolation": "bilinear"}
    turn = ranges["rotation_range"] / 360
    shift = (ranges["height_shift_range"], ranges["width_shift_range"])
    slant = float(np.sin(np.deg2rad(ranges["shear_range"])))
    zoom = (ranges["zoom_range"], ranges["zoom_range"])
    chain = [
        layers.RandomRotation(turn, seed=next(seeds), **alike),
        layers.RandomTranslation(*shift, seed=next(seeds), **alike),
        layers.RandomZoom(*zoom, seed=next(seeds), **alike),
        layers.RandomFlip("horizontal", seed=next(seeds)),
    ]
    if hasattr(layers, "RandomShear"):
        chain.insert(2, layers.RandomShear(slant, seed=next(seeds), **alike))
    return chain


def _matrices(parameters: Parameters, image_size: int) -> np.ndarray:
    """Write what is done to each image as one matrix, from points of the output to the input.

    Returns:
        float32 array of shape (n, 8): in each row a0, a1, a2, b0, b1, b2, 0, 0, so that the
        output's column x and row y show the input's a0 x + a1 y + a2 and b0 x + b1 y + b2.
    """
    angle, shear = np.deg2rad(parameters.theta), np.deg2rad(parameters.shear)
    cosine, sine = np.cos(angle), np.sin(angle)
    zoom_x = np.where(parameters.flip, -parameters.zx, parameters.zx)
    # rotation @ shift @ shear @ zoom, multiplied out: a shear turns the second axis further.
    a0, a1 = cosine * zoom_x, -np.sin(angle + shear) * parameters.zy
    b0, b1 = sine * zoom_x, np.cos(angle + shear) * parameters.zy
    # All of it is done about the centre, which lies between pixels where the size is even.
    centre = (image_size - 1) / 2
    a2 = cosine * parameters.tx - sine * parameters.ty + centre * (1 - a0 - a1)
    b2 = sine * parameters.tx + cosine * parameters.ty + centre * (1 - b0 - b1)
    nothing = np.zeros_like(a0)
    return np.stack([a0, a1, a2, b0, b1, b2, nothing, nothing], axis=1).astype(np.float32)
