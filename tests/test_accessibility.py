import itertools
import re
from pathlib import Path

import nbformat
import pytest

from kfit_teach.common.loaders import LOADERS
from kfit_teach.front.figures.style import BUDGET_COLOUR, COLOUR_OF_TIMES_SEEN, LOOK_OF

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
# WCAG 2.2, success criterion 1.4.11: what must be seen stands out at 3 to 1.
LEAST_CONTRAST = 3
WORDS_THAT_TELL_BY_COLOUR = (
    r"\b(the|a) (red|green|blue|orange|grey|gray|purple) (bar|line|curve)s?\b"
)


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour, other):
    high, low = sorted((luminance(colour), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*(look.colour for look in LOOK_OF.values()), BUDGET_COLOUR])
def test_what_is_drawn_stands_out_from_the_paper(colour):
    assert contrast(colour, "#FFFFFF") >= LEAST_CONTRAST


def test_nothing_is_told_by_colour_alone():
    for one, other in itertools.combinations(LOOK_OF.values(), 2):
        assert one.marker != other.marker and one.hatch != other.hatch
    styles = [str(loader.line_style) for loader in LOADERS.values()]
    assert len(set(styles)) == len(styles)


def test_times_seen_can_be_told_apart_in_grey():
    shades = [luminance(colour) for times, colour in COLOUR_OF_TIMES_SEEN.items() if times]
    assert shades == sorted(shades, reverse=True)
    assert all(a - b > 0.05 for a, b in itertools.pairwise(shades))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_text_of_a_lesson_needs_colours_to_be_seen(path):
    notebook = nbformat.read(path, as_version=4)
    text = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(WORDS_THAT_TELL_BY_COLOUR, text, re.I)
    assert not re.findall(r"!\[\]\(", text)  # a picture without words
