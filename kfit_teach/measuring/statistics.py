"""Ratios from interleaved pairs, with their interval.

Two runs that lie next to each other in time share the machine's mood; their ratio is steadier
than either. The interval is a t-interval of the mean log ratio, by scipy.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RatioInterval:
    """A ratio and the interval that holds it at the given level.

    Args:
        ratio: geometric mean of the ratios.
        low, high: ends of the interval.
        pairs: how many pairs it rests on.
    """

    ratio: float
    low: float
    high: float
    pairs: int

    @property
    def half_width(self):
        """Half the interval's width, as a share of the ratio."""
        return (self.high - self.low) / (2 * self.ratio)


def ratio_interval(ratios, level=0.95):
    """Estimate a ratio from pairs.

    Args:
        ratios: positive floats of shape (n,), one a pair, n at least 2.
        level: how often such an interval holds the true ratio.

    Returns:
        RatioInterval.

    Raises:
        ValueError: there are fewer than two pairs.

    >>> ratio_interval([1.0, 1.1, 0.9, 1.0]).low < 1 < ratio_interval([1.0, 1.1, 0.9, 1.0]).high
    True
    """
    if len(ratios) < 2:
        raise ValueError(f"{len(ratios)} pair is too few for an interval; it needs 2 or more.")
    from scipy import stats  # here: it takes 0.5 s, and a quick comparison needs no interval

    logs = np.log(np.asarray(ratios, float))
    middle = logs.mean()
    half_width = stats.t.ppf((1 + level) / 2, len(logs) - 1) * stats.sem(logs)
    ends = (middle, middle - half_width, middle + half_width)
    return RatioInterval(*(float(np.exp(end)) for end in ends), len(logs))
