"""Ratios from interleaved pairs, with their interval.

Two runs that lie next to each other in time share the machine's mood; their ratio is steadier
than either. The interval is a t-interval of the mean log ratio, by scipy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # loads scipy.stats when first used: it takes 0.5 s, not needed without intervals


@dataclass(frozen=True)
class RatioInterval:
    """The geometric mean of so many pairs' ratios, and the ends of the interval around it."""

    ratio: float
    low: float
    high: float
    pairs: int

    @property
    def half_width(self) -> float:
        """Half the interval's width, as a share of the ratio."""
        return (self.high - self.low) / (2 * self.ratio)


def ratio_interval(ratios: Sequence[float], level: float = 0.95) -> RatioInterval:
    """Estimate a ratio from those of pairs, two or more.

    >>> ratio_interval([1.0, 1.0])
    RatioInterval(ratio=1.0, low=1.0, high=1.0, pairs=2)
    """
    if len(ratios) < 2:
        raise ValueError(f"{len(ratios)} pair is too few for an interval; it needs 2 or more.")
    logs = np.log(np.asarray(ratios, float))
    middle = logs.mean()
    half_width = scipy.stats.t.ppf((1 + level) / 2, len(logs) - 1) * scipy.stats.sem(logs)
    ends = (middle, middle - half_width, middle + half_width)
    return RatioInterval(*(float(np.exp(end)) for end in ends), len(logs))


def share_interval(count: int, number: int, level: float = 0.95) -> tuple[float, float]:
    """Estimate a share, such as an accuracy: the low and the high end of Wilson's interval.

    >>> low, high = share_interval(306, 340)
    >>> round(low, 3), round(high, 3)
    (0.864, 0.928)
    """
    interval = scipy.stats.binomtest(count, number).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def pairs_needed(
    ratios: Sequence[float], margin: float = 0.05, level: float = 0.95, most: int = 10_000
) -> int:
    """Guess how many pairs like these would settle whether two things differ.

    They are settled once the interval is clear of another one like it around 1, which is that of
    a control, or lies within 1 - margin and 1 + margin; whichever takes fewer pairs, given the
    mean and the spread seen so far. Where `most` are too few, it is returned all the same.

    >>> pairs_needed([1.0, 1.2, 0.8, 1.1, 0.9, 1.0]) > 6
    True
    """
    logs = np.log(np.asarray(ratios, float))
    distance = abs(logs.mean())
    half_width = max(distance / 2, np.log(1 + margin) - distance)
    for pairs in range(2, most):
        reach = scipy.stats.t.ppf((1 + level) / 2, pairs - 1) * logs.std(ddof=1) / np.sqrt(pairs)
        if reach < half_width:
            return pairs
    return most


def slope_interval(
    numbers: Sequence[float], values: Sequence[float], level: float = 0.95
) -> tuple[float, float, float, float]:
    """Fit a straight line to three points or more; give (slope, low, high, intercept).

    >>> slope, low, high, _ = slope_interval([1, 2, 3, 4], [2.0, 4.1, 5.9, 8.0])
    >>> low < slope < high and round(slope) == 2
    True
    >>> slope_interval([1, 2, 3], [5.0, 5.0, 5.0])
    (0.0, 0.0, 0.0, 5.0)
    """
    if len(numbers) < 3:
        raise ValueError(f"{len(numbers)} points are too few for a slope; it needs 3 or more.")
    line = scipy.stats.linregress(numbers, values)
    error = np.nan_to_num(line.stderr)  # scipy gives nan where all values are equal
    reach = scipy.stats.t.ppf((1 + level) / 2, len(numbers) - 2) * error
    ends = (line.slope, line.slope - reach, line.slope + reach, line.intercept)
    return tuple(float(end) for end in ends)
