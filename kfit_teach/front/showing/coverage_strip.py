"""Who was seen: one strip a lane, one row an epoch, one column an image, as high as often seen.

An image never seen is a mark that hangs below the row's line: where hundreds of columns share the
width, one missing among them must still catch the eye, whatever its colour.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.flowers.forms import numbers_in_order
from kfit_teach.front.showing.plots import names_under_bars, tidy, wide_figure, write_title
from kfit_teach.front.showing.style import (
    COLOUR_OF_TIMES_SEEN,
    LABEL_POINTS,
    SMALL_POINTS,
)

# A lane shows at most so many epochs, and all lanes together so many rows.
MOST_EPOCHS, MOST_ROWS = 6, 24
# A column is at least this share of the width, or it would be thinner than a point on a screen.
NARROWEST = 1 / 500
HEIGHT_OF_TIMES_SEEN = {0: -0.22, 1: 0.25, 2: 0.45, 3: 0.65}
WORDS_OF_TIMES_SEEN = {0: "never", 1: "once", 2: "twice", 3: "three times or more"}
INCHES_A_ROW, INCHES_A_LANE = 0.42, 0.45


@dataclass(frozen=True)
class Strip:
    """How often one lane's epochs saw each image.

    Args:
        name: the lane.
        times_seen: int array of shape (epochs shown, images at hand), sorted by image number.
        epochs: how many epochs the lane had.
        status: the lane's, such as "done".
    """

    name: str
    times_seen: np.ndarray
    epochs: int
    status: str

    @property
    def title(self):
        """The lane, and how many of its epochs are here where not all are."""
        shown = len(self.times_seen)
        if not shown:
            return f"{self.name}: {self.status}"
        part = f": the first {shown} of {self.epochs} epochs" if shown < self.epochs else ""
        return self.name + part


def coverage_figure(results, title):
    """Draw how often each epoch of one library's lanes saw each image.

    Args:
        results: list of Result of one library.
        title: what the results rest on.

    Returns:
        matplotlib Figure.
    """
    strips = strips_of(results)
    heights = [INCHES_A_LANE + INCHES_A_ROW * len(strip.times_seen) for strip in strips]
    figure = wide_figure(1.9 + sum(heights))
    write_title(figure, title)
    panels = figure.subplots(len(strips), 1, sharex=True, squeeze=False, height_ratios=heights)[
        :, 0
    ]
    for panel, strip in zip(panels, strips, strict=True):
        _draw_strip(panel, strip)
        tidy(panel)
        panel.set_title(strip.title, loc="left", fontsize=LABEL_POINTS)
    most = max(strip.times_seen.shape[1] for strip in strips)
    panels[-1].set_xlim(0, most)
    panels[-1].xaxis.set_major_locator(MaxNLocator(10, integer=True))
    panels[-1].set_xlabel(f"the {most} images at hand, sorted by number (and so by class)")
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4, fontsize=LABEL_POINTS,
                  title="in one epoch an image was seen", title_fontsize=LABEL_POINTS)  # fmt: skip
    return figure


def coverage_alt(results, title):
    """Tell what `coverage_figure` shows, in words.

    Args:
        results: list of Result of one library.
        title: what the results rest on.

    Returns:
        A few sentences.
    """
    told = [_in_words(strip) for strip in strips_of(results)]
    return f"Strips of how often each image was seen, one row an epoch. {title}. " + " ".join(told)


def _in_words(strip):
    """Tell of one lane; once, where all its epochs are alike."""
    counts = [counts_in_words(row) for row in strip.times_seen]
    if len(set(counts)) > 1:
        counts = [f"epoch {epoch} {told}" for epoch, told in enumerate(counts, start=1)]
    elif counts:
        counts = [f"each epoch {counts[0]}"]
    return f"{strip.title}{'; ' * bool(counts)}{'; '.join(counts)}."


def strips_of(results):
    """Count how often each epoch saw each image.

    Args:
        results: list of Result of one library.

    Returns:
        list of Strip, one a lane; a lane that did not end well has a strip without rows.
    """
    epochs = max(1, min(MOST_EPOCHS, MOST_ROWS // len(results)))
    return [
        Strip(
            name.replace("\n", " "),
            times_seen(result.seen[:epochs], images_at_hand(result.experiment)),
            result.experiment.epochs,
            result.status,
        )
        for name, result in zip(names_under_bars(results), results, strict=True)
    ]


def images_at_hand(experiment):
    """List the images that an epoch of this experiment should see, as `open_flowers` lays them out.

    Args:
        experiment: Experiment.

    Returns:
        int array of shape (N,): different image numbers, sorted.
    """
    return np.unique(numbers_in_order(experiment)[: experiment.number_of_images])


def times_seen(epochs, at_hand):
    """Count how often each epoch saw each image.

    Args:
        epochs: list of lists of image numbers.
        at_hand: int array of shape (N,), sorted.

    Returns:
        int array of shape (epochs, N).

    >>> times_seen([[5, 7, 7]], np.array([5, 6, 7]))
    array([[1, 0, 2]])
    """
    counts = [[np.bincount(seen, minlength=at_hand[-1] + 1)[at_hand]] for seen in epochs]
    return np.concatenate(counts) if counts else np.empty((0, len(at_hand)), int)


def counts_in_words(row):
    """Tell how many images one epoch saw how often.

    Args:
        row: int array of shape (N,), how often each image was seen.

    Returns:
        A phrase.

    >>> counts_in_words(np.array([1, 1, 1])), counts_in_words(np.array([1, 0, 2, 1]))
    ('3 of 3 seen once', '2 of 4 seen once, 1 twice, 1 never')
    """
    counts = np.bincount(np.minimum(row, 3), minlength=4)
    told = [f"{counts[1]} of {len(row)} seen once"]
    told += [
        f"{counts[times]} {WORDS_OF_TIMES_SEEN[times]}" for times in (2, 3, 0) if counts[times]
    ]
    return ", ".join(told)


def _draw_strip(panel, strip):
    """Draw one lane: a row of columns an epoch, its counts in words beside it."""
    for epoch, row in enumerate(strip.times_seen, start=1):
        _draw_row(panel, epoch, row)
        panel.annotate(counts_in_words(row), (1.01, epoch), va="center", annotation_clip=False,
                       xycoords=("axes fraction", "data"), fontsize=SMALL_POINTS)  # fmt: skip
    epochs = range(1, len(strip.times_seen) + 1)
    panel.set_yticks(epochs, [f"epoch {epoch}" for epoch in epochs])
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


def _legend():
    """Explain height and colour in words."""
    told = {0: " (below the line)", 1: " (low)", 2: " (higher)", 3: " (highest)"}
    return [
        Patch(facecolor=colour, label=WORDS_OF_TIMES_SEEN[times] + told[times])
        for times, colour in COLOUR_OF_TIMES_SEEN.items()
    ]
