import numpy as np
import pytest

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.measuring.statistics import slope_interval
from kfit_teach.front.figures.growth import draw, tell
from kfit_teach.front.figures.style import LOOK_OF
from kfit_teach.front.slopes import LaneGrowth, Point

IMAGES = [170, 340, 680, 1020]
MIB = [49.0, 57.0, 73.0, 90.0]
SPEEDS = [1000.0, 1010.0, 990.0, 1000.0]
FIT = LaneGrowth(
    "fit",
    "fit",
    "arrays",
    [Point(*numbers) for numbers in zip(IMAGES, MIB, SPEEDS, strict=True)],
)
GENERATOR = LaneGrowth(
    "fit_generator", "fit_generator", "generator", [Point(n, 40.0, None) for n in IMAGES]
)


def legends(figure):
    return [[text.get_text() for text in half.legends[0].get_texts()]
            if half.legends else [] for half in figure.subfigs]  # fmt: skip


def test_every_point_is_drawn_in_the_look_of_its_lane():
    memory, _ = draw([FIT, GENERATOR], "title").axes
    points = [line for line in memory.lines if line.get_linestyle() == "None"]
    assert [list(line.get_xdata()) for line in points] == [IMAGES, IMAGES]
    assert [list(line.get_ydata()) for line in points] == [MIB, [40] * 4]
    for line, function in zip(points, LOOK_OF, strict=False):
        assert line.get_color() == LOOK_OF[function].colour
        assert line.get_marker() == LOOK_OF[function].marker


def test_the_straight_line_is_the_one_whose_slope_is_told():
    figure = draw([FIT, GENERATOR], "title")
    slope, low, high, intercept = slope_interval(IMAGES, MIB)
    line = figure.axes[0].lines[1]
    assert list(line.get_xdata()) == [170, 1020]
    assert list(line.get_ydata()) == pytest.approx([intercept + slope * n for n in (170, 1020)])
    told = legends(figure)[0][0]
    expected = f"fit: {1000 * slope:.1f} MiB per 1,000 images [{1000 * low:.1f}, {1000 * high:.1f}]"
    assert told == expected == "fit: 48.2 MiB per 1,000 images [45.9, 50.4]"


def test_speeds_that_are_not_known_are_left_out():
    figure = draw([FIT, GENERATOR], "title")
    _, speed = figure.axes
    assert list(speed.lines[0].get_ydata()) == SPEEDS
    told = legends(figure)[1]
    assert len(told) == 1 and told[0].startswith("fit: ") and "images/s per 1,000 images" in told[0]


def test_without_any_speed_the_panel_says_why(can_be_read):
    figure = draw([GENERATOR], "title")
    assert "no steady state" in figure.axes[1].texts[0].get_text()
    can_be_read(figure)


@pytest.mark.parametrize("points", [FIT.points[:2], FIT.points[:1] * 4])
def test_too_few_points_have_no_slope(points, can_be_read):
    figure = draw([LaneGrowth("fit", "fit", "arrays", points)], "title")
    assert legends(figure) == [["fit: too few points for a slope"]] * 2
    assert len(figure.axes[0].lines) == 2  # the points, and the sign in the legend
    can_be_read(figure)


def test_axes_start_at_zero_and_say_their_units():
    memory, speed = draw([FIT, GENERATOR], "title").axes
    assert memory.get_ylim()[0] == memory.get_xlim()[0] == speed.get_ylim()[0] == 0
    assert memory.get_ylim()[1] > 90 and speed.get_ylim()[1] > 1010
    assert (memory.get_ylabel(), memory.get_xlabel()) == (
        "MiB more than before training", "number of images"
    )  # fmt: skip
    assert speed.get_ylabel() == "images/s, steady state"


def test_ten_loaders_are_told_by_names_and_line_styles(can_be_read):
    random = np.random.default_rng(0)
    lanes = [
        LaneGrowth(
            loader,
            "fit",
            loader,
            [Point(n, 40 + n / 20 + random.normal(), 900.0) for n in IMAGES],
        )
        for loader in LOADERS
    ]
    figure = draw(lanes, "title")
    names = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(names) == sorted(LOADERS)
    styles = {line._unscaled_dash_pattern for line in figure.axes[0].lines[1::3]}
    assert len(styles) == len(LOADERS)
    can_be_read(figure)


def test_three_functions_can_be_read(can_be_read):
    third = LaneGrowth("train_on_batch", "train_on_batch", "arrays", FIT.points)
    can_be_read(draw([FIT, GENERATOR, third], "title"))


def test_a_lane_of_which_no_run_ended_is_named_and_has_no_points(can_be_read):
    lanes = [FIT, LaneGrowth("train_on_batch", "train_on_batch", "arrays", [])]
    figure = draw(lanes, "title")
    for told in legends(figure):
        assert len(told) == 2 and told[1] == "train_on_batch: no run ended"
    assert [list(line.get_xdata()) for line in figure.axes[0].lines][-1] == []
    assert "train_on_batch: no run ended" in tell(lanes, "title")
    can_be_read(figure)
    by_loader = [LaneGrowth(name, "fit", name, points) for name, points in
                 (("arrays", FIT.points), ("generator", []))]  # fmt: skip
    assert [text.get_text() for text in draw(by_loader, "title").axes[0].texts] == ["arrays"]


def test_where_no_run_ended_the_figure_says_so(can_be_read):
    lanes = [LaneGrowth(name, name, "arrays", []) for name in ("fit", "train_on_batch")]
    figure = draw(lanes, "title")
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["no run ended"] * 2
    assert "fit: no run ended; train_on_batch: no run ended" in tell(lanes, "title")
    assert "Speed" not in tell(lanes, "title")
    can_be_read(figure)


def test_the_alt_text_tells_the_slopes():
    told = tell([FIT, GENERATOR], "keras: a title")
    assert "keras: a title." in told
    assert "fit: 48.2 MiB per 1,000 images [45.9, 50.4]" in told
    assert "fit_generator: 0.00 MiB per 1,000 images [0.00, 0.00]" in told
    assert "Speed: fit: " in told
