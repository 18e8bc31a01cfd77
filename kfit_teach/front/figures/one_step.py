"""One step: under a flower its probabilities before and after; beside it the loss along the lines.

The x axis is the length of the update, and it is logarithmic: twice as long is the same way to the
right everywhere. SGD and Adam go along lines of their own, since their steps have other directions.
"""

import itertools
import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from kfit_teach.common.demonstrations.one_step import (
    LONGEST,
    OPTIMIZERS,
    SHORTEST,
    STEEPER,
    TWICE,
)
from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.manifest import CLASS_NAMES, labels_of
from kfit_teach.common.flowers.store import read_rows
from kfit_teach.common.problems import BadInput
from kfit_teach.common.progress import no_progress_bar
from kfit_teach.common.words import say, write_number
from kfit_teach.front.figures.canvas import legend_below, tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, SMALL_POINTS, TITLE_POINTS

# Optimizers are no training functions, so they have colours of their own.
NAME_OF = dict(zip(OPTIMIZERS, ("SGD", "Adam"), strict=True))
COLOUR_OF = {"sgd": "#1A1A1A", "adam": "#7A3E9D"}
BEFORE_COLOUR = "0.78"
# (times the rate, times the loss): marker, size, filled, which lies over which.
SIGN_OF = {
    (1, 1): ("D", 9, False, 6),
    (TWICE, 1): ("D", 9, True, 5),
    (1, STEEPER): ("*", 26, False, 4),
}
LETTERS_OF_MESSAGE = 56  # a line
EDGE = 0.2  # share of a panel's height over the marks of landings that are higher still
LEAST_SHARE = 0.1  # of the fall that a line has to give; below it a step is too short


@dataclass
class Line:
    """The loss along the line of a step.

    Args:
        points: (length, loss), from the start on; the loss is None where it is no number.
        before: the loss at its start.
        is_whole: whether all of its points are known.

    >>> line = Line([(0.01, 2.8), (0.1, 2.4), (1.0, 2.0), (10.0, 9.0)], 2.81, True)
    >>> [line.place_of(*landing) for landing in ((0.01, 2.8), (0.5, 2.2), (5, 4.0))]
    ['short', 'between', 'far']
    """

    points: list[tuple[float, float | None]]
    before: float | None
    is_whole: bool

    @cached_property
    def lowest(self) -> tuple[float, float] | None:
        """The point with the lowest loss; None where none is lower than the start."""
        if self.before is None:
            return None
        known = [(size, loss) for size, loss in self.points if loss is not None]
        falls = [(size, loss) for size, loss in known if loss < self.before]
        return min(falls, key=lambda point: point[1]) if falls else None

    @property
    def enough(self) -> float:
        """The loss that a step must reach that is not too short."""
        return self.before - LEAST_SHARE * (self.before - self.lowest[1])

    def place_of(self, size: float, loss: float | None) -> str | None:
        """Tell "short", "between" or "far" of a landing; None while the line is not known."""
        if not self.is_whole or self.lowest is None:
            return None
        if loss is None or loss >= self.before:
            return "far"
        return "short" if size < self.lowest[0] and loss > self.enough else "between"

    @property
    def short_until(self) -> float | None:
        """Up to which length a step is too short; None where that is not known."""
        if not self.is_whole or self.lowest is None:
            return None
        return self._crossing(self.enough, lambda size: size <= self.lowest[0])

    @property
    def far_from(self) -> float | None:
        """From which length on a step is too far; None where that is not known."""
        if not self.is_whole or self.lowest is None:
            return None
        return self._crossing(self.before, lambda size: size >= self.lowest[0])

    def _crossing(self, level: float, is_asked: Callable[[float], bool]) -> float | None:
        """Find where the loss first crosses a level, between two points."""
        asked = [(size, math.inf if loss is None else loss)
                 for size, loss in self.points if is_asked(size)]  # fmt: skip
        for (near, first), (far, second) in itertools.pairwise(asked):
            if (first > level) != (second > level):
                share = (level - first) / (second - first) if math.isfinite(second - first) else 1
                return near + share * (far - near)
        return None


def draw(shown, message: str) -> Figure:
    """Draw what is known so far.

    Args:
        shown: kfit_teach.front.demonstrations.one_step.OneStep.
        message: what stands above all.
    """
    figure = wide_figure(8.4)
    # In two lines where it is long, so that it is whole on a projector, too.
    figure.suptitle(
        textwrap.fill(message, LETTERS_OF_MESSAGE), fontsize=TITLE_POINTS + 4, fontweight="bold"
    )
    left, right = figure.subfigures(1, 2, width_ratios=[6, 8])
    flower, bars = left.subfigures(2, 1, height_ratios=[1.7, 5])
    _draw_flower(flower, shown)
    _draw_probabilities(bars, shown)
    _draw_lines(right, shown)
    legend_below(figure, _signs(shown.settings), columns=3, frameon=False)
    return figure


