import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import kfit_teach
from kfit_teach.lessons.lesson import all_lessons

JUDGING = Path(kfit_teach.__file__).parent / "worker" / "judging"
EXERCISES = sorted(file.parent.name for file in JUDGING.glob("*/judge.py"))
WRONG_ANSWERS = [
    (exercise, file.stem)
    for exercise in EXERCISES
    for file in sorted((JUDGING / exercise / "wrong_answers").glob("*.py"))
]
LIBRARIES_OF = {
    exercise.name: exercise.libraries for lesson in all_lessons() for exercise in lesson.exercises
}
JUDGE_ALL = """
import json, sys
from kfit_teach.worker.training.libraries import load_library
keras = load_library(sys.argv[2])
from kfit_teach.worker.judging import judge_of
judge, answers = judge_of(sys.argv[1]), json.load(sys.stdin)
print(json.dumps({name: judge(keras, source).model_dump() for name, source in answers.items()}))
"""


def solution_of(exercise):
    return (JUDGING / exercise / "solution.py").read_text()


def wrong_answer(exercise, name):
    return (JUDGING / exercise / "wrong_answers" / f"{name}.py").read_text()


def words_of(exercise, name):
    """What the sentence must hold: the comment that the wrong answer begins with."""
    first, _, _ = wrong_answer(exercise, name).partition("\n")
    assert first.startswith("# ")
    return first.removeprefix("# ")


@cache
def verdicts_of(exercise, library):
    """What the judge says of every answer, in one library; in one process, to be quick."""
    solution = solution_of(exercise)
    cells = {name: wrong_answer(of, name) for of, name in WRONG_ANSWERS if of == exercise}
    cells["the solution"] = solution
    cells["checked in its own cell"] = solution + "\nexercise.check(answer)\nprint('done')\n"
    cells["tried out in its own cell"] = solution + "\nresult = none_such(images, labels, 8)\n"
    ended = subprocess.run(
        [sys.executable, "-c", JUDGE_ALL, exercise, library], input=json.dumps(cells),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def held_in(exercise, library):
    """Every change runs the first exercise in keras; the others are for the long tests."""
    return () if (exercise, library) == ("my_fit", "keras") else pytest.mark.long


PAIRS = [
    pytest.param(exercise, library, marks=held_in(exercise, library), id=f"{library}-{exercise}")
    for exercise in EXERCISES
    for library in LIBRARIES_OF[exercise]
]
WRONG_IN = [
    pytest.param(exercise, name, library, marks=held_in(exercise, library),
                 id=f"{library}-{exercise}-{name}")
    for exercise, name in WRONG_ANSWERS
    for library in LIBRARIES_OF[exercise]
]  # fmt: skip


def test_there_are_exercises_and_wrong_answers():
    assert "my_fit" in EXERCISES
    assert set(LIBRARIES_OF) == set(EXERCISES)
    for exercise in EXERCISES:
        assert len([name for of, name in WRONG_ANSWERS if of == exercise]) >= 5


@pytest.mark.parametrize(("exercise", "library"), PAIRS)
def test_the_solution_passes_and_fits_on_a_screen(exercise, library):
    verdicts = verdicts_of(exercise, library)
    assert verdicts["the solution"]["passed"]
    assert verdicts["checked in its own cell"]["passed"]
    assert verdicts["tried out in its own cell"]["passed"]
    assert len(solution_of(exercise).splitlines()) < 20


@pytest.mark.parametrize(("exercise", "name", "library"), WRONG_IN)
def test_each_wrong_answer_gets_its_own_sentence(exercise, name, library):
    verdicts, words = verdicts_of(exercise, library), words_of(exercise, name)
    assert not verdicts[name]["passed"]
    assert words in verdicts[name]["sentence"]
    assert not re.search(r"\b(\d+) steps where fit takes \1\b", verdicts[name]["sentence"])
    others = [other for of, other in WRONG_ANSWERS
              if of == exercise and words_of(of, other) != words]  # fmt: skip
    sentences = [verdicts[other]["sentence"] for other in ["the solution", *others]]
    assert verdicts[name]["sentence"] not in sentences


@pytest.mark.parametrize("library", ["keras", pytest.param("tf_keras", marks=pytest.mark.long)])
def test_a_traceback_begins_in_the_learners_cell_and_shows_its_line(library):
    lines = verdicts_of("my_fit", library)["an_exception"]["details"].splitlines()
    assert lines[1] == '  File "your cell", line 3, in my_fit'
    assert lines[2].strip() == "images['first']"
