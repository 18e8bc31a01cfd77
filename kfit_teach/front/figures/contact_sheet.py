"""One image of each class, with its name."""

import numpy as np
from matplotlib.figure import Figure

from kfit_teach.common.flowers import NAME_OF_KIND, Flowers
from kfit_teach.common.words import say
from kfit_teach.front.figures.style import DOTS_PER_INCH, LABEL_POINTS, TITLE_POINTS


def draw(flowers: Flowers) -> Figure:
    """Draw the first image of each class."""
    figure = Figure((10, 4.4), dpi=DOTS_PER_INCH, layout="constrained")
    panels = figure.subplots(3, 6).ravel()
    for panel in panels:
        panel.axis("off")
    for label, name in enumerate(flowers.class_names):
        first = int(np.argmax(flowers.labels == label))
        panels[label].imshow(flowers.read(np.array([first]))[0])
        panels[label].set_title(name, fontsize=LABEL_POINTS)
    figure.suptitle(say(NAME_OF_KIND[flowers.settings.images]), fontsize=TITLE_POINTS)
    return figure