def _draw_flower(part: SubFigure, shown) -> None:
    panel = part.subplots()
    panel.axis("off")
    if shown.before is None:
        return
    number = shown.before.images[shown.settings.chosen - 1]
    panel.set_title(say("{name}: image {chosen} of a batch of {images}", name=_class_of(shown),
                        chosen=shown.settings.chosen, images=len(shown.before.images)),
                    fontsize=LABEL_POINTS)  # fmt: skip
    pixels = _pixels(shown.settings, number)
    if pixels is None:
        panel.text(0.5, 0.5, say("the image is not on this machine"), ha="center", va="center",
                   fontsize=SMALL_POINTS, transform=panel.transAxes)  # fmt: skip
    else:
        panel.imshow(pixels)


def _class_of(shown) -> str:
    number = shown.before.images[shown.settings.chosen - 1]
    return CLASS_NAMES[labels_of([number])[0]]


def _pixels(settings, number: int):
    """Read one image, uint8 of shape (size, size, 3); None where it is not at hand."""
    try:
        flowers = load_flowers(settings.images, settings.image_size, bar=no_progress_bar)
    except BadInput:
        return None
    return read_rows(flowers.stored, [number - 1])[0]


def _draw_probabilities(part: SubFigure, shown) -> None:
    """Draw the 17 probabilities: before as light bars, after each optimizer's step as dark ones."""
    panels = part.subplots(1, 2, sharex=True, sharey=True)
    part.suptitle(say("its probabilities: light before, dark after the step"),
                  fontsize=LABEL_POINTS)  # fmt: skip
    places = range(len(CLASS_NAMES))
    for panel, optimizer in zip(panels, NAME_OF, strict=True):
        landing = shown.landing(optimizer)
        if shown.before:
            panel.barh(places, shown.before.probabilities, 0.9, color=BEFORE_COLOUR)
        if landing:
            panel.barh(places, landing.probabilities, 0.45, color=COLOUR_OF[optimizer])
        panel.set_title(say("{optimizer}, rate {rate}", optimizer=NAME_OF[optimizer],
                            rate=write_number(shown.settings.learning_rate, "g")))  # fmt: skip
        tidy(panel)
    panels[0].set(yticks=places, ylim=(len(CLASS_NAMES) - 0.4, -0.6))
    own = _class_of(shown) if shown.before else ""
    labels = panels[0].set_yticklabels(
        [
            f"\N{BLACK RIGHT-POINTING TRIANGLE} {name}" if name == own else name
            for name in CLASS_NAMES
        ]
    )
    for name, label in zip(CLASS_NAMES, labels, strict=True):
        label.set_fontweight("bold" if name == own else "normal")
    for panel in panels:
        panel.tick_params(axis="y", length=0, labelsize=SMALL_POINTS - 1)


def _draw_lines(part: SubFigure, shown) -> None:
    """Draw the loss along each optimizer's line, and where its steps land."""
    panels = part.subplots(2, 1, sharex=True, sharey=True)
    low, high = _reach(shown)
    for panel, optimizer in zip(panels, NAME_OF, strict=True):
        panel.set(
            xscale="log", xlim=_lengths(shown), ylim=(low, high), ylabel=say("loss of the batch")
        )
        panel.set_title(say("{optimizer}: the loss along the line of its step",
                            optimizer=NAME_OF[optimizer]))  # fmt: skip
        line = shown.line(optimizer)
        _draw_regions(panel, line)
        if shown.before and shown.before.loss is not None:
            panel.axhline(shown.before.loss, color="0.5", linestyle=":", linewidth=1.5)
            panel.annotate(say("before the step"), (0, shown.before.loss), (6, 3),
                           xycoords=("axes fraction", "data"), textcoords="offset points",
                           fontsize=SMALL_POINTS, color="0.3")  # fmt: skip
        panel.plot(*_drawable(line), color=COLOUR_OF[optimizer], linewidth=2.5)
        for landing in shown.landings:
            if landing.optimizer == optimizer:
                _draw_landing(panel, landing, high)
        tidy(panel)
    panels[1].xaxis.set_major_formatter(lambda size, _: write_number(size, "g"))
    panels[1].set_xlabel(say("length of the update (a long mark: ten times as long)"))


