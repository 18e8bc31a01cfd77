"""The images that each run began with, as strips: sorted and shuffled show at a glance.

A strip is what the run's first lane that trained was really given, read from its result. These are
photographs, or the drawn stand-in, and no plot: no theme may turn their colours round.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.manifest import CLASS_NAMES, labels_of
from kfit_teach.common.flowers.store import read_rows
from kfit_teach.common.progress import no_progress_bar
from kfit_teach.common.words import listed, say, say_counted
from kfit_teach.front.differing import what_differs
from kfit_teach.front.figures.canvas import figure_in_rows
from kfit_teach.front.figures.style import LABEL_POINTS, TITLE_POINTS

IMAGES_SHOWN = 12
INCHES_OF_A_STRIP = 2.1
GAP = 0.06  # between images, as a share of one


@dataclass(frozen=True)
class Strip:
    """The beginning of one run."""

    title: str  # what the run does otherwise than the others; "" where there are none
    numbers: np.ndarray  # of the first batch's images, from 1 to 1360, as trained on
    settings: object  # ComparisonSettings, which say what images these are

    @property
    def names(self) -> list[str]:
        """The class of each image of the batch."""
        return [CLASS_NAMES[label] for label in labels_of(self.numbers)]

    @property
    def heading(self) -> str:
        """Say what the run does, and how many kinds its first batch holds."""
        if not len(self.numbers):
            return say("{run}: no lane trained", run=self.title or say("one run"))
        kinds = say_counted("{number} kind of flower", "{number} kinds of flowers",
                            len(set(self.names)))  # fmt: skip
        told = say("{kinds} in the first batch of {images}", kinds=kinds, images=len(self.numbers))
        return say("{run}: {kinds}", run=self.title, kinds=told) if self.title else told


def draw(comparisons: list, path: str | Path | None = None) -> Figure:
    """Draw the first images of each Comparison, a strip each.

    Args:
        comparisons: kfit_teach.front.comparison.Comparison, one or more.
        path: where the real images are (.tgz or folder); else the usual places.

    Raises:
        BadInput: the real images are meant, and are not at hand.
    """
    strips = _strips(comparisons)
    pixels = [_pixels(strip, path) for strip in strips]  # first, since this may be refused
    figure, rows = figure_in_rows([INCHES_OF_A_STRIP] * len(strips))
    for row, strip, images in zip(rows, strips, pixels, strict=True):
        row.suptitle(strip.heading, fontsize=TITLE_POINTS, fontweight="bold")
        _draw_strip(row.subplots(), images, strip.names[:IMAGES_SHOWN])
    return figure


def tell(comparisons: list) -> str:
    """Say what the figure shows."""
    told = [say("{heading}. {images}.", heading=strip.heading, images=_in_words(strip))
            for strip in _strips(comparisons) if len(strip.numbers)]  # fmt: skip
    what = say("The first {number} images that each run trained on, in order.", number=IMAGES_SHOWN)
    return " ".join([what, *told])


def _strips(comparisons):
    titles = what_differs([comparison.settings for comparison in comparisons])
    if len(comparisons) == 1:
        titles = [""]
    return [Strip(title, _first_batch(comparison), comparison.settings)
            for title, comparison in zip(titles, comparisons, strict=True)]  # fmt: skip


def _first_batch(comparison):
    """Give the numbers of the images in the first batch of the first lane that trained."""
    for result in comparison.results:
        if result.seen and result.seen[0]:
            return np.array(result.seen[0][: result.experiment.batch_size])
    return np.array([], int)


def _pixels(strip, path):
    """Read the images that are shown, uint8 of shape (images, size, size, 3)."""
    shown = strip.numbers[:IMAGES_SHOWN]
    if not len(shown):
        return np.zeros((0, 1, 1, 3), np.uint8)
    settings = strip.settings
    flowers = load_flowers(settings.images, settings.image_size, path=path, bar=no_progress_bar)
    return read_rows(flowers.stored, shown - 1)


def _draw_strip(panel, images, names):
    """Draw the images from left to right, each run of one class with a bracket and its name."""
    for place, image in enumerate(images):
        panel.imshow(image, extent=(place + GAP / 2, place + 1 - GAP / 2, 0, 1 - GAP))
    for name, first, last in _runs_of_one(names):
        panel.plot([first + 0.08, last + 0.92], [-0.08, -0.08], color="0.35", linewidth=2)
        panel.text((first + last + 1) / 2, -0.13, name, ha="center", va="top",
                   fontsize=LABEL_POINTS)  # fmt: skip
    panel.set(xlim=(0, IMAGES_SHOWN), ylim=(-0.42, 1), aspect="equal")
    panel.axis("off")


def _runs_of_one(names):
    """Find the runs of one name: (name, first place, last place)."""
    return [(name, places[0], places[-1])
            for name, run in groupby(range(len(names)), key=names.__getitem__)
            for places in [list(run)]]  # fmt: skip


def _in_words(strip):
    names = strip.names[:IMAGES_SHOWN]
    return listed([say_counted("{number} {kind}", "{number} times {kind}", last - first + 1,
                               kind=name)
                   for name, first, last in _runs_of_one(names)])  # fmt: skip
