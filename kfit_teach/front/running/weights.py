"""How far apart the lanes' weights are: the largest absolute difference of each two of them.

Each worker writes its weights into a file of the comparison's own folder; only the distances are
kept. A network may be large and the lanes many, so two pieces of files are all that is ever read.
"""

from collections.abc import Iterable
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np

NUMBERS_A_PIECE = 2**20  # 4 MiB of float32


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
    files = [file if file and file.exists() else None for file in files]
    distances = [[None for _ in files] for _ in files]
    for one, other in combinations_with_replacement(range(len(files)), 2):
        distance = _largest_difference(files[one], files[other])
        distances[one][other] = distances[other][one] = distance
    return distances


def _largest_difference(one: Path | None, other: Path | None) -> float | None:
    if one is None or other is None:
        return None
    largest = 0.0
    for start in range(0, len(np.load(one, mmap_mode="r")), NUMBERS_A_PIECE):
        difference = _piece(one, start)
        with np.errstate(invalid="ignore", over="ignore"):  # infinite weights have no distance
            difference -= _piece(other, start)
        # Of what is no number, the maximum is none either; Python's own max would pass over it.
        largest = np.maximum(largest, np.abs(difference, out=difference).max())
    return float(largest) if np.isfinite(largest) else None


def _piece(file: Path, start: int) -> np.ndarray:
    """Copy a piece; the map is let go, or the pages that it touched would count as ours."""
    return np.array(np.load(file, mmap_mode="r")[start : start + NUMBERS_A_PIECE])
