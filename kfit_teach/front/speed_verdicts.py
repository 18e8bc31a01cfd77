"""What blocks show of speed: faster, slower, no difference above 5 %, or not resolved.

A block holds one turn of every lane and one of the control, which is the first lane a second time.
Each lane is held against the first lane of the same block. The control says what two processes
that do the same differ by: a lane is called faster or slower only where its interval lies beyond
1 and beyond the control's interval.
"""

import statistics
from dataclasses import dataclass
from typing import Literal

from kfit_teach.common.measuring.statistics import RatioInterval, pairs_needed, ratio_interval

MARGIN = 0.05
# Training alone gives 0.1 to 0.5 on a quiet machine (docs/measuring.md).
BUSY_CONTENTION = 0.6
CONTROL = "control"


@dataclass(frozen=True)
class SpeedVerdict:
    """What blocks show of one lane's images/s against the first lane's.

    Args:
        lane: its name, or "control".
        reference: the first lane's name.
        known: RatioInterval of the lane's images/s over the reference's.
        answer: the verdict.
        blocks_needed: about how many would settle it, where it is not resolved.
    """

    lane: str
    reference: str
    known: RatioInterval
    answer: Literal["faster", "slower", "same", "not resolved"]
    blocks_needed: int | None = None

    @property
    def figures(self):
        """The ratio and its interval, as text."""
        return f"{self.known.ratio:.2f} [{self.known.low:.2f}, {self.known.high:.2f}]"

    @property
    def short(self):
        """The verdict in a few words, for a table."""
        if self.answer == "same":
            return "no difference above 5 %"
        if self.answer == "not resolved":
            return f"not resolved; about {self.blocks_needed} blocks needed"
        return self.answer

    @property
    def sentence(self):
        """The verdict in words, with its figures."""
        figures = f"{self.known.ratio:.2f} times as many images/s, 95 % interval " + (
            f"{self.known.low:.2f} to {self.known.high:.2f}"
        )
        if self.answer == "same":
            return f"{self.lane} and {self.reference}: no difference above 5 % ({figures})."
        if self.answer == "not resolved":
            return (
                f"{self.lane} and {self.reference}: not resolved on this machine ({figures}); "
                f"about {self.blocks_needed} blocks are needed."
            )
        return f"{self.lane} is {self.answer} than {self.reference} ({figures})."


def lane_of(turn, view):
    """Name a turn's lane: what the lanes of this view differ in, or "control"."""
    if turn.control:
        return CONTROL
    return turn.loader if view == "loaders" else turn.training_function


def speeds_by_lane(blocks, view, quantity="images_per_s"):
    """Collect one quantity of every turn.

    Args:
        blocks: list of Block of one library.
        view: "functions", "loaders" or "natural".
        quantity: name of an attribute of Turn.

    Returns:
        dict of lane name to list of float, one a block; the first lane first, the control last.
    """
    names = [lane_of(turn, view) for turn in sorted(blocks[0].turns, key=lambda turn: turn.place)]
    collected = {name: [] for name in names}
    for block in blocks:
        for turn in block.turns:
            collected[lane_of(turn, view)].append(getattr(turn, quantity))
    return collected


def speed_verdicts(blocks, view, quantity="images_per_s"):
    """Judge every lane against the first.

    Args:
        blocks: list of Block of one library, two or more.
        view: "functions", "loaders" or "natural".
        quantity: "images_per_s" or "images_per_s_without_pauses".

    Returns:
        list of SpeedVerdict, the control's last.
    """
    speeds = speeds_by_lane(blocks, view, quantity)
    reference, *others = speeds
    ratios = {
        lane: [own / first for own, first in zip(speeds[lane], speeds[reference], strict=True)]
        for lane in others
    }
    control = ratio_interval(ratios[CONTROL])
    return [_judged(lane, reference, values, control) for lane, values in ratios.items()]


def _judged(lane, reference, ratios, control):
    """Judge one lane; the control against 1 alone."""
    known = ratio_interval(ratios)
    lowest, highest = (1, 1) if lane == CONTROL else (min(1, control.low), max(1, control.high))
    if known.low > highest:
        return SpeedVerdict(lane, reference, known, "faster")
    if known.high < lowest:
        return SpeedVerdict(lane, reference, known, "slower")
    if known.low >= 1 - MARGIN and known.high <= 1 + MARGIN:
        return SpeedVerdict(lane, reference, known, "same")
    needed = max(pairs_needed(ratios, MARGIN), len(ratios) + 1)
    return SpeedVerdict(lane, reference, known, "not resolved", needed)


def doubts(blocks, verdicts):
    """Say why these blocks are to be doubted; empty where they are not.

    Args:
        blocks: list of Block of one library.
        verdicts: list of SpeedVerdict from `speed_verdicts`.

    Returns:
        list of sentences.
    """
    said = []
    control = next(verdict for verdict in verdicts if verdict.lane == CONTROL)
    differs = control.answer in ("faster", "slower") and abs(control.known.ratio - 1) > MARGIN
    if differs:
        said.append(
            f"Doubtful: {control.reference} run a second time, as control, came out at "
            f"{control.figures} of itself."
        )
    seen = [turn.contention for block in blocks for turn in block.turns if turn.contention]
    if seen and statistics.median(seen) > BUSY_CONTENTION:
        said.append(
            "Doubtful: the machine was busy with something else (contention "
            f"{statistics.median(seen):.1f}); run it again on a quiet machine."
        )
    return said
