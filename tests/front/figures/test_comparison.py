from itertools import pairwise

import pytest
from matplotlib.colors import to_hex

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.front.figures.canvas import wide_figure, write_title
from kfit_teach.front.figures.comparison import draw
from kfit_teach.front.figures.memory import curve_over_base, stages_on
from kfit_teach.front.figures.style import LOOK_OF

SPEEDS = [[100, 120, 110], [200, 260, 210], [300, 330, 390], [90, 130, 105]]


def drawn(figure):
    """The panels of each library in turn: speed, memory, loss."""
    return figure.axes


def lines_named(panel, start):
    return [line for line in panel.lines if str(line.get_label()).lstrip("_").startswith(start)]


def words_in(panel):
    return [text.get_text() for text in panel.texts]


def names_under(panel):
    return [label.get_text() for label in panel.get_xticklabels()]


def legend_words(figure):
    return [
        text.get_text()
        for part in figure.findobj(lambda artist: hasattr(artist, "legends"))
        for legend in part.legends
        for text in legend.get_texts()
    ]


@pytest.fixture
def measured(made_up):
    comparison = made_up.compared(library="tf_keras")
    comparison.blocks = made_up.some_blocks(comparison.results, SPEEDS)
    return comparison


@pytest.fixture
def ten_loaders(made_up):
    return made_up.compared(library="tf_keras", functions="fit", loader=list(LOADERS))


def test_colour_marker_and_hatch_belong_to_the_training_function(comparison):
    looks = list(LOOK_OF.values())
    for part in ("colour", "marker", "hatch"):
        assert len({getattr(look, part) for look in looks}) == len(looks)
    speed, memory, loss, *_ = drawn(comparison.figure())
    for panel in (memory, loss):
        for line, look in zip(panel.lines[:3], looks, strict=True):
            assert line.get_color() == look.colour
            assert line.get_marker() == look.marker
    for bar, look in zip(speed.patches, looks, strict=True):
        assert to_hex(bar.get_facecolor()).upper() == look.colour
        assert (bar.get_hatch() or "") == look.hatch


def test_every_axis_says_its_unit(comparison):
    units = ("images/s", "MiB", "loss", "seconds", "step")
    speed_has_names = [False, True, True] * 2
    for panel, has_unit in zip(drawn(comparison.figure()), speed_has_names, strict=True):
        labels = [panel.get_ylabel()] + ([panel.get_xlabel()] if has_unit else [])
        assert all(any(unit in label for unit in units) for label in labels)


def test_in_keras_the_plot_says_that_fit_generator_is_fit(comparison):
    speed_of_keras, _, _, speed_of_tf_keras, *_ = drawn(comparison.figure())
    assert names_under(speed_of_keras)[1] == "fit_generator:\nfit(generator)"
    assert names_under(speed_of_tf_keras)[1] == "fit_generator"


def test_one_run_each_is_a_bar_of_its_speed_under_its_ceiling(comparison):
    speed = drawn(comparison.figure())[0]
    assert [bar.get_height() for bar in speed.patches] == [680, 680, 680]
    assert [list(line.get_ydata()) for line in speed.lines] == [[1360, 1360]] * 3
    assert words_in(speed) == ["680", "50 %"] * 3
    assert speed.get_title() == "Speed: one run each"


def test_a_pause_between_epochs_shows_as_a_dotted_top(made_up):
    def make(experiment):
        return made_up.a_result(experiment, timing={"gaps_s": [0.5]})

    speed = drawn(made_up.compared(make, library="keras", functions="fit").figure())[0]
    _, dotted = speed.patches
    assert dotted.get_height() == 680 / 0.5
    assert dotted.get_linestyle() in (":", "dotted") and not dotted.get_fill()