def _drawable(line: Line):
    points = [(size, loss) for size, loss in line.points if loss is not None]
    return [size for size, _ in points], [loss for _, loss in points]


def _reach(shown) -> tuple[float, float]:
    """Choose the losses that are drawn: about as much above the start as below it."""
    if shown.before is None or shown.before.loss is None:
        return 0.0, 1.0
    start = shown.before.loss
    known = [line.lowest[1] for line in map(shown.line, NAME_OF) if line.lowest]
    known += [one.loss for one in shown.landings if one.loss is not None and one.loss < start]
    fall = start - min(known, default=0.7 * start)
    low = start - 1.15 * fall
    near = [one.loss for one in shown.landings if one.loss and one.loss < start + 2.5 * fall]
    return low, max([start + 1.3 * fall, *((loss - EDGE * low) / (1 - EDGE) for loss in near)])


def _lengths(shown) -> tuple[float, float]:
    """Choose the lengths that are drawn: usually the same, so that runs can be compared."""
    known = [one.size for one in shown.landings if one.size]
    known += [size for optimizer in NAME_OF for size, _ in shown.line(optimizer).points]
    return min(SHORTEST, *known, SHORTEST) / 1.2, max(LONGEST, *known, LONGEST) * 1.2


def _draw_regions(panel: Axes, line: Line) -> None:
    """Shade where a step is too short, and where it is too far; the line dots its edges."""
    ends = line.points[0][0] if line.points else None, line.points[-1][0] if line.points else None
    regions = [(say("too short"), ends[0], line.short_until, "left"),
               (say("too far"), line.far_from, ends[1], "right")]  # fmt: skip
    for words, first, last, side in regions:
        if first and last and first < last:
            panel.axvspan(first, last, facecolor="0.93", edgecolor="none", zorder=0)
            edge, inwards = (first, 6) if side == "left" else (last, -6)
            panel.annotate(words, (edge, 0), (inwards, 6), ha=side, va="bottom", style="italic",
                           xycoords=("data", "axes fraction"), textcoords="offset points",
                           fontsize=LABEL_POINTS)  # fmt: skip


def _draw_landing(panel: Axes, landing, high: float) -> None:
    """Mark where a step landed; near the upper edge, with an arrow, where that is higher."""
    marker, points, filled, above = SIGN_OF[landing.rate_times, landing.loss_times]
    colour = COLOUR_OF[landing.optimizer]
    edge = high - EDGE * (high - panel.get_ylim()[0])  # below the title
    is_off = landing.loss is None or landing.loss > edge
    height = edge if is_off else landing.loss
    panel.plot(landing.size, height, marker, markersize=points, color=colour, clip_on=False,
               markerfacecolor=colour if filled else "white", markeredgewidth=2,
               zorder=above)  # fmt: skip
    if is_off:  # its loss stands in the table
        panel.annotate("\N{UPWARDS ARROW}", (landing.size, height), (0, points / 2), ha="center",
                       va="bottom", textcoords="offset points", fontsize=LABEL_POINTS)  # fmt: skip


def _signs(settings) -> list[Line2D]:
    """Explain the marks of the landings."""
    rate = settings.learning_rate
    words = {
        (1, 1): say("rate {rate}", rate=write_number(rate, "g")),
        (TWICE, 1): say("rate {rate}", rate=write_number(TWICE * rate, "g")),
        (1, STEEPER): say("rate {rate}, loss times {times}", rate=write_number(rate, "g"),
                          times=STEEPER),
    }  # fmt: skip
    signs = []
    for kind, label in words.items():
        marker, _, filled, _ = SIGN_OF[kind]
        size = 18 if marker == "*" else 9
        signs.append(Line2D([], [], marker=marker, markersize=size, color="0.3", linestyle="",
                            markerfacecolor="0.3" if filled else "white", markeredgewidth=2,
                            label=label))  # fmt: skip
    return signs


def tell_probabilities(shown) -> str:
    """Say what the bars show of the chosen image's own class."""
    own = CLASS_NAMES.index(_class_of(shown))
    percent = {"before": 100 * shown.before.probabilities[own], "name": _class_of(shown)}
    told = [say("The network gives the {name} of the picture {before:.0f} %", **percent)]
    for optimizer in NAME_OF:
        landing = shown.landing(optimizer)
        if landing:
            told.append(say("after {optimizer} {after:.0f} %", optimizer=NAME_OF[optimizer],
                            after=100 * landing.probabilities[own]))  # fmt: skip
    return ", ".join(told) + "."
