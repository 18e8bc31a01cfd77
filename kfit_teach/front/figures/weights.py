"""How far apart the lanes' final weights are: one number for each two lanes, written in its cell.

It is the largest |difference| of any two weights in the same place. Beside them stands how far
training moved each lane's weights: without that, a distance has no yardstick. Moving statistics,
which are averages of what a network saw and no weights that training sets, have a column of their
own where a network has them.
"""

from itertools import combinations

from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kfit_teach.common.words import say, write_number
from kfit_teach.front.figures.canvas import tidy, wide_figure, write_title
from kfit_teach.front.figures.style import LABEL_POINTS, TITLE_POINTS
from kfit_teach.front.ranking import Ranking

# Light enough everywhere for black letters. float32 cannot tell less than 1e-9 of usual weights.
SHADES = LinearSegmentedColormap.from_list("distance", ["#F1EDF6", "#B79CD0"])
SHADE_OF = LogNorm(1e-9, 1, clip=True)
INCHES_A_ROW = 0.75
GAP = 0.35  # between the lanes and the yardstick, in cells
NAMES_IN_ONE_LINE = 6  # above the columns; of more, each is cut at its underscores


def draw(ranking: Ranking) -> Figure:
    """Write how far apart the final weights of each two lanes of one library are."""
    lanes = ranking.lanes
    figure = wide_figure(3.0 + INCHES_A_ROW * len(lanes))
    write_title(figure, ranking.title)
    panel = figure.subplots()
    beside = _beside(ranking)
    for row, (lane, here) in enumerate(zip(lanes, _distances(ranking), strict=True)):
        for column, distance in enumerate(here):
            if column == row:
                _write(panel, column, row, say("itself"), color="0.35")
            else:
                _draw_cell(panel, column, row, distance)
        for place, (_, moved, is_shaded) in enumerate(beside):
            _draw_cell(panel, len(lanes) + GAP + place, row, moved(lane.result), is_shaded)
    _name_cells(panel, [lane.label for lane in lanes], [name for name, *_ in beside])
    what = say("max |Δw|: the largest difference between any two trained weights in the same "
               "place. 0 = the same weights, bit for bit")  # fmt: skip
    panel.set_xlabel(what, fontsize=LABEL_POINTS, labelpad=14)
    return figure


def tell(ranking: Ranking) -> str:
    """Say what the figure shows."""
    names = [lane.label.replace("\n", " ") for lane in ranking.lanes]
    rows = _distances(ranking)
    what = say("The largest difference between the final weights of each two lanes (0 = the same "
               "weights, bit for bit). {title}.", title=ranking.title)  # fmt: skip
    told = [say("{one} and {other}: {distance}.", one=names[one], other=names[other],
                distance=distance_in_words(rows[one][other]))
            for one, other in combinations(range(len(names)), 2)]  # fmt: skip
    told += [say("Training moved {lane} by {distance}.", lane=name,
                 distance=distance_in_words(lane.result.weights_moved))
             for name, lane in zip(names, ranking.lanes, strict=True)]  # fmt: skip
    told += [say("The moving statistics of {lane} moved by {distance}.", lane=name,
                 distance=distance_in_words(lane.result.statistics_moved))
             for name, lane in zip(names, ranking.lanes, strict=True)
             if lane.result.statistics_moved is not None]  # fmt: skip
    return " ".join([what, *told])


def distance_in_words(distance: float | None) -> str:
    """Write a distance short enough for its cell.

    >>> [distance_in_words(distance) for distance in (0.0, 1.0649, 0.00123, 3.2e-08, 1420.3, None)]
    ['0', '1.06', '0.00123', '3e-08', '1420', 'not kept']
    """
    if distance is None:
        return say("not kept")
    if distance >= 1000:
        return write_number(distance, ".0f")
    return write_number(distance, ".3g" if distance >= 0.001 or not distance else ".0e")


def _beside(ranking):
    """Name the columns beside the distances: what each shows of a result, and whether shaded."""
    columns = [(say("from its\nown start"), lambda result: result.weights_moved, True)]
    if any(lane.result.statistics_moved is not None for lane in ranking.lanes):
        columns.append((say("moving\nstatistics"), lambda result: result.statistics_moved, False))
    return columns


def _distances(ranking):
    """Give the rows, with nothing known in them where nothing was kept."""
    lanes = len(ranking.lanes)
    return ranking.weight_distances or [[None] * lanes] * lanes


def _draw_cell(panel, left, top, distance, is_shaded=True):
    """Draw one cell: its number, its shade, and a thick edge where the weights are the same."""
    same = distance == 0
    shade = SHADES(SHADE_OF(distance)) if distance and is_shaded else "white"
    panel.add_patch(Rectangle((left + 0.02, top + 0.04), 0.96, 0.92, facecolor=shade,
                              edgecolor="black" if same else "0.7",
                              linewidth=2 if same else 0.8))  # fmt: skip
    points = TITLE_POINTS if distance is not None else LABEL_POINTS
    weight = "bold" if same else "normal"
    _write(panel, left, top, distance_in_words(distance), fontsize=points, fontweight=weight)


def _write(panel, left, top, words, **looks):
    looks = {"fontsize": LABEL_POINTS, "ha": "center", "va": "center"} | looks
    panel.text(left + 0.5, top + 0.5, words, **looks)


def _name_cells(panel, names, beside):
    """Write the lanes' names above the columns and beside the rows; further columns come last."""
    middles = [place + 0.5 for place in range(len(names))]
    first = len(names) + GAP
    panel.set_xlim(-0.02, first + len(beside) + 0.02)
    panel.set_ylim(len(names), 0)
    panel.set_yticks(middles, names)
    above = names if len(names) <= NAMES_IN_ONE_LINE else [n.replace("_", "_\n") for n in names]
    places = [*middles, *(first + place + 0.5 for place in range(len(beside)))]
    panel.set_xticks(places, [*above, *beside])
    panel.xaxis.tick_top()
    tidy(panel)
    panel.tick_params(length=0, labelsize=LABEL_POINTS)
    panel.spines[:].set_visible(False)