def test_blocks_are_bars_of_their_median_with_every_block_and_the_interval(measured):
    speed = drawn(measured.figure())[0]
    bars = speed.patches[:4]
    assert [bar.get_height() for bar in bars] == pytest.approx([110, 210, 330, 105])
    points = [line for line in speed.lines if line.get_marker() == "o"]
    assert [list(line.get_ydata()) for line in points] == [pytest.approx(own) for own in SPEEDS]
    known = [ratio_interval(own) for own in SPEEDS]
    intervals = [container.lines[2][0].get_segments()[0][:, 1] for container in speed.containers
                 if hasattr(container, "has_yerr")]  # fmt: skip
    expected = [pytest.approx([own.low, own.high]) for own in known]
    assert [list(ends) for ends in intervals] == expected
    assert speed.get_title() == "Speed: median of 3 blocks"
    assert "95 % interval (geometric mean)" in legend_words(measured.figure())


def test_the_control_is_a_hollow_bar_of_the_first_lanes_colour(measured):
    speed = drawn(measured.figure())[0]
    assert names_under(speed) == ["fit", "fit_generator", "train_on_batch", "control"]
    *lanes, control = speed.patches[:4]
    assert all(bar.get_fill() for bar in lanes)
    assert not control.get_fill()
    assert to_hex(control.get_edgecolor()).upper() == LOOK_OF["fit"].colour


def test_in_blocks_ceiling_and_pauses_are_medians_too(measured):
    speed = drawn(measured.figure())[0]
    ceilings = [line.get_ydata()[0] for line in lines_named(speed, "ceiling")]
    assert ceilings == pytest.approx([220, 420, 660, 210])
    assert len([words for words in words_in(speed) if words.endswith("50 %")]) == 4
    dotted = [bar.get_height() for bar in speed.patches[4:]]
    assert dotted == pytest.approx([110 / 0.8, 210 / 0.8, 330 / 0.8, 105 / 0.8])


def test_one_block_alone_has_no_interval(measured):
    measured.blocks = measured.blocks[:1]
    speed = drawn(measured.figure())[0]
    assert [bar.get_height() for bar in speed.patches[:4]] == [100, 200, 300, 90]
    assert not [container for container in speed.containers if hasattr(container, "has_yerr")]


def test_a_low_bar_has_its_number_above_it_and_not_in_it(measured, can_be_read, made_up):
    speeds = [[3000, 3050, 3100], [20, 21, 22], [1000, 1000, 1000], [3000, 3000, 3000]]
    measured.blocks = made_up.some_blocks(measured.results, speeds)
    speed = drawn(measured.figure())[0]
    height_of = {text.get_text(): text.xy[1] for text in speed.texts}
    assert height_of["3050"] == height_of["3000"] == 0  # at the foot, within the bar
    assert height_of["21\n50 %"] == pytest.approx(42)  # over its ceiling, which is close
    can_be_read(measured.figure())


def test_ten_loaders_are_told_by_names_and_line_styles(ten_loaders, can_be_read):
    figure = ten_loaders.figure()
    speed, memory, _ = drawn(figure)
    assert names_under(speed) == list(LOADERS)
    assert {to_hex(bar.get_facecolor()).upper() for bar in speed.patches} == {LOOK_OF["fit"].colour}
    lanes = {line.get_label(): line for line in memory.lines if line.get_label() in LOADERS}
    assert list(lanes) == list(LOADERS)
    styles = {lane._unscaled_dash_pattern for lane in lanes.values()}
    assert len(styles) == len(LOADERS)
    assert sorted(words_in(memory)) == sorted(LOADERS)
    can_be_read(figure)


def test_the_data_is_a_line_named_in_mib(comparison):
    memory = drawn(comparison.figure())[1]
    (line,) = lines_named(memory, "the data")
    mib = comparison.settings.data_bytes / 2**20
    assert line.get_ydata()[0] == mib
    assert line.get_label() == f"the data: {mib:.0f} MiB"
    assert not lines_named(memory, "memory budget")


