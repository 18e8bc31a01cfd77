"""The picture that grows while lanes run: what each holds in memory over its base, against time.

It is there to be watched, between the stretches that are clocked. Nothing is laid out anew from
frame to frame, so that a frame costs some hundredths of a second.
"""

import io
from dataclasses import dataclass, field
from itertools import zip_longest

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.wire import BaseSettled, MemorySeen, PhaseBegan, Progress, Seen
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.figures.canvas import PAPER, tidy
from kfit_teach.front.figures.memory import (
    MIB,
    STAGES,
    has_stages,
    heights_of_names,
    stages_on,
)
from kfit_teach.front.figures.style import INCHES_WIDE, LABEL_POINTS, LOOK_OF, SMALL_POINTS

INCHES_HIGH, DOTS_PER_INCH = 4.6, 72
LEFT_OF_THE_BEGINNING = 0.16  # room for the stages' names, as a share of the seconds shown
MOST_POINTS = 400  # of one line; more cannot be told apart


@dataclass
class LaneSeen:
    """What was seen of one lane so far."""

    experiment: Experiment
    images: int = 0  # trained on so far
    trained_s: float = 0.0  # when that was last told, in seconds since the lane began
    base_mib: float | None = None  # until it is known there is nothing to draw
    base_s: float = 0.0
    is_over: bool = False  # what comes after the call belongs to the instruments
    held: list[tuple[float, float]] = field(default_factory=list)  # (seconds, MiB), over the base

    def note(self, event: Seen, at_s: float) -> None:
        """Take one event of the lane's worker in, so many seconds after the lane began."""
        run = self.experiment
        if isinstance(event, Progress):
            images = min(event.batch * run.batch_size, run.number_of_images)
            self.images = (event.epoch - 1) * run.number_of_images + images
            self.trained_s = at_s
        elif isinstance(event, BaseSettled):
            self.base_mib, self.base_s = event.base_mib, at_s
            self.held.append((0.0, 0.0))
        elif isinstance(event, PhaseBegan):
            self.is_over = self.is_over or event.phase == "return"
        elif isinstance(event, MemorySeen) and self.base_mib is not None and not self.is_over:
            self.held.append((at_s - self.base_s, max(0.0, event.mib - self.base_mib)))


