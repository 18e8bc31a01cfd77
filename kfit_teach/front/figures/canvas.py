"""What figures share: their paper, titles, legends and letters; and the way to a page or a file."""

import base64
import html
import io
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase, SubFigure
from PIL import Image

from kfit_teach.front.figures.style import (
    DOTS_PER_INCH,
    INCHES_WIDE,
    LABEL_POINTS,
    SMALL_POINTS,
    TITLE_POINTS,
)

INCHES_ON_A_PROJECTOR = 10
LETTERS_A_LINE = 128  # of a title
INCHES_OF_A_LETTER, INCHES_OF_A_SIGN = 0.105, 1.1  # of a legend; the air beside a sign is with it
# Height of a line of small letters as a share of a panel, with some air.
SHARE_OF_A_LETTER = 0.08
# Paper behind letters that stand on hatches or lines.
PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}


def wide_figure(inches_high: float) -> Figure:
    """Make an empty figure of the house's width, with air between its panels and at its edges."""
    figure = Figure((INCHES_WIDE, inches_high), dpi=DOTS_PER_INCH, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)
    return figure


def figure_in_rows(inches_high: list[float]) -> tuple[Figure, list[SubFigure]]:
    """Make an empty figure with one part a row."""
    figure = wide_figure(sum(inches_high))
    rows = figure.subfigures(len(inches_high), 1, squeeze=False, height_ratios=inches_high)
    return figure, rows[:, 0].tolist()


def as_it_stands(text: str) -> str:
    """Have matplotlib write a text as it stands, whoever wrote it: between $ it reads formulas.

    >>> print(as_it_stands("1$ or 2$"))
    1\\$ or 2\\$
    """
    return text.replace("$", r"\$")


def write_title(figure: FigureBase, title: str) -> None:
    """Write a title over a figure, or over a part as wide; a long one in lines of like length."""
    lines = -(-len(title) // LETTERS_A_LINE)
    letters = LETTERS_A_LINE if lines == 1 else len(title) // lines + 12  # 12: the longest word
    title = title.replace(" px", "\N{NO-BREAK SPACE}px")  # no line begins with a unit
    figure.suptitle(as_it_stands(textwrap.fill(title, letters)), fontsize=TITLE_POINTS)


def write_message(figure: FigureBase, panel: Axes, message: str, rests_on: str) -> None:
    """Write the message over a figure of one panel, and smaller under it what it rests on."""
    figure.suptitle(message, fontsize=TITLE_POINTS + 4, fontweight="bold")
    rests_on = textwrap.fill(rests_on.replace(" px", "\N{NO-BREAK SPACE}px"), LETTERS_A_LINE)
    panel.set_title(as_it_stands(rests_on), fontsize=LABEL_POINTS, pad=12)


def legend_below(figure: FigureBase, signs: list, columns: int, **looks) -> None:
    """Explain labelled signs below a figure, or below a part of one, in so many columns or fewer.

    There are as many as are not wider than the figure.
    """
    widths = [INCHES_OF_A_SIGN + INCHES_OF_A_LETTER * len(sign.get_label()) for sign in signs]
    inches = figure.get_figure(root=True).get_size_inches()[0]
    while columns > 1 and _width_of_columns(widths, columns) > inches:
        columns -= 1
    figure.legend(handles=signs, loc="outside lower center", ncols=columns, fontsize=LABEL_POINTS,
                  title_fontsize=LABEL_POINTS, **looks)  # fmt: skip


def _width_of_columns(widths, columns):
    """Add up the widest sign of each column, one filled after the other as legends are."""
    return sum(max(column) for column in np.array_split(widths, columns) if len(column))


def signs_of(panels: list[Axes]) -> list:
    """Collect what is labelled in some panels, for a legend."""
    return [sign for panel in panels for sign in panel.get_legend_handles_labels()[0]]


def label_once(panel: Axes) -> None:
    """Keep one entry a kind for the legend."""
    seen = set()
    for sign in signs_of([panel]):
        label = sign.get_label()
        if label in seen:
            sign.set_label("_" + label)
        seen.add(label)


def tidy(panel: Axes) -> None:
    """Give a panel the house's letters and lines."""
    for text in (panel.title, panel.xaxis.label, panel.yaxis.label):
        text.set_fontsize(LABEL_POINTS)
    panel.tick_params(labelsize=SMALL_POINTS)
    panel.spines[["top", "right"]].set_visible(False)


def label_ends(panel: Axes, ends: list[tuple[str, float, float]]) -> None:
    """Write (name, x, y) beside a panel with its limits: joined to (x, y), none over another."""
    arrow = {"arrowstyle": "-", "color": "0.5", "linewidth": 0.8, "relpos": (0, 0.5), "shrinkB": 0}
    ends = sorted(ends, key=lambda end: end[2])
    low, high = panel.get_ylim()
    heights = spread([(y - low) / (high - low) for _, _, y in ends], SHARE_OF_A_LETTER)
    for (name, x, y), height in zip(ends, heights, strict=True):
        panel.annotate(name, (x, y), (1.03, height), textcoords="axes fraction", va="center",
                       fontsize=SMALL_POINTS, annotation_clip=False, arrowprops=arrow)  # fmt: skip


def spread(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights from 0 to 1 a gap apart, each as little as its neighbours allow.

    >>> [round(height, 2) for height in spread([0.2, 0.5, 0.5], 0.1)]
    [0.2, 0.45, 0.55]
    >>> [round(height, 2) for height in spread([0.98, 0.99], 0.1)]
    [0.9, 1.0]
    """
    groups = []  # (middle, how many) of heights that stand gap by gap
    for height in heights:
        groups.append((height, 1))
        while len(groups) > 1 and _touch(*groups[-2:], gap):
            (low, below), (high, above) = groups.pop(-2), groups.pop()
            middle = (low * below + high * above) / (below + above)
            reach = (below + above - 1) * gap / 2
            groups.append((max(reach, min(1 - reach, middle)), below + above))
    return [middle + (place - (number - 1) / 2) * gap
            for middle, number in groups for place in range(number)]  # fmt: skip


def _touch(lower, upper, gap):
    """Tell whether two groups of heights leave less than a gap between them."""
    return upper[0] - lower[0] < gap * (lower[1] + upper[1]) / 2 - 1e-9


def enlarged(figure: Figure) -> Figure:
    """Make a figure fit for a projector: fewer inches and more dots, so that letters are larger."""
    wide, high = figure.get_size_inches()
    figure.set_size_inches(INCHES_ON_A_PROJECTOR, high * INCHES_ON_A_PROJECTOR / wide)
    figure.set_dpi(DOTS_PER_INCH * wide / INCHES_ON_A_PROJECTOR)
    return figure


def as_image(figure: Figure, alt: str):
    """Make a figure into HTML for a notebook, since JupyterLab gives plain PNGs no alt text."""
    from IPython.display import HTML  # here: at the shell nothing needs it

    picture = base64.b64encode(figure_as(figure, "png")).decode()
    return HTML(f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}">')


def figure_as(figure: Figure, form: str) -> bytes:
    """Make a figure into a file's content; form is "png", "svg" or "pdf"."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi="figure")
    return _with_fewer_colours(buffer) if form == "png" else buffer.getvalue()


def _with_fewer_colours(png):
    """Reduce a PNG to 256 colours: nobody sees it, and a notebook stays small."""
    smaller = io.BytesIO()
    Image.open(png).convert("RGB").quantize(256).save(smaller, format="png", optimize=True)
    return smaller.getvalue()
