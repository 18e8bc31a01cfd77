"""How memory and images/s grow with the number of images: points, straight lines, their slopes."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.words import say, to_say, write_number
from kfit_teach.front.figures import canvas
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF
from kfit_teach.front.slopes import LaneGrowth, Series

NO_RUN_ENDED = to_say("no run ended")
NO_STEADY_STATE = to_say("no images/s: one epoch\nhas no steady state")
INCHES_HIGH, INCHES_A_LANE = 4.8, 0.28


def draw(lanes: list[LaneGrowth], title: str) -> Figure:
    """Draw one library's peak memory and images/s against the number of images."""
    figure = canvas.wide_figure(INCHES_HIGH + INCHES_A_LANE * len(lanes))
    canvas.write_title(figure, title)
    left, right = figure.subfigures(1, 2)
    memory, speed = _memory_and_speed(lanes)
    ended = any(lane.points for lane in lanes)
    why_no_speed = say(NO_STEADY_STATE if ended else NO_RUN_ENDED)
    of_memory = (say("MiB"), say("Peak memory"), say("MiB more than before training"))
    of_speed = (say("images/s"), say("Speed"), say("images/s, steady state"))
    _draw_half(left, memory, *of_memory, nothing=say(NO_RUN_ENDED))
    _draw_half(right, speed, *of_speed, nothing=why_no_speed)
    return figure


def tell(lanes: list[LaneGrowth], title: str) -> str:
    """Say what the figure shows."""
    memory, speed = _memory_and_speed(lanes)
    told = [
        say("Points and straight lines against the number of images. {title}. Slopes with their "
            "95 % intervals.", title=title),
        say("Needed more than before training: {slopes}.",
            slopes=_slopes_in_words(memory, say("MiB"))),
    ]  # fmt: skip
    if any(series.points for _, series in speed):
        told.append(say("Speed: {slopes}.", slopes=_slopes_in_words(speed, say("images/s"))))
    return " ".join(told)


def _memory_and_speed(lanes):
    """List (lane, series) for each of the two quantities.

    A lane of which no run ended is named in both; one that has no speeds is left out of them.
    """
    memory = [(lane, lane.memory) for lane in lanes]
    speed = [(lane, lane.speed) for lane in lanes if lane.speed.points or not lane.points]
    return memory, speed


def _slopes_in_words(drawn, unit):
    return "; ".join(slope_in_words(lane.name, series, unit) for lane, series in drawn)


def slope_in_words(name: str, series: Series, unit: str) -> str:
    """Tell a lane's slope with its interval.

    >>> slope_in_words("fit", Series([(1000, 48), (2000, 96), (3000, 144)]), "MiB")
    'fit: 48.0 MiB per 1,000 images [48.0, 48.0]'
    """
    line = series.line
    if not series.points:
        return say("{lane}: {what}", lane=name, what=say(NO_RUN_ENDED))
    if line is None:
        return say("{lane}: too few points for a slope", lane=name)
    digits = max(0, min(2, 2 - _magnitude(max(abs(line.slope), abs(line.high - line.low)))))
    slope, low, high = (
        write_number(round(end, digits) + 0.0, f".{digits}f")  # + 0.0: no zero has a sign
        for end in (line.slope, line.low, line.high)
    )
    return say("{lane}: {slope} {unit} per 1,000 images [{low}, {high}]",
               lane=name, slope=slope, unit=unit, low=low, high=high)  # fmt: skip


def _magnitude(number):
    """Give the power of ten that a number has, 0 for 0."""
    return int(np.floor(np.log10(number))) if number else 0


def _draw_half(half, drawn, unit, title, y_label, nothing):
    panel = half.subplots()
    for lane, series in drawn:
        _draw_lane(panel, lane, series, unit)
    panel.set(title=title, ylabel=y_label, xlabel=say("number of images"))
    canvas.tidy(panel)
    values = [value for _, series in drawn for _, value in series.points]
    if not values:
        panel.set(xticks=[], yticks=[])
        panel.text(0.5, 0.5, nothing, ha="center", transform=panel.transAxes, fontsize=LABEL_POINTS)
        return
    panel.set_xlim(left=0)
    panel.set_ylim(min(0, *values), 1.1 * max(values))
    panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if len({lane.function for lane, _ in drawn}) < len(drawn):
        ends = [(lane.name, *_end_of(series)) for lane, series in drawn if series.points]
        canvas.label_ends(panel, ends)
    canvas.legend_below(half, canvas.signs_of([panel]), 1, handlelength=4,
                        title=say("slope of the straight line [95 % interval]"))  # fmt: skip


def _end_of(series):
    """Give (images, value) where the line ends, or the last point where there is no line."""
    images, value = max(series.points, key=lambda point: point[0])
    return images, series.line.at(images) if series.line else value


def _draw_lane(panel, lane, series, unit):
    """Draw one lane; its line reaches from its first point to its last, and no further."""
    look, label = LOOK_OF[lane.function], slope_in_words(lane.name, series, unit)
    style = {"color": look.colour, "linewidth": 2, "linestyle": LOADERS[lane.loader].line_style}
    if series.points:
        images, values = zip(*series.points, strict=True)
        panel.plot(images, values, look.marker, color=look.colour, markersize=9,
                   markeredgecolor="white")  # fmt: skip
    if series.line:
        ends = np.array([min(images), max(images)])
        panel.plot(ends, series.line.at(ends), **style)
    panel.plot([], [], marker=look.marker, markersize=9, label=label, **style)
