"""Who was seen: one strip a lane, one row an epoch, one column an image, as high as often seen.

An image never seen is a mark that hangs below the row's line: where hundreds of columns share the
width, one missing among them must still catch the eye, whatever its colour.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.forms import numbers_in_order
from kfit_teach.common.result import WORDS_FOR_STATUS
from kfit_teach.common.words import say, to_say
from kfit_teach.front.figures.canvas import legend_below, tidy, wide_figure, write_title
from kfit_teach.front.figures.style import COLOUR_OF_TIMES_SEEN, LABEL_POINTS, SMALL_POINTS
from kfit_teach.front.ranking import Lane, Ranking

# A lane shows at most so many epochs, and all lanes together so many rows.
MOST_EPOCHS, MOST_ROWS = 6, 24
# A column is at least this share of the width, or it would be thinner than a point on a screen.
NARROWEST = 1 / 500
HEIGHT_OF_TIMES_SEEN = {0: -0.22, 1: 0.25, 2: 0.45, 3: 0.65}
TIMES_SEEN_IN_THE_LEGEND = {
    0: to_say("never (below the line)"), 1: to_say("once (low)"),
    2: to_say("twice (higher)"), 3: to_say("three times or more (highest)"),
}  # fmt: skip
# How many images were seen other than once, in this order.
TIMES_SEEN_COUNTED = {2: to_say("{count} twice"), 3: to_say("{count} three times or more"),
                      0: to_say("{count} never")}  # fmt: skip
INCHES_A_ROW, INCHES_A_LANE = 0.42, 0.45


@dataclass(frozen=True)
class Strip:
    """How often the epochs shown of one lane saw each image; none, where it did not end well."""

    lane: Lane
    times_seen: np.ndarray  # of int, (epochs shown, images at hand), sorted by image number

    @property
    def title(self) -> str:
        """The lane, and how many of its epochs are here where not all are."""
        shown, epochs = len(self.times_seen), self.lane.experiment.epochs
        name = self.lane.label.replace("\n", " ")
        if not shown:
            status = say(WORDS_FOR_STATUS[self.lane.result.status])
            return say("{lane}: {status}", lane=name, status=status)
        if shown == epochs:
            return name
        return say("{lane}: the first {shown} of {epochs} epochs",
                   lane=name, shown=shown, epochs=epochs)  # fmt: skip


def draw(ranking: Ranking) -> Figure:
    """Draw how often each epoch of one library's lanes saw each image."""
    strips = strips_of(ranking)
    heights = [INCHES_A_LANE + INCHES_A_ROW * len(strip.times_seen) for strip in strips]
    figure = wide_figure(1.9 + sum(heights))
    write_title(figure, ranking.title)
    panels = figure.subplots(len(strips), 1, sharex=True, squeeze=False, height_ratios=heights)
    for panel, strip in zip(panels[:, 0], strips, strict=True):
        draw_strip(panel, strip.times_seen)
        tidy(panel)
        panel.set_title(strip.title, loc="left", fontsize=LABEL_POINTS)
    most = max(strip.times_seen.shape[1] for strip in strips)
    lowest = panels[-1, 0]
    lowest.set_xlim(0, most)
    lowest.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    lowest.set_xlabel(say("the {images} images at hand, sorted by number (and so by class)",
                          images=most))  # fmt: skip
    legend_below(figure, signs_of_times_seen(), 4, title=say("in one epoch an image was seen"))
    return figure


def signs_of_times_seen() -> list[Patch]:
    """Make the signs of the legend: how often an image was seen."""
    return [Patch(facecolor=colour, label=say(TIMES_SEEN_IN_THE_LEGEND[times]))
            for times, colour in COLOUR_OF_TIMES_SEEN.items()]  # fmt: skip


def tell(ranking: Ranking) -> str:
    """Say what the figure shows."""
    what = say("Strips of how often each image was seen, one row an epoch. {title}.",
               title=ranking.title)  # fmt: skip
    return " ".join([what, *map(_in_words, strips_of(ranking))])


