"""A class together: one dot a student, machine by machine, as ratios to their own first lane.

The numbers of demonstrations are drawn as they are.
"""

import statistics
from itertools import repeat

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from kfit_teach.common.words import say, write_number
from kfit_teach.front.figures import canvas
from kfit_teach.front.figures.style import LOOK_OF, SMALL_POINTS
from kfit_teach.front.gathered import GatheredNumbers, GatheredPart
from kfit_teach.front.guesses import plain

INCHES_OF_A_ROW, INCHES_OF_A_LIBRARY = 0.55, 2.6
INCHES_OF_A_TITLE, INCHES_OF_A_NUMBER = 0.6, 1.1
LEAST_SPREAD = 2.0  # the axis reaches from half to twice the reference at least
TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)
NUDGES = (0, 0.32, -0.32, 0.16, -0.16)  # keep neighbours apart, so that no dot hides another
STUDENT = "#8858B0"  # none of a training function's colours


def draw(
    parts: list[GatheredPart], machine_of: dict[str, str], numbers: list[GatheredNumbers]
) -> Figure:
    """Draw one row of panels a library, then one panel a number of each demonstration.

    Args:
        parts: what there is to draw of each library.
        machine_of: each student's kind of machine.
        numbers: what there is to draw of each demonstration.
    """
    machines = list(dict.fromkeys(machine_of.values()))
    lanes = [max(len(panel.lanes) for panel in part.panels) for part in parts]
    inches = [INCHES_OF_A_LIBRARY + INCHES_OF_A_ROW * len(machines) * count for count in lanes]
    inches += [INCHES_OF_A_TITLE + sum(map(_inches_of, part.numbers, repeat(part.machine_of)))
               for part in numbers]  # fmt: skip
    figure, rows = canvas.figure_in_rows(inches)
    for row, part in zip(rows, parts, strict=False):
        _draw_part(row, part, machines, machine_of)
    for row, part in zip(rows[len(parts) :], numbers, strict=True):
        _draw_numbers(row, part)
    return figure


def _draw_part(row, part, machines, machine_of):
    """Draw the ratios of one library."""
    canvas.write_title(row, part.title)
    places = row.subplots(1, len(part.panels), sharey=True, squeeze=False)[0]
    for place, panel in zip(places, part.panels, strict=True):
        _draw_panel(place, panel.lanes, machines, machine_of)
        place.set_xlabel(say("{quantity} over {reference}'s (ratio)",
                             quantity=panel.quantity, reference=part.reference))  # fmt: skip
        canvas.tidy(place)
    canvas.legend_below(row, canvas.signs_of(places[-1:]), 4)


def _inches_of(number, machine_of):
    """Say how high the panel of a number is."""
    return INCHES_OF_A_NUMBER + INCHES_OF_A_ROW * len({machine_of[one] for one in number.values})


def _draw_numbers(row, part):
    """Draw each number of a demonstration: one dot a student, a line at the median."""
    canvas.write_title(row, part.title)
    heights = [_inches_of(number, part.machine_of) for number in part.numbers]
    places = row.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for place, number in zip(places, part.numbers, strict=True):
        machines = list(dict.fromkeys(part.machine_of[one] for one in number.values))
        for line, machine in enumerate(machines):
            values = sorted(value for student, value in number.values.items()
                            if part.machine_of[student] == machine)  # fmt: skip
            nudged = [line + NUDGES[at % len(NUDGES)] for at in range(len(values))]
            place.plot(values, nudged, "D", color=STUDENT, markersize=9, alpha=0.75,
                       markeredgecolor="black")  # fmt: skip
        place.set_yticks(range(len(machines)), map(canvas.as_it_stands, machines))
        place.set_ylim(len(machines) - 0.4, -0.6)
        place.set_xlabel(canvas.as_it_stands(number.name))
        _draw_median(place, list(number.values.values()))
        canvas.tidy(place)


def _draw_median(panel, values):
    """Draw a line at the median, with its number above; the scale begins at 0."""
    low, high, middle = min(0, *values), max(0, *values), statistics.median(values)
    room = 0.08 * (high - low or 1)
    panel.set_xlim(low - (room if low < 0 else 0), high + room)
    panel.axvline(middle, color="black", linewidth=1.5, linestyle=":")
    is_left = middle < (low + high) / 2
    panel.annotate(say("median {number}", number=plain(middle)), (middle, 1),
                   (4 if is_left else -4, 2), xycoords=("data", "axes fraction"),
                   textcoords="offset points", ha="left" if is_left else "right",
                   fontsize=SMALL_POINTS)  # fmt: skip


def _draw_panel(panel, lanes, machines, machine_of):
    """Draw every student's dots; a row is one lane on one kind of machine."""
    names = []
    for machine in machines:
        for lane in lanes:
            values = sorted(ratio for student, ratio in lane.ratios.items()
                            if machine_of[student] == machine)  # fmt: skip
            look = LOOK_OF[lane.function]
            heights = [len(names) + NUDGES[place % len(NUDGES)] for place in range(len(values))]
            label = lane.name if machine == machines[0] else None
            panel.plot(values, heights, look.marker, color=look.colour, markersize=9, alpha=0.75,
                       markeredgecolor="black", label=label)  # fmt: skip
            names.append(canvas.as_it_stands(f"{lane.name}\n{machine}"))
    panel.axvline(1, color="black", linewidth=1.5, linestyle=":")
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.set_xscale("log")
    seen = [ratio for lane in lanes for ratio in lane.ratios.values()] or [1]
    low, high = min(1 / LEAST_SPREAD, *seen) / 1.15, max(LEAST_SPREAD, *seen) * 1.15
    panel.set_xlim(low, high)
    panel.set_xticks([tick for tick in TICKS if low <= tick <= high])
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write_number(value, "g")))
    panel.xaxis.set_minor_formatter(NullFormatter())
