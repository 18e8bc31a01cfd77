"""Who was seen: which images each epoch trained on, and how often."""

import numpy as np


def coverage_of_epoch(seen: np.ndarray, expected: np.ndarray) -> dict[str, int]:
    """Compare the numbers of the images that one epoch trained on with those of all at hand.

    >>> coverage_of_epoch(np.array([1, 2, 2]), np.array([1, 2, 3]))
    {'trained': 3, 'distinct': 2, 'missed': 1, 'most_often': 2}
    """
    distinct, counts = np.unique(seen, return_counts=True)
    return {
        "trained": len(seen),
        "distinct": len(distinct),
        "missed": len(np.setdiff1d(expected, distinct)),
        "most_often": int(counts.max(initial=0)),
    }
