"""How memory and images/s grow with the number of images: points, straight lines, their slopes."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.measuring.statistics import slope_interval
from kfit_teach.front.showing.plots import label_ends, tidy, wide_figure, write_title
from kfit_teach.front.showing.style import LABEL_POINTS, LINE_STYLE_OF, LOOK_OF

FEWEST_POINTS = 3
INCHES_HIGH, INCHES_A_LANE = 4.8, 0.28


@dataclass(frozen=True)
class Growth:
    """One lane's points of one quantity, and the straight line through them.

    Args:
        name: the lane.
        function, loader: they say how it looks.
        images: how many images each point had.
        values: MiB or images/s of each point.
    """

    name: str
    function: str
    loader: str
    images: list[int]
    values: list[float]

    @property
    def line(self):
        """(slope, low, high, intercept), the slopes a 1,000 images; None for too few points.

        Points that all have one number of images are too few: no line is steeper than another.
        """
        if len(self.images) < FEWEST_POINTS or len(set(self.images)) < 2:
            return None
        if len(set(self.values)) == 1:  # a spread of nothing, which no interval can be made of
            return 0.0, 0.0, 0.0, self.values[0]
        slope, low, high, intercept = slope_interval(self.images, self.values)
        return 1000 * slope, 1000 * low, 1000 * high, intercept

    @property
    def end(self):
        """(images, value) where the line ends, or the last point where there is no line."""
        last = int(np.argmax(self.images))
        if self.line is None:
            return self.images[last], self.values[last]
        slope, _, _, intercept = self.line
        return self.images[last], intercept + slope / 1000 * self.images[last]

    def in_words(self, unit):
        """Tell the slope with its interval.

        >>> Growth("fit", "fit", "arrays", [1000, 2000, 3000], [48, 96, 144]).in_words("MiB")
        'fit: 48.0 MiB per 1,000 images [48.0, 48.0]'
        """
        if self.line is None:
            return f"{self.name}: too few points for a slope"
        slope, low, high, _ = self.line
        digits = max(0, min(2, 2 - _magnitude(max(abs(slope), abs(high - low)))))
        told, lowest, highest = (
            f"{_plain_zero(end, digits):.{digits}f}" for end in (slope, low, high)
        )
        return f"{self.name}: {told} {unit} per 1,000 images [{lowest}, {highest}]"


def _magnitude(number):
    """Give the power of ten that a number has, 0 for 0.

    >>> _magnitude(48.0), _magnitude(0.5), _magnitude(0)
    (1, -1, 0)
    """
    return int(np.floor(np.log10(number))) if number else 0


def _plain_zero(number, digits):
    """Round; and let no zero have a sign."""
    return round(number, digits) + 0.0


def growth_figure(points_by_lane, title):
    """Draw peak memory and images/s against the number of images, with straight lines.

    Args:
        points_by_lane: dict of lane name to (training function, loader, points); each point is
            (number of images, peak over the base in MiB, images/s or None).
        title: what the points rest on.

    Returns:
        matplotlib Figure.
    """
    memory, speed = growths(points_by_lane)
    figure = wide_figure(INCHES_HIGH + INCHES_A_LANE * len(points_by_lane))
    write_title(figure, title)
    left, right = figure.subfigures(1, 2)
    _draw_half(left, memory, "MiB", "Peak memory", "MiB over the compiled base")
    _draw_half(right, speed, "images/s", "Speed", "images/s, steady state")
    return figure


def growth_alt(points_by_lane, title):
    """Tell what `growth_figure` shows, in words.

    Args:
        points_by_lane: that of `growth_figure`.
        title: what the points rest on.

    Returns:
        A few sentences.
    """
    memory, speed = growths(points_by_lane)
    told = [f"Peak memory over the base: {_listed(memory, 'MiB')}."]
    told += [f"Speed: {_listed(speed, 'images/s')}."] if speed else []
    return (
        f"Points and straight lines against the number of images. {title}. Slopes with their "
        f"95 % intervals. {' '.join(told)}"
    )


def _listed(lanes, unit):
    return "; ".join(lane.in_words(unit) for lane in lanes)


def growths(points_by_lane):
    """Sort points into the two quantities.

    Args:
        points_by_lane: that of `growth_figure`.

    Returns:
        (memory, speed), two lists of Growth; a lane without any images/s is not in the second.
    """
    memory, speed = [], []
    for name, (function, loader, points) in points_by_lane.items():
        images, mib, _ = (list(column) for column in zip(*points, strict=True))
        memory.append(Growth(name, function, loader, images, mib))
        clocked = [(number, images_per_s) for number, _, images_per_s in points if images_per_s]
        if clocked:
            speed.append(Growth(name, function, loader, *map(list, zip(*clocked, strict=True))))
    return memory, speed


def _draw_half(half, lanes, unit, title, y_label):
    """Draw one quantity of all lanes, with their slopes below the panel."""
    panel = half.subplots()
    for lane in lanes:
        _draw_lane(panel, lane, unit)
    panel.set_title(title)
    panel.set_ylabel(y_label)
    panel.set_xlabel("number of images")
    tidy(panel)
    if not lanes:
        panel.set(xticks=[], yticks=[])
        panel.text(0.5, 0.5, "no images/s: one epoch\nhas no steady state", ha="center",
                   transform=panel.transAxes, fontsize=LABEL_POINTS)  # fmt: skip
        return
    values = [value for lane in lanes for value in lane.values]
    panel.set_xlim(left=0)
    panel.set_ylim(min(0, *values), 1.1 * max(values))
    panel.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if len({lane.function for lane in lanes}) < len(lanes):
        label_ends(panel, [(lane.name, *lane.end) for lane in lanes])
    half.legend(loc="outside lower center", fontsize=LABEL_POINTS, handlelength=4,
                title="slope of the straight line [95 % interval]",
                title_fontsize=LABEL_POINTS)  # fmt: skip


def _draw_lane(panel, lane, unit):
    """Draw one lane; its line reaches from its first point to its last, and no further."""
    look = LOOK_OF[lane.function]
    style = {"color": look.colour, "linewidth": 2, "linestyle": LINE_STYLE_OF[lane.loader]}
    panel.plot(lane.images, lane.values, look.marker, color=look.colour, markersize=9,
               markeredgecolor="white")  # fmt: skip
    ends = np.array([min(lane.images), max(lane.images)])
    if lane.line:
        slope, _, _, intercept = lane.line
        panel.plot(ends, intercept + slope / 1000 * ends, **style)
    panel.plot([], [], marker=look.marker, markersize=9, label=lane.in_words(unit), **style)