class LivePicture:
    """One figure that is drawn again and again, while its lanes fill."""

    def __init__(self, lanes: list[LaneSeen]):
        self._lanes = lanes
        self._data_mib = lanes[0].experiment.data_bytes / MIB
        self._figure = Figure(figsize=(INCHES_WIDE, INCHES_HIGH), dpi=DOTS_PER_INCH)
        FigureCanvasAgg(self._figure)
        self._panel = panel = self._figure.subplots()
        self._figure.subplots_adjust(0.07, 0.14, 0.78, 0.9)
        self._paper = None  # the picture without its lines, drawn once and kept
        self._lines = [_line_of(panel, lane) for lane in lanes]
        self._rings = [_ring_of(panel, lane) for lane in lanes]
        self._names = [_name_of(panel) for _ in STAGES]
        panel.set(title=say("Memory as it is taken"), ylim=(0, 4 * self._data_mib),
                  xlabel=say("seconds since the model was compiled"),
                  ylabel=say("MiB more than before training"))  # fmt: skip
        self._show_seconds(4)
        tidy(panel)
        label = say("your images: {mib:.0f} MiB", mib=self._data_mib)
        look = {"color": "black", "linestyle": ":", "linewidth": 2.5}
        data = panel.axhline(self._data_mib, label=label, **look)
        examples = [*map(_example_of, self._lines), data]
        self._figure.legend(handles=examples, loc="center left", bbox_to_anchor=(0.79, 0.5),
                            fontsize=LABEL_POINTS - 1, frameon=False)  # fmt: skip

    def frame(self) -> bytes:
        """Draw what was seen so far, as a PNG."""
        curves = [thinned(lane.held) for lane in self._lanes]
        for line, points in zip(self._lines, curves, strict=True):
            line.set_data([at for at, _ in points], [mib for _, mib in points])
            line.set_markevery(max(1, len(points) // 6))
        self._make_room([point for points in curves for point in points])
        self._place_stages()
        canvas = self._figure.canvas
        if self._paper is None:
            canvas.draw()  # all but what is marked as animated
            self._paper = canvas.copy_from_bbox(self._figure.bbox)
        canvas.restore_region(self._paper)
        for artist in (*self._lines, *self._rings, *self._names):
            self._panel.draw_artist(artist)
        png = io.BytesIO()
        picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
        picture.convert("RGB").save(png, format="png", compress_level=1)
        return png.getvalue()

    def _place_stages(self):
        """Put a ring where each stage happened; the first lane that shows one gives it its name."""
        shown = []
        for lane, ring in zip(self._lanes, self._rings, strict=True):
            stages = _stages_of(lane)
            ring.set_data([stage.seconds for stage in stages], [stage.mib for stage in stages])
            shown = shown or stages
        heights = heights_of_names(shown, *self._panel.get_ylim())
        for name, stage, height in zip_longest(self._names, shown, heights):
            name.set_visible(stage is not None)
            if stage:
                name.set_text(say(stage.kind))
                name.xy = stage.seconds, height

    def _make_room(self, points):
        """Widen the panel by half where points reach its edge; only then is all drawn anew."""
        right, top = self._panel.get_xlim()[1], self._panel.get_ylim()[1]
        farthest = max((at for at, _ in points), default=0)
        highest = max((mib for _, mib in points), default=0)
        if farthest > right:
            self._show_seconds(1.5 * farthest)
        if highest > 0.97 * top:
            self._panel.set_ylim(0, 1.5 * highest)
            self._paper = None

    def _show_seconds(self, right):
        """Show so many seconds, with room for names left of the beginning."""
        self._panel.set_xlim(-LEFT_OF_THE_BEGINNING * right, right)
        self._panel.set_xticks([tick for tick in self._panel.get_xticks() if 0 <= tick <= right])
        self._paper = None

    def alt(self) -> str:
        """Tell in words what the picture shows now, and how far each lane is."""
        told = [_in_words(lane) for lane in self._lanes if lane.images or lane.held]
        return say_counted(
            "Live picture of memory; {number} lane so far. {lanes}",
            "Live picture of memory; {number} lanes so far. {lanes}",
            len(told), lanes="; ".join(told),
        )  # fmt: skip


def _stages_of(lane):
    if not has_stages(lane.experiment) or not lane.held:
        return []
    seconds, mib = zip(*list(lane.held), strict=True)
    return stages_on(seconds, mib, lane.experiment.data_bytes / MIB)


def _in_words(lane):
    told = {"lane": lane.experiment.name, "images": lane.images, "seconds": lane.trained_s}
    trained = (say("{lane}: {images} images in {seconds:.1f} s", **told) if lane.images
               else say("{lane}: no batch yet", **told))  # fmt: skip
    if not lane.held:
        return trained
    return say("{trained}, {mib:.0f} MiB more than before training", trained=trained,
               mib=lane.held[-1][1])  # fmt: skip


def thinned(points: list) -> list:
    """Leave out points that no eye would miss; the last one stays."""
    points = list(points)  # a copy: the lane goes on meanwhile
    step = max(1, len(points) // MOST_POINTS)
    return points[::step] + (points[-1:] if step > 1 else [])


def _line_of(panel, lane):
    """Make the line of one lane; a hollow marker tells tf_keras from keras."""
    experiment = lane.experiment
    look = LOOK_OF[experiment.training_function]
    face = "white" if experiment.library == "tf_keras" else look.colour
    name = f"{experiment.library} {experiment.call}\n{experiment.loader}"
    return panel.plot([], [], color=look.colour, marker=look.marker, markersize=8, linewidth=2.5,
                      markerfacecolor=face, linestyle=LOADERS[experiment.loader].line_style,
                      label=name, animated=True)[0]  # fmt: skip


def _ring_of(panel, lane):
    """Make the rings that stand where one lane's stages happened."""
    colour = LOOK_OF[lane.experiment.training_function].colour
    return panel.plot([], [], "o", color=colour, markerfacecolor="white", markersize=9,
                      animated=True)[0]  # fmt: skip


def _name_of(panel):
    """Make the name of a stage, left of its ring."""
    return panel.annotate("", (0, 0), (-9, 0), textcoords="offset points", ha="right", va="center",
                          fontsize=SMALL_POINTS + 1, bbox=PAPER, animated=True,
                          visible=False)  # fmt: skip


def _example_of(line):
    """Make a line's entry for the legend, which is drawn with the paper."""
    entry = Line2D([], [])
    entry.update_from(line)
    entry.set(animated=False, label=line.get_label())
    return entry