def _in_words(strip):
    """Tell of one lane; once, where all its epochs are alike."""
    counts = [counts_in_words(row) for row in strip.times_seen]
    if len(set(counts)) == 1:
        counts = [say("each epoch {counts}", counts=counts[0])]
    else:
        counts = [say("epoch {epoch} {counts}", epoch=epoch, counts=told)
                  for epoch, told in enumerate(counts, start=1)]  # fmt: skip
    return "; ".join([strip.title, *counts]) + "."


def strips_of(ranking: Ranking) -> list[Strip]:
    """Count how often each epoch saw each image, lane by lane."""
    epochs = max(1, min(MOST_EPOCHS, MOST_ROWS // len(ranking.lanes)))
    return [Strip(lane, times_seen(lane.result.seen[:epochs], images_at_hand(lane.experiment)))
            for lane in ranking.lanes]  # fmt: skip


def images_at_hand(experiment: Experiment) -> np.ndarray:
    """List what an epoch should see: int array of shape (N,), different image numbers, sorted."""
    return np.unique(numbers_in_order(experiment)[: experiment.number_of_images])


def times_seen(epochs: list[list[int]], at_hand: np.ndarray) -> np.ndarray:
    """Count how often each epoch saw each image: int array of shape (epochs, N).

    >>> times_seen([[5, 7, 7]], np.array([5, 6, 7]))
    array([[1, 0, 2]])
    """
    counts = [[np.bincount(seen, minlength=at_hand[-1] + 1)[at_hand]] for seen in epochs]
    return np.concatenate(counts) if counts else np.empty((0, len(at_hand)), int)


def counts_in_words(row: np.ndarray) -> str:
    """Tell how many images one epoch saw how often, from how often it saw each.

    >>> counts_in_words(np.array([1, 1, 1])), counts_in_words(np.array([1, 0, 2, 1]))
    ('3 of 3 seen once', '2 of 4 seen once, 1 twice, 1 never')
    """
    counts = np.bincount(np.minimum(row, 3), minlength=4)
    told = [say("{count} of {all} seen once", count=counts[1], all=len(row))]
    told += [say(message, count=counts[times])
             for times, message in TIMES_SEEN_COUNTED.items() if counts[times]]  # fmt: skip
    return ", ".join(told)


def draw_strip(panel: Axes, rows: np.ndarray) -> None:
    """Draw a row of columns an epoch, its counts in words beside it.

    Args:
        panel: where it is drawn.
        rows: how often each epoch saw each image, from `times_seen`.
    """
    for epoch, row in enumerate(rows, start=1):
        _draw_row(panel, epoch, row)
        panel.annotate(counts_in_words(row), (1.01, epoch), va="center", annotation_clip=False,
                       xycoords=("axes fraction", "data"), fontsize=SMALL_POINTS)  # fmt: skip
    epochs = range(1, len(rows) + 1)
    panel.set_yticks(epochs, [say("epoch {epoch}", epoch=epoch) for epoch in epochs])
    panel.set_ylim(max(len(epochs), 1) + 0.5, 0.4)
    panel.tick_params(axis="y", length=0)


def _draw_row(panel, epoch, row):
    """Draw one epoch's columns; what is rare comes last, so that nothing covers it."""
    width = max(1, NARROWEST * len(row))
    line = epoch + 0.25
    for times in (1, 2, 3, 0):
        (columns,) = np.nonzero(np.minimum(row, 3) == times)
        height = HEIGHT_OF_TIMES_SEEN[times]
        starts = np.clip(columns + 0.5 - width / 2, 0, len(row) - width)
        panel.broken_barh([(start, width) for start in starts], (line, -height), linewidth=0,
                          facecolor=COLOUR_OF_TIMES_SEEN[times])  # fmt: skip
    panel.axhline(line, color="0.6", linewidth=0.8)
