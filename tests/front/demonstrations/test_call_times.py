from datetime import UTC, datetime

import pytest

from kfit_teach.common.demonstrations.call_times import Piece, Settings
from kfit_teach.front.demonstrated import RunSeen
from kfit_teach.front.demonstrations.call_times import CallTimes
from kfit_teach.lessons.one_step import call_times_panel, slow_calls

SIZES = (32, 20, 7, 32, 20)


def shown(traced, sizes=SIZES):
    pieces = [Piece(images=size, ms=300.0 if number in traced else 20.0, traced=number in traced)
              for number, size in enumerate(sizes, 1)]  # fmt: skip
    run = RunSeen[Piece](name="keras", library="keras", status="done", pieces=pieces)
    return CallTimes(created=datetime.now(UTC), settings=Settings(sizes=SIZES), runs=[run])


@pytest.mark.parametrize(("traced", "message", "answer"), [
    ((1, 2), "Calls 1 and 2 were traced; call 3 was not, though new in size too", "calls 1 and 2"),
    ((1,), "Call 1 was traced; calls 2 and 3 were not, though new in size too", "only call 1"),
    ((1, 2, 3), "Calls 1, 2 and 3 were traced: their sizes were new", "calls 1, 2 and 3"),
    ((1, 2, 3, 4, 5), "Calls 1, 2, 3, 4 and 5 were traced", "all five"),
    ((), "No call was traced", "none"),
    ((4,), "Call 4 was traced; calls 1, 2 and 3 were not, though new in size too",
     "others than these"),
])  # fmt: skip
def test_the_message_says_what_was_seen(traced, message, answer):
    told = shown(traced)
    assert told.verdicts()[0].headline == message and message in told.tell()
    assert slow_calls(told) == answer


def test_a_run_that_was_stopped_answers_no_question_and_still_draws():
    for sizes in ((), SIZES[:2]):
        part = shown((1, 2), sizes)
        assert slow_calls(part) is None
        assert part.draw().get_suptitle().replace("\n", " ") == part.tell().split(". ")[1]


def test_every_answer_is_one_of_the_choices():
    panel = call_times_panel(images="synthetic")
    options = panel.rows[0].question.options
    panel.close()
    assert {slow_calls(shown(traced)) for traced in ((1, 2), (), (5,))} <= set(options)
