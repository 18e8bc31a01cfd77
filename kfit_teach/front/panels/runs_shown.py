"""The last runs of a panel, side by side."""

from functools import partial

from kfit_teach.front.comparison import Comparison
from kfit_teach.front.figures import first_batches, runs
from kfit_teach.front.telling.report import Picture


def pictures_of_runs(
    comparisons: list[Comparison], with_first_batches: bool, with_networks: bool
) -> list[Picture]:
    """Lay runs beside each other, and the images of their first batches where that is asked for."""
    pictures = []
    if with_first_batches and comparisons:
        words = first_batches.tell(comparisons)
        pictures.append(Picture(partial(first_batches.draw, comparisons), words, photograph=True))
    if len(comparisons) > 1:
        asked = (comparisons, with_networks)
        pictures.append(Picture(partial(runs.draw, *asked), runs.tell(*asked)))
    return pictures
