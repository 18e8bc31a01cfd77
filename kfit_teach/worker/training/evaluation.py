"""What is looked at once a run is over: how well the network does on images that it never saw.

And how far training moved its weights. Nothing here is clocked, and nothing is trained.
"""

import numpy as np

from kfit_teach.common.flowers import open_flowers
from kfit_teach.worker.training.loaders import scaled
from kfit_teach.worker.training.models import build_model

IMAGES_AT_ONCE = 34  # ten such batches are the test part


def test_accuracy(model, experiment, store):
    """Classify the test part of the same split of the same images.

    Args:
        model: trained model.
        experiment: Experiment.
        store: path of the stored images.

    Returns:
        The share that was told right, from 0 to 1.
    """
    wanted = experiment.model_copy(update={"part": "test", "images_per_epoch": None})
    flowers = open_flowers(wanted, store, checked="")
    right = 0
    for places in np.split(np.arange(len(flowers)), len(flowers) // IMAGES_AT_ONCE):
        images = flowers.read(places)
        if experiment.loader != "uint8_arrays":
            images = scaled(images)
        told = model.predict_on_batch(images).argmax(axis=1)
        right += int((told == flowers.labels[places]).sum())
    return right / len(flowers)


def all_weights(model):
    """Put all weights of a model, moving statistics included, in one float32 array, in order."""
    return np.concatenate([array.ravel() for array in model.get_weights()], dtype=np.float32)


def largest_move(keras, experiment, weights):
    """Tell how far training moved the weight that it moved most.

    Building the network again from its seed gives the weights that it began with; a copy kept
    during the run would have been memory of the run.

    Args:
        keras: the module keras or tf_keras.
        experiment: Experiment.
        weights: float32 array of shape (n,), after the run.

    Returns:
        The largest absolute difference; None where it is no finite number.
    """
    moved = float(np.abs(weights - all_weights(build_model(keras, experiment))).max())
    return moved if np.isfinite(moved) else None
