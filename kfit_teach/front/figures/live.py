"""The picture that moves while lanes run: images trained, and memory, against time.

It is there to be watched. Nothing is laid out anew from frame to frame, so that a frame costs a few
hundredths of a second and takes little from the lane that runs.
"""

import io
from dataclasses import dataclass, field

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.wire import MemorySeen, Progress, Seen
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.figures.canvas import tidy
from kfit_teach.front.figures.style import INCHES_WIDE, LABEL_POINTS, LOOK_OF

INCHES_HIGH, DOTS_PER_INCH = 4.2, 72
MOST_POINTS = 400  # of one line; more cannot be told apart


@dataclass
class LaneSeen:
    """What was seen of one lane so far."""

    experiment: Experiment
    trained: list[tuple[float, int]] = field(default_factory=list)  # (seconds, images)
    held: list[tuple[float, float]] = field(default_factory=list)  # (seconds, resident MiB)

    def note(self, event: Seen, at_s: float) -> None:
        """Take one event of the lane's worker in, so many seconds after the lane began."""
        run = self.experiment
        if isinstance(event, Progress):
            images = min(event.batch * run.batch_size, run.number_of_images)
            self.trained.append((at_s, (event.epoch - 1) * run.number_of_images + images))
        elif isinstance(event, MemorySeen):
            self.held.append((at_s, event.mib))


class LivePicture:
    """One figure that is drawn again and again, while its lanes fill."""

    def __init__(self, lanes: list[LaneSeen]):
        self._lanes = lanes
        self._figure = Figure(figsize=(INCHES_WIDE, INCHES_HIGH), dpi=DOTS_PER_INCH)
        FigureCanvasAgg(self._figure)
        self._panels = self._figure.subplots(1, 2)
        self._figure.subplots_adjust(0.08, 0.15, 0.79, 0.9, wspace=0.22)
        self._paper = None  # the picture without its lines, drawn once and kept
        self._lines = [[_line_of(panel, lane) for lane in lanes] for panel in self._panels]
        trained, memory = self._panels
        trained.set(title=say("Images trained on"), ylabel=say("images"))
        memory.set(title=say("Memory of the process"), ylabel=say("MiB"))
        for panel in self._panels:
            panel.set(xlabel=say("seconds since the lane began"), xlim=(0, 5), ylim=(0, 100))
            tidy(panel)
        examples = [_example_of(line) for line in self._lines[0]]
        self._figure.legend(handles=examples, loc="center left", bbox_to_anchor=(0.8, 0.5),
                            fontsize=LABEL_POINTS - 2, frameon=False)  # fmt: skip

    def frame(self) -> bytes:
        """Draw what was seen so far, as a PNG."""
        series = ([lane.trained for lane in self._lanes], [lane.held for lane in self._lanes])
        for panel, lines, all_points in zip(self._panels, self._lines, series, strict=True):
            for line, points in zip(lines, all_points, strict=True):
                points = thinned(points)
                line.set_data([at for at, _ in points], [value for _, value in points])
                line.set_markevery(max(1, len(points) // 6))
                self._make_room(panel, points)
        canvas = self._figure.canvas
        if self._paper is None:
            canvas.draw()  # all but the lines, which are marked as animated
            self._paper = canvas.copy_from_bbox(self._figure.bbox)
        canvas.restore_region(self._paper)
        for panel, lines in zip(self._panels, self._lines, strict=True):
            for line in lines:
                panel.draw_artist(line)
        png = io.BytesIO()
        picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
        picture.convert("RGB").save(png, format="png", compress_level=1)
        return png.getvalue()

    def _make_room(self, panel, points):
        """Widen a panel by half where its points reach its edge; only then is all drawn anew."""
        right, top = panel.get_xlim()[1], panel.get_ylim()[1]
        farthest = max((at for at, _ in points), default=0)
        highest = max((value for _, value in points), default=0)
        if farthest > right or highest > 0.97 * top:
            panel.set_xlim(0, 1.5 * farthest if farthest > right else right)
            panel.set_ylim(0, 1.5 * highest if highest > 0.97 * top else top)
            self._paper = None

    def alt(self) -> str:
        """Tell in words what the picture shows now."""
        told = [_in_words(lane) for lane in self._lanes if lane.trained]
        return say_counted(
            "Live picture of images trained on and memory; {number} lane so far. {lanes}",
            "Live picture of images trained on and memory; {number} lanes so far. {lanes}",
            len(told), lanes="; ".join(told),
        )  # fmt: skip


def _in_words(lane):
    at_s, images = lane.trained[-1]
    told = say("{lane}: {images} images in {seconds:.1f} s",
               lane=lane.experiment.name, images=images, seconds=at_s)  # fmt: skip
    if not lane.held:
        return told
    return say("{trained}, {mib:.0f} MiB", trained=told, mib=lane.held[-1][1])


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
    return panel.plot([], [], color=look.colour, marker=look.marker, markersize=8, linewidth=2,
                      markerfacecolor=face, linestyle=LOADERS[experiment.loader].line_style,
                      label=name, animated=True)[0]  # fmt: skip


def _example_of(line):
    """Make a line's entry for the legend, which is drawn with the paper."""
    entry = Line2D([], [])
    entry.update_from(line)
    entry.set(animated=False, label=line.get_label())
    return entry
