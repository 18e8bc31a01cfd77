"""A record of one's own: what is kept of guesses and checks, where, and what it says of them."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

import kfit_teach as kt
from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.front import record as keeping
from kfit_teach.front.closeness import Closeness
from kfit_teach.front.exercises import Exercise, Verdict
from kfit_teach.front.guesses import ChoiceQuestion, Guess, NumberQuestion
from kfit_teach.front.panels.asking import AskingPanel
from kfit_teach.front.record import KeptCheck, KeptGuess, Record
from kfit_teach.front.telling.report import Report
from kfit_teach.lessons.recorded import load_recorded

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS = [
    NumberQuestion("How many?", lambda result: 4.0, 0, 9, 1, "networks"),
    ChoiceQuestion("Which?", lambda result: None, ("fit", "none")),
]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of the record in this test; it is not there yet."""
    file = tmp_path / "record.json"
    monkeypatch.setenv("KFIT_TEACH_RECORD", str(file))
    return file


class QuickPanel(AskingPanel):
    """A panel whose run takes no time."""

    settings_class = ComparisonSettings
    made_up = load_recorded("start_here")

    def work(self):
        settings = self._begin()
        before = self.result
        self.result = self.made_up.model_copy(update={"settings": settings}, deep=True)
        self._finish(settings, before, True)
        return self.result

    def _outcome_of(self, result, recorded):
        return Report()


@pytest.fixture
def panel():
    panel = QuickPanel({}, {"epochs": (1, 2, 3)}, QUESTIONS, None, "A title", None, "", "tour")
    yield panel
    panel.close()


def guess_and_run(panel, number):
    panel.rows[0].inputs[0].value = number
    panel.rows[1].inputs[0].value = "fit"
    panel.commit()
    return panel.run()


def guessed(guess, measured=10.0, question="How many?", lesson="01_three_doors", **settings):
    kind = "number" if isinstance(guess, float) else "choice"
    return KeptGuess(
        at=NOW, lesson=lesson, panel="p", settings=settings,
        guess=Guess(question=question, kind=kind, guess=guess, measured=measured),
    )  # fmt: skip


def checked(exercise, *passed):
    return [KeptCheck(at=NOW, lesson="01_three_doors", exercise=exercise, passed=one)
            for one in passed]  # fmt: skip


# What is kept


def test_a_guess_is_kept_with_what_was_measured(file, panel, monkeypatch):
    monkeypatch.setitem(keeping._LESSON_OF, ("panel", "tour"), "00_start_here")
    panel.controls["epochs"].value = 3
    result = guess_and_run(panel, 3.0)
    assert json.loads(file.read_text())["lines"] == [
        {
            "kind": "guess", "at": result.created.isoformat().replace("+00:00", "Z"),
            "lesson": "00_start_here", "panel": "tour", "title": "A title",
            "settings": {"epochs": 3}, "guess": result.guesses[0].model_dump(mode="json"),
        },  # what this run could not tell is not kept
    ]  # fmt: skip
    assert "Done." in panel.status.value


def test_who_has_seen_the_answer_is_not_guessing(file, panel):
    guess_and_run(panel, 3.0)
    panel.run()  # the same guess stands beside the second run
    guess_and_run(panel, 4.0)
    assert [line.guess.guess for line in kt.record().guesses] == [3.0]
    panel.controls["epochs"].value = 3  # other settings ask anew
    panel.skip()
    panel.run()
    assert len(kt.record().guesses) == 1
    panel.controls["epochs"].value = 1
    guess_and_run(panel, 5.0)
    assert [line.guess.guess for line in kt.record().guesses] == [3.0, 5.0]


def test_every_lessons_panel_is_known_by_its_lesson():
    from kfit_teach.lessons.lesson import all_lessons

    for lesson in all_lessons():
        for name, make in lesson.panels.items():
            panel = make()
            assert panel._record_as == name
            assert keeping._LESSON_OF["panel", name] == lesson.notebook.removesuffix(".ipynb")
            panel.close()
        for exercise in lesson.exercises:
            assert ("exercise", exercise.name) in keeping._LESSON_OF


def test_a_check_of_an_exercise_is_kept_and_what_went_wrong_is_said(file, monkeypatch):
    monkeypatch.setattr(Exercise, "_judge", lambda self, task: Verdict("x" in self.name, "s"))
    Exercise("y", ("", "")).check("answer")
    verdict = Exercise("xy", ("", "")).check("answer", "tf_keras")
    assert verdict and repr(verdict) == "Passed. s"
    assert [(line.exercise, line.passed, line.library) for line in kt.record().checks] == [
        ("y", False, "keras"), ("xy", True, "tf_keras"),
    ]  # fmt: skip
    monkeypatch.setenv("KFIT_TEACH_RECORD", str(file.parent / "nowhere" / "record.json"))
    verdict = Exercise("xy", ("", "")).check("answer")
    assert verdict and "missing in your record: The folder" in repr(verdict)
    assert "missing in your record" in verdict._repr_html_()


