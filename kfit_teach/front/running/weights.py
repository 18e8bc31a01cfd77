"""How far apart the lanes' weights are: the largest absolute difference of each two of them.

Each worker writes its weights into a file of the comparison's own folder; only the distances are
kept.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np


def weight_distances(files: Iterable[Path | None]) -> list[list[float | None]]:
    """Hold the weights of lanes of one library against each other.

    Args:
        files: .npy files, float arrays of shape (n,), one a lane; None, or a file that is not
            there, stands for a lane without weights.

    Returns:
        Shape (lanes, lanes): max |difference|, 0.0 where the weights are the same; None where a
        lane has none, or the difference is no finite number.

    >>> weight_distances([])
    []
    """
    arrays = [np.load(file) if file and file.exists() else None for file in files]
    return [[_largest_difference(one, other) for other in arrays] for one in arrays]


def _largest_difference(one: np.ndarray | None, other: np.ndarray | None) -> float | None:
    if one is None or other is None:
        return None
    largest = float(np.abs(one - other).max())
    return largest if np.isfinite(largest) else None
