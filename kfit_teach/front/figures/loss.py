"""Each batch's own loss by step; equal curves lie on each other, all to be seen."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.figures.style import LOOK_OF
from kfit_teach.front.ranking import Ranking


def draw_loss(panel: Axes, ranking: Ranking) -> None:
    """Draw one library's losses."""
    lanes = [lane for lane in ranking.lanes if lane.result.losses]
    by_loader = ranking.view == "loaders"  # then only line styles tell them apart
    for place, lane in enumerate(lanes):
        look, losses = LOOK_OF[lane.function], lane.result.losses
        spacing, width = max(3, len(losses) // 8), 2 if len(losses) < 100 else 1
        panel.plot(
            range(1, len(losses) + 1), losses, color=look.colour, label=lane.name, markersize=8,
            marker="" if by_loader else look.marker, markevery=(place * spacing // 3, spacing),
            linestyle=LOADERS[lane.loader].line_style if by_loader else "-",
            linewidth=width if by_loader else width * (len(lanes) - place),
        )  # fmt: skip
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_xlabel(say("step (batch)"))
    panel.set_ylabel(say("loss of the batch"))
    panel.set_title(_title([lane.result.losses for lane in lanes]))
    if not lanes:
        panel.set(xticks=[], yticks=[])


def _title(curves):
    if not curves:
        return say("Loss: no lane ended")
    lanes = say_counted("{number} lane", "{number} lanes", len(curves))
    apart = say_counted("{number} curve", "{number} curves", count_curves(curves))
    return say("Loss: {lanes} on {curves}", lanes=lanes, curves=apart)


def count_curves(curves: list[list[float]]) -> int:
    """Count the curves that an eye can tell apart: those 2 % of the whole height apart.

    >>> count_curves([[1.0, 2.0], [1.001, 2.0], [1.5, 2.0]])
    2
    """
    lowest, highest = (find(value for curve in curves for value in curve) for find in (min, max))
    least, apart = 0.02 * (highest - lowest), []
    for curve in curves:
        alike = [len(other) == len(curve) and np.allclose(other, curve, rtol=0, atol=least)
                 for other in apart]  # fmt: skip
        if not any(alike):
            apart.append(curve)
    return len(apart)
