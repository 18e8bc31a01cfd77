"""A class together: one dot a student, machine by machine, as ratios to their own first lane."""

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from kfit_teach.common.words import say, write_number
from kfit_teach.front.figures import canvas
from kfit_teach.front.figures.style import LOOK_OF
from kfit_teach.front.gathered import GatheredPart

INCHES_OF_A_ROW, INCHES_OF_A_LIBRARY = 0.55, 2.6
LEAST_SPREAD = 2.0  # the axis reaches from half to twice the reference at least
TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)
NUDGES = (0, 0.32, -0.32, 0.16, -0.16)  # keep neighbours apart, so that no dot hides another


def draw(parts: list[GatheredPart], machine_of: dict[str, str]) -> Figure:
    """Draw one row of panels a library; machine_of names each student's kind of machine."""
    machines = list(dict.fromkeys(machine_of.values()))
    lanes = [max(len(panel.lanes) for panel in part.panels) for part in parts]
    inches = [INCHES_OF_A_LIBRARY + INCHES_OF_A_ROW * len(machines) * count for count in lanes]
    figure, rows = canvas.figure_in_rows(inches)
    for row, part in zip(rows, parts, strict=True):
        canvas.write_title(row, part.title)
        places = row.subplots(1, len(part.panels), sharey=True, squeeze=False)[0]
        for place, panel in zip(places, part.panels, strict=True):
            _draw_panel(place, panel.lanes, machines, machine_of)
            place.set_xlabel(say("{quantity} over {reference}'s (ratio)",
                                 quantity=panel.quantity, reference=part.reference))  # fmt: skip
            canvas.tidy(place)
        canvas.legend_below(row, canvas.signs_of(places[-1:]), 4)
    return figure


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
