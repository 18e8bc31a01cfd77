import statistics
from datetime import UTC, datetime

import pytest
from matplotlib.text import Text

from kfit_teach.common.demonstrations.law import Piece, Settings
from kfit_teach.front.demonstrations.law import LawShown
from kfit_teach.front.results import load_result
from kfit_teach.lessons import where_the_time_goes as lesson


def spans(first, length, every, number):
    return [(first + one * every, first + one * every + length) for one in range(number)]


def a_round(number, loop_ms=50.0, fit_ms=30.0, loader_ms=30.0, step_ms=20.0):
    """The five turns of one round, each step as long as the others."""
    step, loader = step_ms / 1000, loader_ms / 1000
    turns = [(None, True, loader_ms), ("train_on_batch", False, step_ms), ("fit", False, step_ms)]
    made = [Piece(round=number, function=function, with_loader=loads, ms=[ms] * 6)
            for function, loads, ms in turns]  # fmt: skip
    for function, ms in (("train_on_batch", loop_ms), ("fit", fit_ms)):
        every = ms / 1000
        made.append(Piece(round=number, function=function, with_loader=True, ms=[ms] * 6,
                          loader=spans(0, loader, every, 6),
                          steps=spans(loader, step, every, 6)))  # fmt: skip
    return made


def shown(pieces):
    run = {"name": "keras", "library": "keras", "status": "done", "pieces": pieces}
    return LawShown(created=datetime.now(UTC), settings=Settings(images="synthetic"), runs=[run])


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.parametrize(
    ("loop_ms", "kind"),
    [(30.5, "maximum"), (40, "between"), (49, "sum"), (52, "sum"), (60, "more")],
)
def test_a_step_is_named_after_what_it_is_nearest_to(loop_ms, kind):
    assert shown(a_round(1, loop_ms=loop_ms)).law_of("train_on_batch").kind == kind


def test_where_sum_and_maximum_are_alike_nothing_is_told():
    told = shown(a_round(1, 33, 31, step_ms=2.0))
    assert [law.kind for law in told.laws()] == ["too close", "too close"]
    assert "cannot" not in told.report() and "too close together" in told.report()
    assert "the sum" not in told.verdicts()[0].headline


def test_the_cards_answer_the_questions_of_the_panel():
    told = shown([*a_round(1), *a_round(2, 56.0, 34.0), *a_round(3, 52.0, 32.0)])
    panel = lesson.law_panel()
    told.guesses = [row.question.judge(50.0, told) for row in panel.rows]
    panel.close()
    assert lesson.ms_of_train_on_batch(told) == statistics.median([50, 56, 52])
    first, second = told.told().cards
    assert first.headline == "train_on_batch: 52 ms a step, the sum"
    assert first.guess == "You expected 50 ms. Measured: 52."
    assert second.headline == "fit: 32 ms a step, the longer of the two"
    assert "Rounds: 30.0 to 34.0 ms." in second.detail


def test_without_its_turn_a_function_has_no_answer():
    for number in range(4):
        begun = shown(a_round(1)[:number])
        assert lesson.ms_of_fit(begun) is None and lesson.ms_of_train_on_batch(begun) is None
        assert begun.verdicts() == [] and begun.numbers() == {}


def test_the_picture_grows_turn_by_turn_and_stays_within_its_axes():
    pieces = a_round(1)
    for number in range(6):
        figure = shown(pieces[:number]).draw()
        timeline, _ = figure.axes
        blocks = [box for drawn in timeline.collections for box in drawn.get_paths()]
        assert len(blocks) > 4 or number < 4
        right = timeline.get_xlim()[1]
        assert all(box.get_extents().x1 <= right + 1e-6 for box in blocks)
    assert texts(figure).count("1") == 2 * 2  # a batch's number: in its loader's block, in its step
    assert "train_on_batch: 50 ms a step, the sum. fit: 30 ms a step, the longer of the two" in (
        texts(figure))  # fmt: skip
    assert "Waiting for the first steps" in texts(shown([]).draw())


def test_it_is_saved_and_read_again(tmp_path):
    told = shown(a_round(1))
    told.save(tmp_path / "law.json")
    assert load_result(tmp_path / "law.json") == told
