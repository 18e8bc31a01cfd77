"""What blocks show of speed: faster, slower, no difference above 5 %, or not resolved.

A block holds one turn of every lane and one of the control, which is the first lane a second time.
Each lane is held against the first lane of the same block. The control says what two processes
that do the same differ by: a lane is called faster or slower only where its interval lies beyond
1 and beyond the control's interval.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kfit_teach.common.measuring.statistics import RatioInterval, pairs_needed, ratio_interval
from kfit_teach.front.ranking import Lane, Ranking

MARGIN = 0.05
# Training alone gives 0.1 to 0.5 on a quiet machine (docs/measuring.md).
BUSY_CONTENTION = 0.6


@dataclass(frozen=True)
class SpeedVerdict:
    """What blocks show of one lane's images/s, or the control's, against the first lane's."""

    lane: Lane
    reference: Lane
    known: RatioInterval  # the lane's images/s over the reference's
    answer: Literal["faster", "slower", "same", "not resolved"]
    blocks_needed: int | None = None  # about how many would settle it, where it is not resolved
    without_pauses: bool = False  # whether the pauses between epochs were left out


def speed_verdicts(ranking: Ranking, without_pauses: bool = False) -> list[SpeedVerdict]:
    """Judge every lane against the first, the control last; none of fewer than two blocks."""
    reference, *others = [lane for lane in ranking.lanes_and_control if lane.turns] or [None]
    if reference is None or len(reference.turns) < 2:
        return []
    quantity = "images_per_s_without_pauses" if without_pauses else "images_per_s"
    ratios = [
        [getattr(own, quantity) / getattr(first, quantity)
         for own, first in zip(lane.turns, reference.turns, strict=True)]
        for lane in others
    ]  # fmt: skip
    control = ratio_interval(ratios[-1])
    return [
        SpeedVerdict(lane, reference, *_judged(lane, own, control), without_pauses)
        for lane, own in zip(others, ratios, strict=True)
    ]


def _judged(
    lane: Lane, ratios: list[float], control: RatioInterval
) -> tuple[RatioInterval, str, int | None]:
    """Judge one lane, the control against 1 alone; name the blocks needed where not resolved."""
    known = ratio_interval(ratios)
    lowest, highest = (1, 1) if lane.is_control else (min(1, control.low), max(1, control.high))
    if known.low > highest:
        return known, "faster", None
    if known.high < lowest:
        return known, "slower", None
    if known.low >= 1 - MARGIN and known.high <= 1 + MARGIN:
        return known, "same", None
    return known, "not resolved", max(pairs_needed(ratios, MARGIN), len(ratios) + 1)


@dataclass(frozen=True)
class ControlDiffers:
    """The first lane, run a second time, came out at another speed than itself."""

    verdict: SpeedVerdict


@dataclass(frozen=True)
class MachineBusy:
    """Something else wanted the processors while turns were taken."""

    contention: float


def doubts(ranking: Ranking, verdicts: list[SpeedVerdict]) -> Iterator:
    """Yield why these blocks are to be doubted."""
    control = verdicts[-1]
    if control.answer in ("faster", "slower") and abs(control.known.ratio - 1) > MARGIN:
        yield ControlDiffers(control)
    turns = [turn for lane in ranking.lanes_and_control for turn in lane.turns]
    seen = [turn.contention for turn in turns if turn.contention]
    if seen and statistics.median(seen) > BUSY_CONTENTION:
        yield MachineBusy(statistics.median(seen))