@pytest.fixture
def with_budget(made_up):
    """The first lane went over its budget, 50 MiB over a base that only that end tells."""

    def make(experiment):
        first = experiment.training_function == "fit"
        return made_up.over_budget(experiment, 50.0) if first else made_up.a_result(experiment)

    return made_up.compared(make, library="keras", memory_budget="48MiB")


def test_the_budget_is_a_line_of_its_own_named_in_mib(with_budget):
    figure = with_budget.figure()
    memory = drawn(figure)[1]
    (line,) = lines_named(memory, "memory budget")
    assert list(line.get_ydata()) == [48, 48]
    assert "memory budget: 48 MiB" in legend_words(figure)
    others = [*lines_named(memory, "the data"), memory.lines[0]]
    assert line.get_linestyle() not in ("-", ":")
    assert line.get_color() not in [other.get_color() for other in others]
    assert memory.get_ylim()[1] > 50


def test_a_lane_over_its_budget_ends_in_an_x_at_what_it_held(with_budget):
    speed, memory, _ = drawn(with_budget.figure())
    (cross,) = [line for line in memory.lines if line.get_marker() == "X"]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (1.0, 50)
    assert words_in(speed)[0] == "over\nbudget"
    seconds, mib = curve_over_base(with_budget.results[0])
    assert (seconds, mib) == ((0.0, 0.5, 1.0), (0.0, 30.0, 50.0))


def test_a_lane_that_failed_is_named_and_its_curve_left_out(comparison, made_up):
    comparison.results[0] = made_up.failed(comparison.results[0].experiment)
    speed, memory, loss, *_ = drawn(comparison.figure())
    assert names_under(speed)[0] == "fit"
    assert words_in(speed)[0] == "failed"
    assert "fit" not in [line.get_label() for line in memory.lines + loss.lines]
    assert memory.get_ylim()[1] < 100  # its 900 MiB are no MiB over any base
    assert "fit failed: It fell over." in comparison.sentences("keras")
    assert not comparison.all_done


def test_where_every_lane_failed_a_figure_says_so(made_up, can_be_read):
    figure = made_up.compared(made_up.failed, library="keras").figure()
    speed, _, loss = drawn(figure)
    assert words_in(speed) == ["failed"] * 3
    assert loss.get_title() == "Loss: no lane ended"
    can_be_read(figure)


def test_one_epoch_alone_says_that_it_has_no_steady_state(comparison, can_be_read):
    for result in comparison.results:
        result.timing = result.timing.model_copy(
            update={"images_per_s": None, "ms_per_step": None, "gaps_s": [], "steady_images": 0}
        )
    figure = comparison.figure()
    assert words_in(drawn(figure)[0]) == ["no steady\nstate"] * 3
    assert "no steady state" in comparison.sentences("keras")
    can_be_read(figure)


def test_losses_say_how_many_curves_lie_on_each_other(comparison):
    assert drawn(comparison.figure())[2].get_title() == "Loss: 3 lanes on 1 curve"
    comparison.results[1].losses = [loss + 0.1 for loss in comparison.results[1].losses]
    assert drawn(comparison.figure())[2].get_title() == "Loss: 3 lanes on 2 curves"


def test_a_lane_that_was_stopped_shows_what_it_measured(made_up, can_be_read):
    def make(experiment):
        done = {"fit": 2, "fit_generator": 1}.get(experiment.training_function)
        return made_up.stopped(experiment, done) if done else made_up.a_result(experiment)

    comparison = made_up.compared(make, library="keras", epochs=3)
    figure = comparison.figure()
    speed, memory, loss = drawn(figure)
    assert [bar.get_height() for bar in speed.patches] == [680, 0, 680]
    assert words_in(speed) == [
        "680", "stopped after\n2 of 3 epochs", "stopped after\n1 of 3 epochs", "680", "50 %",
    ]  # fmt: skip
    assert len([line for line in memory.lines if len(line.get_xdata()) > 5]) == 3
    steps = comparison.settings.steps_per_epoch
    assert [len(line.get_xdata()) for line in loss.lines] == [2 * steps, steps, 3 * steps]
    assert loss.get_title() == "Loss: 3 lanes on 1 curve"  # as far as they go
    assert "fit 680 (stopped after 2 of 3 epochs)" in comparison.alt_text()
    can_be_read(figure)


