"""What is looked at once a run is over: how well the network does on images that it never saw.

And how far training moved its weights. Nothing here is clocked, and nothing is trained.
"""

import hashlib
from pathlib import Path
from types import ModuleType

import numpy as np

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import open_flowers
from kfit_teach.common.loaders import LOADERS
from kfit_teach.worker.training.loaders import scaled
from kfit_teach.worker.training.models import build_model

IMAGES_AT_ONCE = 34  # ten such batches are the test part
_MOST_WEIGHTS = 2**24  # 64 MiB a lane; MiniVGGNet at 64 px has half as many


def test_accuracy(model, experiment: Experiment, store: Path) -> float:
    """Classify the test part of the same split; give the share that was told right, 0 to 1."""
    wanted = experiment.model_copy(update={"part": "test", "images_per_epoch": None})
    flowers = open_flowers(wanted, store, checked="")
    right = 0
    for places in np.split(np.arange(len(flowers)), len(flowers) // IMAGES_AT_ONCE):
        images = flowers.read(places)
        if not LOADERS[experiment.loader].gives_uint8:
            images = scaled(images)
        told = model.predict_on_batch(images).argmax(axis=1)
        right += int((told == flowers.labels[places]).sum())
    return right / len(flowers)


def sha256_of_weights(model) -> str:
    """Hash every weight of the model, moving statistics included, in order."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(weights.tobytes())
    return digest.hexdigest()


def keep_weights(
    keras: ModuleType, model, experiment: Experiment, file: Path | None
) -> float | None:
    """Write all weights to the file, where one is named, for the other lanes to be held against.

    Give how far training moved the weight that it moved most: the largest absolute difference.
    None where that is no finite number, and for a network that is too large.
    """
    if model.count_params() > _MOST_WEIGHTS:
        return None
    weights = _all_weights(model)
    if file:
        np.save(file, weights)
    # Building it again from its seed gives the weights that it began with; a copy kept during the
    # run would have been memory of the run.
    moved = float(np.abs(weights - _all_weights(build_model(keras, experiment))).max())
    return moved if np.isfinite(moved) else None


def _all_weights(model) -> np.ndarray:
    """Put all weights in one float32 array of shape (n,), in order."""
    return np.concatenate([array.ravel() for array in model.get_weights()], dtype=np.float32)
