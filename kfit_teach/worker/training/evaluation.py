"""What is looked at once a run is over: how well the network does on images that it never saw.

And how far training moved its weights. Nothing here is clocked, and nothing is trained.
"""

import hashlib
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

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


class Moved(NamedTuple):
    """How far the call moved the number that it moved most: the largest absolute difference.

    Moving statistics are averages of what the network saw, not weights that training sets, and can
    move a thousand times as far. None where that is no finite number, or there are none.
    """

    weights: float | None
    statistics: float | None


def keep_weights(
    keras: ModuleType, model, experiment: Experiment, file: Path | None
) -> Moved | None:
    """Write the trainable weights to the file, where one is named, for other lanes to be held to.

    Give how far the call moved the weights and the moving statistics; None for a network that is
    too large.
    """
    if model.count_params() > _MOST_WEIGHTS:
        return None
    # Building it again from its seed gives the weights that it began with; a copy kept during the
    # run would have been memory of the run.
    begun = build_model(keras, experiment)
    weights = _as_one_array(model.trainable_weights)
    if file:
        np.save(file, weights)
    return Moved(
        _largest_move(weights, _as_one_array(begun.trainable_weights)),
        _largest_move(*(_as_one_array(m.non_trainable_weights) for m in (model, begun))),
    )


def _largest_move(now: np.ndarray, begun: np.ndarray) -> float | None:
    if not now.size:
        return None
    with np.errstate(invalid="ignore"):  # infinite less infinite
        moved = float(np.abs(now - begun).max())
    return moved if np.isfinite(moved) else None


def _as_one_array(variables: list) -> np.ndarray:
    """Put variables in one float32 array of shape (n,), in order."""
    arrays = [np.ravel(variable.numpy()) for variable in variables]
    return np.concatenate([*arrays, []], dtype=np.float32)
