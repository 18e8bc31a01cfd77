"""How far apart the lanes' final weights are: one number for each two lanes, written in its cell.

Beside them stands how far training moved each lane's weights: without that, a distance has no
yardstick.
"""

from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle

from kfit_teach.front.showing.plots import tidy, wide_figure, write_title
from kfit_teach.front.showing.style import LABEL_POINTS, TITLE_POINTS

# Light enough everywhere for black letters. float32 cannot tell less than 1e-9 of usual weights.
SHADES = LinearSegmentedColormap.from_list("distance", ["#F1EDF6", "#B79CD0"])
SHADE_OF = LogNorm(1e-9, 1, clip=True)
INCHES_A_ROW = 0.75
GAP = 0.35  # between the lanes and the yardstick, in cells
NAMES_IN_ONE_LINE = 6  # above the columns; of more, each is cut at its underscores
NOT_KEPT = "not kept"
SAME = "0 = the same weights, bit for bit"


def weights_figure(distances, moved, names, title):
    """Write how far apart the final weights of each two lanes of one library are.

    Args:
        distances: max |difference| of each two lanes, a list of lists of shape (lanes, lanes);
            None where it is not known; empty where none is.
        moved: max |difference| of each lane's final weights from those it began with, or None.
        names: what each lane is called.
        title: what the results rest on.

    Returns:
        matplotlib Figure.
    """
    figure = wide_figure(3.0 + INCHES_A_ROW * len(names))
    write_title(figure, title)
    panel = figure.subplots()
    yardstick = len(names) + GAP
    for row, (here, way) in enumerate(zip(_full(distances, names), moved, strict=True)):
        for column, distance in enumerate(here):
            if column == row:
                _write(panel, column, row, "itself", color="0.35")
            else:
                _draw_cell(panel, column, row, distance)
        _draw_cell(panel, yardstick, row, way)
    _name_cells(panel, names, yardstick)
    panel.set_xlabel(
        f"max |Δw|: the largest difference between any two weights in the same place. {SAME}",
        fontsize=LABEL_POINTS, labelpad=14,
    )  # fmt: skip
    return figure


def weights_alt(distances, moved, names, title):
    """Tell what `weights_figure` shows, in words.

    Args:
        distances, moved, names, title: as for `weights_figure`.

    Returns:
        A few sentences.
    """
    names, rows = [name.replace("\n", " ") for name in names], _full(distances, names)
    told = [
        f"{one} and {other}: {distance_in_words(rows[row][column])}."
        for row, one in enumerate(names)
        for column, other in enumerate(names)
        if row < column
    ]
    told += [f"Training moved {name} by {distance_in_words(way)}."
             for name, way in zip(names, moved, strict=True)]  # fmt: skip
    return (
        f"The largest difference between the final weights of each two lanes ({SAME}). {title}. "
        + " ".join(told)
    )


def distance_in_words(distance):
    """Write a distance short enough for its cell.

    Args:
        distance: float, or None where it is not known.

    Returns:
        str.

    >>> [distance_in_words(distance) for distance in (0.0, 1.0649, 0.00123, 3.2e-08, None)]
    ['0', '1.06', '0.00123', '3e-08', 'not kept']
    """
    if distance is None:
        return NOT_KEPT
    return f"{distance:.3g}" if distance >= 0.001 or not distance else f"{distance:.0e}"


def _full(distances, names):
    """Give the rows, with nothing known in them where nothing was kept."""
    return distances or [[None] * len(names)] * len(names)


def _draw_cell(panel, left, top, distance):
    """Draw one cell: its number, its shade, and a thick edge where the weights are the same."""
    same = distance == 0
    shade = SHADES(SHADE_OF(distance)) if distance else "white"
    panel.add_patch(Rectangle((left + 0.02, top + 0.04), 0.96, 0.92, facecolor=shade,
                              edgecolor="black" if same else "0.7",
                              linewidth=2 if same else 0.8))  # fmt: skip
    points = TITLE_POINTS if distance is not None else LABEL_POINTS
    weight = "bold" if same else "normal"
    _write(panel, left, top, distance_in_words(distance), fontsize=points, fontweight=weight)


def _write(panel, left, top, words, **looks):
    """Write into the middle of a cell."""
    looks = {"fontsize": LABEL_POINTS, "ha": "center", "va": "center"} | looks
    panel.text(left + 0.5, top + 0.5, words, **looks)


def _name_cells(panel, names, yardstick):
    """Write the lanes' names above the columns and beside the rows."""
    middles = [place + 0.5 for place in range(len(names))]
    panel.set_xlim(-0.02, yardstick + 1.02)
    panel.set_ylim(len(names), 0)
    panel.set_yticks(middles, names)
    above = names if len(names) <= NAMES_IN_ONE_LINE else [n.replace("_", "_\n") for n in names]
    panel.set_xticks([*middles, yardstick + 0.5], [*above, "from its\nown start"])
    panel.xaxis.tick_top()
    tidy(panel)
    panel.tick_params(length=0, labelsize=LABEL_POINTS)
    panel.spines[:].set_visible(False)