def test_a_loss_that_is_no_number_ends_its_curve_in_an_x(made_up, can_be_read):
    comparison = made_up.compared(library="keras")
    one, other = comparison.results[0], comparison.results[1]
    one.losses = [2.8, 2.7, 2.6, *[float("nan")] * 10]
    other.losses = [2.8, 1e30, *[float("inf")] * 10]
    figure = comparison.figure()
    loss = drawn(figure)[2]
    ends = [(line.get_xdata()[0], line.get_ydata()[0]) for line in loss.lines
            if line.get_marker() == "X"]  # fmt: skip
    assert ends == [(2, 1e30), (3, 2.6)]
    assert words_in(loss) == ["diverged\nat step 3", "diverged\nat step 4"]
    assert loss.get_title() == "Loss: 3 lanes on 3 curves"
    assert loss.get_yscale() == "log"  # or else the others would be one flat line
    for result in comparison.results:
        result.losses = [float("nan")] * 5
    loss = drawn(comparison.figure())[2]
    assert words_in(loss) == ["diverged\nat step 1"] and loss.get_title() == "Loss: never a number"
    can_be_read(figure)


def test_what_was_recorded_elsewhere_hides_neither_bar_nor_ceiling(comparison, can_be_read):
    figure = draw(comparison.rankings(), comparison.rankings())
    speed = drawn(figure)[0]
    own, recorded = speed.patches[:3], speed.patches[3:]
    assert [bar.get_height() for bar in recorded] == [680] * 3
    for bar, beside in zip(own, recorded, strict=True):
        assert bar.get_x() + bar.get_width() <= beside.get_x()
    for line, beside in zip(lines_named(speed, "ceiling"), recorded, strict=True):
        assert max(line.get_xdata()) <= beside.get_x() + 0.05
    assert "recorded elsewhere" in legend_words(figure)
    can_be_read(figure)


@pytest.mark.parametrize("loaders", [2, 3, 10])
def test_the_legend_stays_on_the_canvas_with_loaders_and_blocks_and_a_record(
    loaders, made_up, can_be_read
):
    asked = {"library": "tf_keras", "functions": "fit", "loader": list(LOADERS)[:loaders]}
    comparison = made_up.compared(**asked, memory_budget="1000MiB")
    speeds = [[100, 120, 110]] * (loaders + 1)
    comparison.blocks = made_up.some_blocks(comparison.results, speeds)
    can_be_read(draw(comparison.rankings(), made_up.compared(**asked).rankings()))


def test_a_run_quicker_than_its_ceiling_is_at_the_ceiling(made_up):
    def make(experiment):
        return made_up.a_result(experiment, ceiling={"images_per_s": 500.0})

    comparison = made_up.compared(make, library="keras", functions="fit")
    assert words_in(drawn(comparison.figure())[0]) == ["680", "at the\nceiling"]
    assert "fit 680 (at the ceiling)" in comparison.alt_text()


DATA_MIB = 31.875


def rising(*times):
    """A curve of memory over the base, as multiples of the data, one point in 20 ms."""
    return [0.02 * place for place in range(len(times))], [time * DATA_MIB for time in times]


@pytest.mark.parametrize(
    ("times", "kinds"),
    [
        ((0, 0.5, 1.03, 1.5, 2.1, 3.1, 2.1, 2.2, 4.1), ["your images", "the copy", "the tensor"]),
        ((0, 1.2, 3.23, 2.2, 2.3), ["your images", "the copy", "the tensor"]),
        ((0, 1.03, 1.5, 2.1), ["your images", "the copy"]),  # it goes on
        ((0, 1.03, 2.1, 2.2, 2.6, 3.4, 4.1), ["your images", "the copy"]),  # no copy was let go
        ((0, 1.0, 0.5, 2.0, 3.0, 2.0), ["your images"]),  # what comes after a fall is another's
        ((0, 0.3, 0.5), []),
    ],
)
def test_stages_are_found_only_where_they_happened(times, kinds):
    stages = stages_on(*rising(*times), DATA_MIB)
    assert [stage.kind for stage in stages] == kinds
    assert all(one.seconds < other.seconds for one, other in pairwise(stages))


