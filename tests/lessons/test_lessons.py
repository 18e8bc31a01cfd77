from pathlib import Path

import pytest

from kfit_teach.lessons import LessonMap
from kfit_teach.lessons.lesson import all_lessons
from kfit_teach.lessons.recorded import load_recorded

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PANEL_OF = {name: make for lesson in all_lessons() for name, make in lesson.panels.items()}
FIRST_ANSWERS = {"three_doors": 1, "order": 20}  # 20 of 340: blind guessing


@pytest.fixture(params=PANEL_OF)
def name(request):
    return request.param


@pytest.fixture
def panel(name):
    panel = PANEL_OF[name]()
    yield panel
    panel.close()


def test_what_is_recorded_was_run_with_the_settings_of_the_lesson(name, panel):
    recorded = load_recorded(name)
    assert recorded.settings == panel.settings().model_copy(update={"images": "synthetic"})
    assert recorded.all_done
    assert "synthetic stand-in" in recorded.report()


def test_a_lessons_panel_asks_first_and_gives_nothing_away(panel):
    assert panel.run_button.disabled and panel.rows
    assert panel._outcome.value == "" and panel._kept.layout.display == "none"
    assert panel.rows[0].guess() is None  # what stands there at first is no guess


def test_the_questions_find_their_answers_in_the_recorded_results(name, panel):
    answers = [row.question.measure(load_recorded(name)) for row in panel.rows]
    assert None not in answers
    if name in FIRST_ANSWERS:
        assert answers[0] == FIRST_ANSWERS[name]


def test_where_nothing_was_measured_a_question_says_so_and_guesses_nothing(name, panel):
    emptied = load_recorded(name)
    kept = "runs" if hasattr(emptied, "runs") else "results"
    setattr(emptied, kept, [])
    assert [row.question.measure(emptied) for row in panel.rows] == [None] * len(panel.rows)


def test_each_question_of_a_lesson_stands_beside_its_card(name, panel):
    questions = [row.question for row in panel.rows]
    recorded = load_recorded(name)
    recorded.guesses = [one.judge(one.measure(recorded), recorded) for one in questions]
    beside = [card.subject for card in recorded.told().cards if card.guess]
    assert sorted(beside) == sorted(one.subject for one in questions)
    assert "and so it is." in recorded.report()


def test_a_panel_asks_few_questions_and_has_few_controls(panel):
    assert 1 <= len(panel.rows) <= 3
    assert len(panel.controls) <= 7


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.notebook)
def test_the_time_that_a_panel_takes_is_that_of_its_recorded_run(lesson):
    for name in lesson.panels:
        recorded, told = load_recorded(name), lesson.time_of(name)
        assert abs(int(told.split()[1]) - max(5, recorded.seconds)) <= 2.5
        assert told.endswith(f" seconds on {recorded.machine.cores} cores")
        assert recorded.seconds < 60


def test_the_map_names_every_notebook_and_its_measured_time():
    told = repr(LessonMap())
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        assert notebook.name in told
    assert all(f"{lesson.seconds_of_runs:.0f} s" in told for lesson in all_lessons())
    assert "<table>" in LessonMap()._repr_html_()


def test_every_lesson_has_a_notebook_and_a_page_for_the_instructor():
    pages = (NOTEBOOKS.parent / "docs" / "instructor").glob("*.md")
    assert [lesson.notebook for lesson in all_lessons()] == sorted(
        notebook.name for notebook in NOTEBOOKS.glob("*.ipynb")
    )
    assert {page.stem for page in pages} >= {
        lesson.notebook.removesuffix(".ipynb") for lesson in all_lessons()
    }
