import pytest
from matplotlib.collections import LineCollection, PolyCollection

from kfit_teach.common.loaders import LOADERS
from kfit_teach.front.figures.timeline import (
    BATCHES,
    LOADER,
    MOST_BATCHES,
    draw,
    ends_from_close_by,
    seconds_shown,
    tell,
)


@pytest.fixture
def results(made_up):
    return made_up.compared(library="tf_keras", part="val").results


def bars_in(panel, row, part):
    """(start, length, hatch) of what is drawn in one part of a row, from left to right."""
    found = []
    for bars in panel.findobj(PolyCollection):
        for path in bars.get_paths():
            box = path.get_extents()
            if box.y0 == pytest.approx(row + part[0]):
                found.append((box.x0, box.width, bars.get_hatch()))
    return sorted(found)


def words_in(panel):
    return [text.get_text() for text in panel.texts]


def numbers(*values):
    return [pytest.approx(value) for value in values]


def test_the_first_batch_stands_apart_from_the_epochs(results, ranked):
    whole, _ = draw(ranked(results)).axes
    first, *epochs = bars_in(whole, 0, BATCHES)
    assert first[:2] == (0, pytest.approx(0.3)) and first[2] == "xx"
    ends = [epoch[-1] for epoch in results[0].batch_ends_s]
    assert [bar[0] for bar in epochs] == numbers(0.3, ends[0])
    assert [bar[0] + bar[1] for bar in epochs] == numbers(*ends)
    assert whole.get_yticklabels()[0].get_text() == "fit\nfirst batch 0.30 s"


def test_epochs_end_at_a_mark(results, ranked):
    whole, close = draw(ranked(results)).axes
    ends = [epoch[-1] for epoch in results[0].batch_ends_s]

    def marks(panel):
        lines = [lines for lines in panel.findobj(LineCollection) if lines.get_linewidth()[0] > 1]
        return [segment[0][0] for segment in lines[0].get_segments()]

    assert marks(whole) == numbers(*ends)
    assert marks(close) == numbers(ends[1] - ends[0])


def test_from_close_by_every_batch_of_the_second_epoch_is_a_segment(results, ranked):
    _, close = draw(ranked(results)).axes
    bars = bars_in(close, 1, BATCHES)
    assert len(bars) == 11
    assert [start for start, *_ in bars] == numbers(*(0.1 * batch for batch in range(11)))
    assert close.get_xlabel() == "seconds since the end of the first epoch"
    assert "11 of\n22 batches" in words_in(close)


def test_the_loader_is_below_its_batches_at_its_own_time(results, ranked):
    _, close = draw(ranked(results)).axes
    bars = bars_in(close, 1, LOADER)
    assert bars[0][:2] == (pytest.approx(0.01), pytest.approx(0.02))
    assert len(bars) == 11


def test_waits_and_the_loaders_work_differ_in_more_than_colour(results, ranked):
    whole, _ = draw(ranked(results)).axes
    assert {hatch for *_, hatch in bars_in(whole, 1, LOADER)} == {None}
    assert {hatch for *_, hatch in bars_in(whole, 2, LOADER)} == {"////"}
    legend = draw(ranked(results)).legends[0]
    words = [text.get_text() for text in legend.get_texts()]
    assert "the loader makes a batch" in words
    assert "train_on_batch waits for its batch" in words


@pytest.mark.parametrize(
    ("loader", "words"),
    [("arrays", "whole arrays: no loader"), ("tf_data", "threads of tf.data: not seen")],
)
def test_where_no_loader_is_seen_it_says_why(loader, words, made_up, ranked):
    def make(experiment):
        return made_up.a_result(experiment, loader_spans_s=[])

    results = made_up.compared(make, library="keras", functions="fit", loader=loader).results
    assert words in words_in(draw(ranked(results)).axes[1])
    assert words in tell(ranked(results))


def test_hundreds_of_batches_are_shown_in_part_and_counted(made_up, can_be_read, ranked):
    results = made_up.compared(library="tf_keras", batch_size=4, epochs=2).results
    figure = draw(ranked(results))
    whole, close = figure.axes
    assert len(bars_in(close, 0, BATCHES)) == MOST_BATCHES
    assert "40 of\n340 batches" in words_in(close)
    assert "loader busy 20.0 % after the first batch" in words_in(whole)
    can_be_read(figure)


def test_a_slow_lane_does_not_hide_the_batches_of_a_fast_one(made_up, ranked):
    fast, slow, _ = made_up.compared(library="keras", part="val").results
    slow.batch_ends_s = [[100 * end for end in ends] for ends in slow.batch_ends_s]
    assert seconds_shown([fast]) == pytest.approx(1.1)
    assert seconds_shown([fast, slow]) == pytest.approx(3.3)
    assert len(bars_in(draw(ranked([fast, slow])).axes[1], 1, BATCHES)) == 1


def test_one_epoch_is_seen_from_its_first_batch_on(made_up, ranked):
    (result,) = made_up.compared(library="keras", functions="fit", epochs=1, part="val").results
    ends = ends_from_close_by(result)
    assert ends[0] == pytest.approx(0.1) and len(ends) == 10
    _, close = draw(ranked([result])).axes
    assert close.get_xlabel() == "seconds since the end of the first batch"
    assert "10 of\n11 batches" in words_in(close)


def test_one_batch_alone_can_be_drawn(made_up, can_be_read, ranked):
    settings = {"functions": "fit", "epochs": 1, "part": "val", "batch_size": 340}
    can_be_read(draw(ranked(made_up.compared(library="keras", **settings).results)))


def test_epochs_that_were_not_kept_are_told(results, ranked):
    for result in results:
        result.experiment = result.experiment.model_copy(update={"epochs": 900})
    whole, _ = draw(ranked(results)).axes
    assert "the first 2 of 900 epochs" in whole.get_title()


def test_lanes_that_did_not_end_well_say_so(made_up, can_be_read, ranked):
    first, second, third = made_up.compared(library="keras", part="val").results
    results = [first, made_up.failed(second.experiment), made_up.over_budget(third.experiment, 9)]
    figure = draw(ranked(results))
    assert words_in(figure.axes[0])[:2] == ["failed", "over budget"]
    can_be_read(figure)
    can_be_read(draw(ranked([made_up.failed(first.experiment)])))


def test_ten_loaders_can_be_read(made_up, can_be_read, ranked):
    settings = {"library": "tf_keras", "functions": "fit", "loader": list(LOADERS), "part": "val"}
    can_be_read(draw(ranked(made_up.compared(**settings).results)))


def test_the_alt_text_tells_the_numbers(results, ranked):
    told = tell(ranked(results, "tf_keras: a title"))
    assert "tf_keras: a title." in told
    assert "fit_generator: first batch 0.30 s, a usual batch 100 ms; the loader was busy" in told
    assert "train_on_batch: first batch 0.30 s, a usual batch 100 ms; waited for batches" in told