def test_of_little_data_no_stage_is_claimed():
    assert not stages_on([0, 1, 2, 3, 4], [0, 4, 8, 12, 8], data_mib=4)


def test_stages_are_named_on_the_curve_of_fit_over_arrays_alone(recorded):
    memory = drawn(recorded.figure())[1]
    rings = [(line.get_xdata()[0], line.get_ydata()[0]) for line in memory.lines
             if line.get_markerfacecolor() == "white"]  # fmt: skip
    assert words_in(memory) == ["your images", "the copy", "the tensor"]
    assert [mib / DATA_MIB for _, mib in rings] == pytest.approx([1, 2, 3], abs=0.16)
    assert {line.get_color() for line in memory.lines
            if line.get_markerfacecolor() == "white"} == {LOOK_OF["fit"].colour}  # fmt: skip
    assert memory.get_title() == "Memory: fit held your images three times"
    assert all(tick >= 0 for tick in memory.get_xticks())


@pytest.mark.parametrize(
    ("settings", "blocks"),
    [
        ({}, 3),
        ({"library": "tf_keras", "functions": "fit", "memory_budget": "60MiB"}, 0),
        ({"library": "keras", "functions": "fit", "loader": list(LOADERS)[:2]}, 3),
        ({"library": "keras", "functions": "train_on_batch", "loader": list(LOADERS)[:6]}, 3),
        ({"library": "keras", "functions": "fit", "loader": list(LOADERS)}, 3),
        (
            {
                "library": "keras",
                "functions": "fit",
                "loader": list(LOADERS)[:5],
                "memory_budget": "1000MiB",
            },
            0,
        ),
        (
            {
                "library": "keras",
                "functions": "train_on_batch",
                "loader": "generator",
                "epochs": 12,
                "model": "minivggnet",
                "augment": "fused",
            },
            3,
        ),
    ],
)
def test_letters_can_be_read_and_nothing_overlaps(settings, blocks, made_up, can_be_read):
    comparison = made_up.compared(**settings)
    if comparison.settings.memory_budget:
        comparison.results[-1] = made_up.over_budget(comparison.results[-1].experiment, 1000.0)
    for library in comparison.libraries if blocks else ():
        results = comparison.results_of(library)
        speeds = [[1000 + 37 * lane, 1400, 1200] for lane in range(len(results) + 1)]
        comparison.blocks += made_up.some_blocks(results, speeds)
    for place, result in enumerate(comparison.results):  # the longest title that there can be
        result.losses = [loss + place for loss in result.losses]
    can_be_read(comparison.figure())


@pytest.mark.parametrize(("added", "lines"), [("", 1), (", augmented by layers", 2)])
def test_a_long_title_takes_more_lines_and_stays_on_the_canvas(added, lines, can_be_read):
    figure = wide_figure(4)
    title = (
        "tf_keras 2.21.0: small network, 1020 images (synthetic stand-in), 128 px, batches of 32, "
        f"2 epochs{added} (illustration: one run each)"
    )
    write_title(figure, title)
    assert len(figure.get_suptitle().splitlines()) == lines
    can_be_read(figure)


def test_the_alt_text_tells_the_numbers(comparison, measured):
    assert "fit needed 100 MiB more than before training (3.1 times" in comparison.alt_text()
    assert "Images/s: fit 680 (50 % of the bare step)" in comparison.alt_text()
    told = measured.alt_text()
    assert "Images/s, median of 3 blocks: fit 110 (50 % of the bare step)" in told
    assert "control 105" in told
