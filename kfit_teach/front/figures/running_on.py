"""Needed memory against the number of images: what was measured, and the lines run on to a wall."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.words import say
from kfit_teach.front.figures.canvas import PAPER, label_ends, tidy, wide_figure
from kfit_teach.front.figures.style import (
    BUDGET_COLOUR,
    BUDGET_LINE_STYLE,
    LABEL_POINTS,
    LOOK_OF,
    SMALL_POINTS,
    TITLE_POINTS,
)
from kfit_teach.front.slopes import Series

INCHES_HIGH = 5.6
BEYOND = 1.25  # times the farthest wall: so far the right panel reaches
MIB_A_GIB = 1024


@dataclass(frozen=True)
class Line:
    """One way: its name, what was measured of it, and at how many images it meets the wall."""

    name: str
    function: str
    loader: str
    series: Series
    wall_images: float | None


def draw(lines: list[Line], message: str, free_mib: float | None, most_images: int) -> Figure:
    """Draw what was measured at the left, and the lines run on to the free memory at the right."""
    figure = wide_figure(INCHES_HIGH)
    left, right = figure.subplots(1, 2)
    for panel in (left, right):
        panel.set_xlabel(say("images"))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda images, _: f"{images:,.0f}"))
        panel.xaxis.set_major_locator(MaxNLocator(5))
    _draw_measured(left, lines, most_images)
    _draw_run_on(right, lines, free_mib)
    for panel in (left, right):
        tidy(panel)
    figure.suptitle(message, fontsize=TITLE_POINTS + 4, fontweight="bold")
    return figure


def _draw_measured(panel: Axes, lines: list[Line], most_images: int) -> None:
    ends = []
    for line in lines:
        look, points = LOOK_OF[line.function], line.series.points
        if points:
            panel.plot(*zip(*points, strict=True), look.marker, color=look.colour, markersize=10,
                       markeredgecolor="white", clip_on=False, zorder=3)  # fmt: skip
            ends.append((line.name, *max(points)))
        if line.series.line:
            heights = [line.series.line.at(images) for images in (0, most_images)]
            panel.plot([0, most_images], heights, color=look.colour, linewidth=2.5,
                       linestyle=LOADERS[line.loader].line_style)  # fmt: skip
    highest = max((mib for _, _, mib in ends), default=100)
    panel.set(xlim=(0, 1.05 * most_images), ylim=(0, 1.12 * highest), title=say("Measured"),
              ylabel=say("MiB more than before training"))  # fmt: skip
    label_ends(panel, ends)


def _draw_run_on(panel: Axes, lines: list[Line], free_mib: float | None) -> None:
    """Draw the same lines as far as the machine's free memory, in GiB."""
    panel.set(title=say("The same lines, run on: nobody tried this"), ylabel=say("GiB"))
    walls = [line.wall_images for line in lines if line.wall_images]
    if not walls:
        panel.set(xticks=[], yticks=[])
        panel.text(0.5, 0.5, say("a line needs three sizes of one way"), ha="center",
                   transform=panel.transAxes, fontsize=LABEL_POINTS)  # fmt: skip
        return
    farthest, free_gib = BEYOND * max(walls), free_mib / MIB_A_GIB
    panel.set(xlim=(0, farthest), ylim=(0, 1.3 * free_gib))
    panel.axhspan(free_gib, 1.3 * free_gib, facecolor="0.93", edgecolor="0.8", hatch="//", zorder=0)
    panel.axhline(free_gib, color=BUDGET_COLOUR, linewidth=4, linestyle=BUDGET_LINE_STYLE)
    panel.annotate(say("free memory: {gib:.1f} GiB", gib=free_gib),
                   (0.02, 0.97), xycoords="axes fraction", va="top", fontsize=LABEL_POINTS,
                   bbox=PAPER, zorder=5)  # fmt: skip
    for line in lines:
        if line.series.line:
            _draw_line_run_on(panel, line, farthest)


def _draw_line_run_on(panel: Axes, line: Line, farthest: float) -> None:
    """Draw one line up to the wall, or past the panel, with its name."""
    look, end = LOOK_OF[line.function], line.wall_images or farthest
    heights = [line.series.line.at(images) / MIB_A_GIB for images in (0, end)]
    panel.plot([0, end], heights, color=look.colour, linewidth=2.5,
               linestyle=LOADERS[line.loader].line_style)  # fmt: skip
    if not line.wall_images:
        panel.annotate(say("{name}: no wall in sight", name=line.name), (farthest, heights[1]),
                       (-6, 8), ha="right", textcoords="offset points", fontsize=SMALL_POINTS,
                       bbox=PAPER)  # fmt: skip
        return
    panel.plot(end, heights[1], "X", color=look.colour, markeredgecolor="black", markersize=16,
               zorder=6)  # fmt: skip
    # A name stands beside its mark, below the wall; far to the right there is no room, so above.
    is_far = end > 0.6 * farthest
    panel.annotate(say("{name}:\nabout {images:,.0f} images", name=line.name,
                       images=float(f"{end:.1e}")),
                   (end, heights[1]), (0, 14) if is_far else (12, -16),
                   ha="center" if is_far else "left", va="bottom" if is_far else "top",
                   textcoords="offset points", fontsize=SMALL_POINTS, bbox=PAPER,
                   zorder=5)  # fmt: skip
