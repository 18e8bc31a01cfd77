from datetime import UTC, datetime

import pytest

import kfit_teach as kt
from kfit_teach.experiment import ComparisonSettings
from kfit_teach.showing.style import LOOK_OF


def a_result(experiment, **timing):
    """A made-up result: plots and words are tested on numbers that are known."""
    times = {
        "phases_s": {"import": 0.0, "data": 1.0, "return": 3.0}, "start_up_s": 1.0,
        "first_batch_s": 0.2, "first_epoch_s": 1.0, "call_s": 2.0, "gaps_s": [0.0],
        "steady_images": 680, "images_per_s": 680.0, "ms_per_step": 45.0, "cpu_ms_per_image": 1.0,
        "contention": 0.2,
    }  # fmt: skip
    return kt.Result(
        experiment=experiment,
        status="done",
        timing=times | timing,
        memory={"base_mib": 600, "peak_mib": 700, "counted": "since the base", "data_mib": 32},
        losses=[2.8 - step / 50 for step in range(44)],
        curve=[(step / 10, 600 + min(step, 20)) for step in range(40)],
        weights_sha256="ab" * 32,
    )


@pytest.fixture
def comparison():
    settings = ComparisonSettings(images="synthetic")
    results = [a_result(experiment) for experiment in settings.experiments()]
    now = datetime.now(UTC)
    return kt.Comparison(created=now, settings=settings, images_checked="drawn", results=results)


def drawn(figure):
    figure.draw_without_rendering()
    return [panel for row in figure.subfigs for panel in row.axes]


def test_colour_marker_and_hatch_belong_to_the_training_function(comparison):
    looks = list(LOOK_OF.values())
    for part in ("colour", "marker", "hatch"):
        assert len({getattr(look, part) for look in looks}) == len(looks)
    for panel in drawn(comparison.figure()):
        for line in panel.lines:
            function = str(line.get_label()).split(":")[0]
            if function in LOOK_OF:
                assert line.get_color() == LOOK_OF[function].colour
                assert line.get_marker() == LOOK_OF[function].marker
        for bar, function in zip(panel.patches, LOOK_OF, strict=False):
            assert (bar.get_hatch() or "") == LOOK_OF[function].hatch


def test_every_axis_says_its_unit(comparison):
    units = ("images/s", "MiB", "loss", "seconds", "step")
    for panel in drawn(comparison.figure()):
        labels = [panel.get_ylabel()] + ([panel.get_xlabel()] if panel.lines else [])
        assert all(any(unit in label for unit in units) for label in labels)


def test_letters_can_be_read_from_the_last_row_and_do_not_overlap(comparison):
    for panel in drawn(comparison.figure()):
        letters = [*panel.get_xticklabels(), panel.xaxis.label, panel.yaxis.label, panel.title]
        letters = [text for text in letters if text.get_text()]
        assert min(text.get_fontsize() for text in letters) >= 12
        boxes = [text.get_window_extent() for text in letters]
        for place, box in enumerate(boxes):
            for other, text in zip(boxes[place + 1 :], letters[place + 1 :], strict=True):
                assert not box.overlaps(other), (letters[place].get_text(), text.get_text())


def test_nothing_is_clipped_at_the_edges(comparison):
    figure = comparison.figure()
    width, height = figure.get_size_inches() * figure.dpi
    for panel in drawn(figure):
        box = panel.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width + 1 and box.y1 <= height + 1


def test_in_keras_the_plot_says_that_fit_generator_is_fit(comparison):
    speed_of_keras, _, _, speed_of_tf_keras, *_ = drawn(comparison.figure())
    assert speed_of_keras.get_xticklabels()[1].get_text() == "fit_generator:\nfit(generator)"
    assert speed_of_tf_keras.get_xticklabels()[1].get_text() == "fit_generator"


def test_a_lane_that_failed_leaves_a_figure_of_the_others(comparison):
    lane = comparison.results[0]
    comparison.results[0] = kt.Result(
        experiment=lane.experiment, status="failed", problem={"sentence": "It fell over."}
    )
    assert len(drawn(comparison.figure())) == 6
    assert "fit failed: It fell over." in comparison.sentences("keras")
    assert not comparison.all_done


def test_one_epoch_alone_can_be_drawn(comparison):
    for result in comparison.results:
        result.timing = result.timing.model_copy(
            update={"images_per_s": None, "ms_per_step": None, "gaps_s": [], "steady_images": 0}
        )
    assert len(drawn(comparison.figure())) == 6
    assert "no steady state" in comparison.sentences("keras")


def test_the_alt_text_tells_the_numbers(comparison):
    assert "fit 100 MiB (3.1 times the data)" in comparison.alt_text()
