from pathlib import Path

import pytest

from kfit_teach.lessons import LessonMap, start_here, three_doors
from kfit_teach.lessons.lesson import all_lessons
from kfit_teach.lessons.recorded import load_recorded

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PANEL_OF = {name: make for lesson in all_lessons() for name, make in lesson.panels.items()}


@pytest.mark.parametrize("name", PANEL_OF)
def test_what_is_recorded_was_run_with_the_settings_of_the_lesson(name):
    panel, recorded = PANEL_OF[name](), load_recorded(name)
    asked = panel.settings().model_copy(update={"images": "synthetic"})
    panel.close()
    assert recorded.settings == asked
    assert recorded.all_done
    assert "synthetic stand-in" in recorded.title(recorded.libraries[0])


@pytest.mark.parametrize("name", PANEL_OF)
def test_a_lessons_panel_asks_first_and_gives_nothing_away(name):
    panel = PANEL_OF[name]()
    assert panel.run_button.disabled and panel.rows
    assert panel._outcome.value == "" and panel._kept.layout.display == "none"
    assert panel.rows[0].guess() is None  # what stands there at first is no guess
    panel.close()


def test_the_questions_find_their_answers_in_the_recorded_results():
    assert three_doors.different_networks(load_recorded("three_doors")) == 1
    assert three_doors.named_rightly(load_recorded("order")) == 20  # of 340: blind guessing
    assert start_here.order_by_memory(load_recorded("start_here"))[0] == "fit"


def test_where_a_lane_is_missing_a_question_says_so_and_guesses_nothing():
    for name, measure in [
        ("three_doors", three_doors.different_networks),
        ("order", three_doors.named_rightly),
        ("start_here", start_here.order_by_memory),
    ]:
        stopped = load_recorded(name)
        stopped.results = []
        assert measure(stopped) is None


def test_the_time_that_a_panel_takes_is_that_of_its_recorded_run():
    for lesson in all_lessons():
        for name in lesson.panels:
            results = load_recorded(name).results
            seconds = sum(result.curve[-1][0] for result in results)
            told = lesson.time_of(name)
            assert abs(int(told.split()[1]) - seconds) <= 2.5
            assert told.endswith(f" seconds on {results[0].machine.cores} cores")


@pytest.mark.parametrize(
    ("name", "subject"),
    [("start_here", "memory"), ("three_doors", "weights"), ("order", "accuracy")],
)
def test_the_question_of_a_lesson_stands_beside_its_card(name, subject):
    panel = PANEL_OF[name]()
    (question,) = [row.question for row in panel.rows]
    recorded = load_recorded(name)
    recorded.guesses = [question.judge(question.measure(recorded), recorded)]
    panel.close()
    beside = [card.subject for card in recorded.told().cards if card.guess]
    assert beside == [subject] and "and so it is." in recorded.report()


def test_the_map_names_every_notebook_and_its_measured_time():
    told = repr(LessonMap())
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        assert notebook.name in told
    assert all(f"{lesson.seconds_of_runs:.0f} s" in told for lesson in all_lessons())
    assert "<table>" in LessonMap()._repr_html_()
