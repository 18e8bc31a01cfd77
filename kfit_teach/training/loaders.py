"""Where batches come from: all images as arrays, or a generator that reads as it goes.

Every loader gives the same float32 batches in the same order, so that the training functions do
the same work. Labels are one-hot; a last column carries the image's number, which the recorder
takes off again inside the training step (see recorder.py).
"""

import numpy as np

from kfit_teach.flowers.manifest import CLASS_NAMES


def load_arrays(flowers, settings):
    """Read every image into memory.

    Args:
        flowers: kfit_teach.flowers.Flowers, N images.
        settings: TrainingSettings.

    Returns:
        (images, labels): float32 of shape (N, size, size, 3) from 0 to 1, and float32 of shape
        (N, 18).
    """
    side = settings.image_size
    images = np.empty((len(flowers), side, side, 3), np.float32)
    for places in _batches_of_places(np.arange(len(flowers)), settings.batch_size):
        images[places] = _as_float(flowers.read(places))
    return images, numbered_labels(flowers)


def batches_of_arrays(images, labels, settings):
    """Cut batches out of arrays, by hand and without end.

    Yields:
        (images, labels) of one batch.
    """
    for places in _endless_places(len(images), settings):
        yield images[places], labels[places]


def batches_of_generator(flowers, settings):
    """Read each batch from the stored images only when it is asked for, without end.

    Yields:
        (images, labels) of one batch.
    """
    labels = numbered_labels(flowers)
    for places in _endless_places(len(flowers), settings):
        yield _as_float(flowers.read(places)), labels[places]


def numbered_labels(flowers):
    """Give one-hot labels with the image's number in a last column.

    Returns:
        float32 array of shape (N, 18): 17 classes, then the number from 1 to 1360.
    """
    one_hot = np.eye(len(CLASS_NAMES), dtype=np.float32)[flowers.labels]
    return np.column_stack([one_hot, flowers.numbers.astype(np.float32)])


def _as_float(images):
    """Scale uint8 images to float32 from 0 to 1."""
    return images.astype(np.float32) / np.float32(255)


def _endless_places(number_of_images, settings):
    """Yield the places of each batch, epoch after epoch; slices of one order unless shuffled."""
    epoch = 0
    while True:
        places = np.arange(number_of_images)
        if settings.shuffle:
            places = np.random.default_rng((settings.seed, epoch)).permutation(places)
        yield from _batches_of_places(places, settings.batch_size)
        epoch += 1


def _batches_of_places(places, batch_size):
    """Cut an order into batches; the last may be smaller."""
    for start in range(0, len(places), batch_size):
        yield places[start : start + batch_size]
