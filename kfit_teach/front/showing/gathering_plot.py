"""A class together: one dot a student, machine by machine, as ratios to their own first lane."""

from matplotlib.ticker import FuncFormatter, NullFormatter

from kfit_teach.front.showing.plots import tidy, wide_figure, write_title
from kfit_teach.front.showing.style import LABEL_POINTS, LOOK_OF

INCHES_OF_A_ROW = 0.55
INCHES_OF_A_LIBRARY = 2.6
LEAST_SPREAD = 2.0  # the axis reaches from half to twice the reference at least
TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)


def gathering_figure(rows, machine_of):
    """Draw one row of panels a library: images/s and peak memory.

    Args:
        rows: list of (title, name of the first lane, {quantity: {lane: (function, ratios)}}), where
            ratios is a dict of student to ratio.
        machine_of: dict of student to the name of their kind of machine.

    Returns:
        matplotlib Figure.
    """
    machines = list(dict.fromkeys(machine_of.values()))
    heights = [
        INCHES_OF_A_LIBRARY + INCHES_OF_A_ROW * len(machines) * max(map(len, panels.values()))
        for _, _, panels in rows
    ]
    figure = wide_figure(sum(heights))
    parts = figure.subfigures(len(rows), 1, squeeze=False, height_ratios=heights)[:, 0]
    for part, (title, reference, panels) in zip(parts, rows, strict=True):
        write_title(part, title)
        axes = part.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for panel, (quantity, lanes) in zip(axes, panels.items(), strict=True):
            _draw(panel, lanes, machines, machine_of)
            panel.set_xlabel(f"{quantity} over {reference}'s (ratio)")
            tidy(panel)
        handles, labels = axes[-1].get_legend_handles_labels()
        part.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=LABEL_POINTS)
    return figure


def _draw(panel, lanes, machines, machine_of):
    """Draw every student's dots; a row is one lane on one kind of machine."""
    names = []
    for machine in machines:
        for lane, (function, ratios) in lanes.items():
            values = sorted(v for student, v in ratios.items() if machine_of[student] == machine)
            look = LOOK_OF[function]
            heights = [len(names) + 0.32 * _stack(place) for place in range(len(values))]
            label = lane if machine == machines[0] else None
            panel.plot(values, heights, look.marker, color=look.colour, markersize=9, alpha=0.75,
                       markeredgecolor="black", label=label)  # fmt: skip
            names.append(f"{lane}\n{machine}")
    panel.axvline(1, color="black", linewidth=1.5, linestyle=":")
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.set_xscale("log")
    seen = [value for _, ratios in lanes.values() for value in ratios.values()] or [1]
    low, high = min(1 / LEAST_SPREAD, *seen) / 1.15, max(LEAST_SPREAD, *seen) * 1.15
    panel.set_xlim(low, high)
    panel.set_xticks([tick for tick in TICKS if low <= tick <= high])
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())


def _stack(place):
    """Move neighbours apart, so that no dot hides another: 0, 1, -1, 0.5, -0.5 and again.

    >>> [_stack(place) for place in range(6)]
    [0, 1, -1, 0.5, -0.5, 0]
    """
    return (0, 1, -1, 0.5, -0.5)[place % 5]
