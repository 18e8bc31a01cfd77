"""What the tests of figures share: made-up results, and what must hold for every figure."""

import itertools
from datetime import UTC, datetime

import pytest
from matplotlib.axis import Tick
from matplotlib.legend import Legend
from matplotlib.text import Text

import kfit_teach as kt
from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.result import Block, Turn
from kfit_teach.front.ranking import Ranking, lanes_of
from kfit_teach.lessons.recorded import load_recorded

BASE_MIB = 600
SMALLEST_POINTS = 12  # what the last row can read


def a_result(experiment, **changes):
    """A made-up result: plots and words are tested on numbers that are known."""
    steps, epochs = experiment.steps_per_epoch, experiment.epochs
    ends = [[0.3 + 0.1 * (epoch * steps + step) for step in range(steps)]
            for epoch in range(epochs)]  # fmt: skip
    seen = list(range(1, experiment.number_of_images + 1))
    parts = {
        "status": "done",
        "timing": {
            "phases_s": {"import": 0.0, "data": 1.0, "return": 3.0}, "start_up_s": 1.0,
            "first_batch_s": 0.3, "first_epoch_s": 1.0, "call_s": ends[-1][-1] + 0.5,
            "gaps_s": [0.0], "steady_images": 680, "images_per_s": 680.0, "ms_per_step": 45.0,
            "cpu_ms_per_image": 1.0, "contention": 0.2,
        },
        "memory": {
            "base_mib": BASE_MIB, "peak_mib": 700, "counted": "since the base", "data_mib": 32
        },
        "machine": {
            "system": "Linux", "processor": "made up", "cores": 2, "memory_gib": 24.0,
            "python": "3.11", "versions": {"keras": "3.0", "tf_keras": "2.0"}, "settings": {},
        },
        "ceiling": {"images_per_s": 1360.0, "ms_per_step": 22.0, "share": 0.5},
        "losses": [2.8 - step / 50 for step in range(steps * epochs)],
        "curve": [(step / 10, BASE_MIB + min(step, 20)) for step in range(40)],
        "batch_ends_s": ends,
        "loader_spans_s": [(end - 0.09, end - 0.07) for end in itertools.chain(*ends)],
        "seen": [seen] * epochs,
        "weights_sha256": "ab" * 32,
    }  # fmt: skip
    for name, change in changes.items():
        merged = isinstance(change, dict) and isinstance(parts.get(name), dict)
        parts[name] = parts[name] | change if merged else change
    return kt.Result(experiment=experiment, **parts)


def over_budget(experiment, at_mib):
    """A lane that its memory budget ended."""
    return kt.Result(
        experiment=experiment,
        status="over budget",
        problem={"sentence": "Over the budget."},
        budget_end={"ended_by": "watch", "at_mib": at_mib, "phase": "data"},
        curve=[(0.0, 100.0), (1.0, BASE_MIB), (1.5, BASE_MIB + 30), (2.0, BASE_MIB + at_mib)],
    )


def failed(experiment):
    """A lane that fell over; its base was never told."""
    return kt.Result(
        experiment=experiment, status="failed", problem={"sentence": "It fell over."},
        curve=[(0.0, 100.0), (1.0, 900.0)],
    )  # fmt: skip


def stopped(experiment, epochs):
    """A lane that was stopped after some epochs, which were measured."""
    whole = a_result(experiment)
    steady = {} if epochs > 1 else {"images_per_s": None, "ms_per_step": None, "gaps_s": [],
                                    "steady_images": 0, "cpu_ms_per_image": None}  # fmt: skip
    phases = {"import": 0.0, "data": 1.0}
    return kt.Result(
        experiment=experiment, status="stopped", problem={"kind": "stopped"}, epochs_ended=epochs,
        timing=whole.timing.model_copy(update=steady | {"phases_s": phases}), memory=whole.memory,
        machine=whole.machine, curve=whole.curve,
        losses=whole.losses[: epochs * experiment.steps_per_epoch],
        batch_ends_s=whole.batch_ends_s[:epochs],
    )  # fmt: skip


def some_blocks(results, speeds_of_lane):
    """Blocks of one library; `speeds_of_lane` holds images/s, the control's last."""
    lanes = [result.experiment for result in results]
    lanes.append(lanes[0])
    return [
        Block(
            library=lanes[0].library,
            turns=[
                Turn(
                    training_function=lane.training_function, loader=lane.loader, place=place,
                    control=place == len(lanes) - 1, images=1000, wall_s=1000 / speed, cpu_s=1.0,
                    pauses_s=200 / speed, contention=0.1, ceiling_images_per_s=2 * speed,
                )
                for place, (lane, speed) in enumerate(zip(lanes, speeds, strict=True))
            ],
        )
        for speeds in zip(*speeds_of_lane, strict=True)
    ]  # fmt: skip


def compared(make=a_result, **settings):
    """A comparison of made-up results."""
    settings = ComparisonSettings(images="synthetic", **settings)
    results = [make(experiment) for experiment in settings.experiments()]
    now = datetime.now(UTC)
    return kt.Comparison(created=now, settings=settings, images_checked="drawn", results=results)


@pytest.fixture
def made_up():
    """The functions above; tests cannot import from one another."""
    names = (a_result, over_budget, failed, stopped, some_blocks, compared)
    return type("MadeUp", (), {made.__name__: staticmethod(made) for made in names})


@pytest.fixture
def ranked():
    """Lays results of one library side by side, as figures take them."""

    def rank(results, title="title"):
        functions = {result.experiment.training_function for result in results}
        view = "functions" if len(functions) == len(results) else "loaders"
        lanes = lanes_of(results, [], view)
        return Ranking(lanes[0].experiment.library, view, title, lanes)

    return rank


@pytest.fixture
def comparison():
    return compared()


@pytest.fixture
def recorded():
    """The recorded result of the first panel: three functions, one library."""
    return load_recorded("start_here")


@pytest.fixture
def can_be_read():
    """Checks a figure's letters: large enough, none over another, nothing off the canvas."""

    def check(figure):
        figure.draw_without_rendering()
        width, height = figure.get_size_inches() * figure.dpi
        letters = letters_of(figure)
        assert letters
        small = [text.get_text() for text in letters if text.get_fontsize() < SMALLEST_POINTS]
        assert not small
        boxes = [(text.get_text(), _box_of(text)) for text in letters]
        legends = [("legend", _box_of(legend)) for legend in figure.findobj(Legend)]
        for words, box in boxes + legends:
            assert box.x0 >= 0 and box.y0 >= 0, (words, box)
            assert box.x1 <= width and box.y1 <= height, (words, box)
        for (words, box), (others, other) in itertools.combinations(boxes, 2):
            assert not box.overlaps(other), (words, others)

    return check


def letters_of(figure):
    """Every text that is seen: that of ticks only where the tick is within the panel."""
    ticks = figure.findobj(Tick)
    of_ticks = {id(text) for tick in ticks for text in (tick.label1, tick.label2)}
    letters = [text for text in figure.findobj(Text) if id(text) not in of_ticks]
    for panel in figure.axes:
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            letters += [
                tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high
            ]
    return [text for text in letters if text.get_visible() and text.get_text().strip()]


def _box_of(artist):
    """Where an artist's letters are; the arrow of an annotation is not among them."""
    return (
        Text.get_window_extent(artist) if isinstance(artist, Text) else artist.get_window_extent()
    )