def test_a_record_that_cannot_be_written_spoils_no_run(tmp_path, panel, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_RECORD", str(tmp_path))
    assert guess_and_run(panel, 3.0).guesses[0].measured == 4.0
    assert "Done. This is missing in your record:" in panel.status.value
    assert panel.trouble is None


@pytest.mark.parametrize("content", [b'{"what": "kfit_teach record", "lin', b"[1]", b"\xff", b""])
def test_a_file_that_is_no_record_is_kept_under_another_name(file, panel, content):
    file.write_bytes(content)
    guess_and_run(panel, 3.0)
    assert file.with_name("record.set-aside-1.json").read_bytes() == content
    assert "is called record.set-aside-1.json now" in panel.status.value
    assert len(kt.record().guesses) == 1
    file.write_bytes(content)
    assert "record.set-aside-2.json now" in keeping.keep_check("e", "keras", True)
    assert file.with_name("record.set-aside-2.json").read_bytes() == content


def test_two_processes_at_once_lose_nothing(file):
    code = (
        "from kfit_teach.front.record import keep_check\n"
        "for number in range(40): assert keep_check(f'e{number}', 'keras', True) == ''"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(kt.record().checks) == 80


def test_the_oldest_lines_go(file, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_LINES", 3)
    for number in range(5):
        keeping.keep_check(str(number), "keras", True)
    assert [line.exercise for line in kt.record().checks] == ["2", "3", "4"]


def test_it_lies_in_the_users_data_folder_and_only_there(tmp_path, monkeypatch):
    monkeypatch.delenv("KFIT_TEACH_RECORD")
    monkeypatch.setattr(keeping.platformdirs, "user_data_path", lambda name: tmp_path / name)
    assert keeping.keep_check("e", "keras", True) == ""
    assert Record.load(tmp_path / "kfit_teach" / "record.json").checks[0].exercise == "e"
    assert [one.name for one in tmp_path.iterdir()] == ["kfit_teach"]


@pytest.mark.parametrize("off", ["", "off"])
def test_none_is_kept_where_it_is_off(panel, monkeypatch, off):
    monkeypatch.setenv("KFIT_TEACH_RECORD", off)
    guess_and_run(panel, 3.0)
    assert kt.record().lines == [] and "KFIT_TEACH_RECORD is off" in kt.record().report()


def test_no_test_writes_into_the_record_of_whoever_runs_it():
    assert os.environ["KFIT_TEACH_RECORD"] == "off"


# What it says


@pytest.mark.parametrize(
    ("guess", "measured", "outcome", "times_off"),
    [
        (10.0, 10.0, "right", 1), (12.0, 10.0, "right", 1.2), (8.0, 10.0, "right", 1.25),
        (20.0, 10.0, "too much", 2), (5.0, 10.0, "too little", 2),
        (0.0, 10.0, "too little", float("inf")), (3.0, 0.0, "too much", float("inf")),
        (0.0, 0.0, "right", 1), (-5.0, 5.0, "too little", float("inf")),
        (1e-300, 1e-300, "right", 1), (1e308, 1e-308, "too much", float("inf")),
    ],
)  # fmt: skip
def test_how_many_times_off_a_number_was(guess, measured, outcome, times_off):
    close = Closeness(guessed(guess, measured).guess)
    assert close.outcome == outcome and close.times_off == pytest.approx(times_off)


def test_a_line_a_lesson_says_how_close_and_what_passed():
    lines = [
        guessed(20.0), guessed(40.0, epochs=3), guessed("fit", "fit", "Which?"),
        guessed("none", "fit", "And which?"), *checked("my_fit", False, False, True, True),
        guessed(11.0, lesson="02_one_step", question="q"), *checked("other", False),
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in Record(lines=lines).table().rows}
    assert rows == {
        "01_three_doors": ["4", "3 times off", "1 of 2 right",
                           "my_fit: passed, 3 checks, other: not yet, 1 check"],
        "02_one_step": ["1", "1.1 times off", "-", "-"],
    }  # fmt: skip


def test_a_second_guess_at_the_same_does_not_count_and_that_is_said():
    told = Record(lines=[guessed(100.0), guessed(10.0)])
    assert told.headline() == "1 guess: a number 10 times off"
    assert "1 guess is not counted: its answer had been seen before." in told.report()


def test_whether_guesses_come_closer_is_said_of_their_numbers():
    far, near = (
        [guessed(100.0, question=str(n)) for n in range(3)],
        [guessed(20.0, question=str(n)) for n in range(3, 6)],
    )
    assert Record(lines=far + near).headline() == (
        "Your guesses come closer: 10 times off at first, 2 times lately"
    )
    assert Record(lines=near + far).headline().startswith("Your guesses were closer at first")
    assert Record(lines=far).headline() == "3 guesses: numbers 10 times off in the middle"


def test_an_empty_record_says_so_and_draws_nothing(file, refusal):
    told = kt.record()
    assert told.report().startswith("Nothing is kept yet.")
    assert "<img" not in told._repr_mimebundle_()["text/html"]
    assert "a figure needs one" in refusal(told.figure)


def test_checks_alone_make_a_line_and_no_picture():
    told = Record(lines=checked("my_fit", True))
    assert "my_fit: passed, 1 check" in told.report()
    assert "<img" not in told._repr_mimebundle_()["text/html"]


def test_it_is_saved_and_read_again_and_nothing_else_is_read(tmp_path, refusal):
    told = Record(lines=[guessed(2.0), *checked("e", True)])
    told.save(tmp_path / "mine.json")
    assert Record.load(tmp_path / "mine.json") == told
    load_recorded("order").save(tmp_path / "other.json")
    assert "is not a record" in refusal(Record.load, tmp_path / "other.json")
