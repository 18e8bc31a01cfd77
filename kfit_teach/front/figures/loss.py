"""Each batch's own loss by step; equal curves lie on each other, all to be seen."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.figures.canvas import PAPER
from kfit_teach.front.figures.style import LOOK_OF, SMALL_POINTS
from kfit_teach.front.ranking import Ranking

MOST_TIMES = 100  # between the lowest and the highest; beyond it only a log scale shows both


def draw_loss(panel: Axes, ranking: Ranking) -> None:
    """Draw one library's losses, as far as they are numbers."""
    lanes = [lane for lane in ranking.lanes if lane.result.losses]
    by_loader = ranking.view == "loaders"  # then only line styles tell them apart
    curves = [_finite(lane.result.losses) for lane in lanes]
    for place, (lane, losses) in enumerate(zip(lanes, curves, strict=True)):
        look = LOOK_OF[lane.function]
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
    panel.set_title(loss_title([lane.result.losses for lane in lanes]))
    finite = _numbers_in(curves)
    if not finite.size:
        panel.set(xticks=[], yticks=[])
    elif finite.min() > 0 and finite.max() > MOST_TIMES * finite.min():
        panel.set_yscale("log")
    steps = [lane.result.diverged_at for lane in lanes]
    for step in sorted(set(filter(None, steps))):
        there = [place for place, own in enumerate(steps) if own == step]
        colour = LOOK_OF[lanes[there[0]].function].colour if len(there) == 1 else "black"
        _mark_divergence(panel, step, [curves[place] for place in there], colour)


def _mark_divergence(panel, step, curves, colour):
    """Mark the last numbers of curves that diverged at one step."""
    told = say("diverged\nat step {step}", step=step)
    before = [curve[step - 2] for curve in curves] if step > 1 else []
    panel.plot([step - 1] * len(before), before, "X", color=colour, markersize=13, zorder=5,
               markeredgecolor="black")  # fmt: skip
    if before:
        seen_at = panel.transData.transform((step - 1, max(before)))
        is_high = panel.transAxes.inverted().transform(seen_at)[1] > 0.5
        panel.annotate(told, (step - 1, max(before)), (10, 0), textcoords="offset points",
                       va="top" if is_high else "bottom", fontsize=SMALL_POINTS, bbox=PAPER,
                       zorder=5)  # fmt: skip
        panel.set_xlim(right=max(panel.get_xlim()[1], 1.5 * step))
    else:
        panel.annotate(told, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center",
                       fontsize=SMALL_POINTS)  # fmt: skip


def _finite(losses):
    """Give losses as an array, NaN for all that are no finite number."""
    return np.where(np.isfinite(losses), losses, np.nan)


def _numbers_in(curves):
    together = np.concatenate(curves) if curves else np.array([])
    return together[~np.isnan(together)]


def loss_title(curves: list[list[float]]) -> str:
    """Say how many lanes' losses there are, on how many curves."""
    if not curves:
        return say("Loss: no lane ended")
    if not _numbers_in([_finite(curve) for curve in curves]).size:
        return say("Loss: never a number")
    lanes = say_counted("{number} lane", "{number} lanes", len(curves))
    apart = say_counted("{number} curve", "{number} curves", count_curves(curves))
    return say("Loss: {lanes} on {curves}", lanes=lanes, curves=apart)


def count_curves(curves: list[list[float]]) -> int:
    """Count the curves that an eye can tell apart: those 2 % of the whole height apart.

    One that was stopped lies on another as far as it goes.

    >>> count_curves([[1.0, 2.0], [1.001, 2.0], [1.5, 2.0]])
    2
    >>> count_curves([[1.0, float("nan")], [1.0, float("inf")], [1.0, 2.0]])
    2
    """
    drawn = [_finite(curve) for curve in curves]
    finite = _numbers_in(drawn)
    least, apart = 0.02 * np.ptp(finite) if finite.size else 0, []
    for curve in drawn:
        alike = [np.allclose(*_as_long(other, curve), rtol=0, atol=least, equal_nan=True)
                 for other in apart]  # fmt: skip
        if not any(alike):
            apart.append(curve)
    return len(apart)


def _as_long(one, other):
    """Cut two curves to the length of the shorter."""
    both = min(len(one), len(other))
    return one[:both], other[:both]
