import tempfile
import threading
from pathlib import Path

import psutil
import pytest

from kfit_teach.exercises import source_of
from kfit_teach.lessons.three_doors import exercise

pytestmark = pytest.mark.alone

HEAD = "def my_fit(model, images, labels, batch_size, epochs):\n    "
LOOPS_FOR_EVER = HEAD + "while True: pass\n"
CRASHES = HEAD + "import ctypes; ctypes.string_at(0)\n"
LEAVES = HEAD + "import os; os._exit(0)\n"
IS_HUNGRY = HEAD + "held = []\n    while True: held.append(bytearray(2**24))\n"
HAS_CHILDREN = HEAD + "import subprocess; subprocess.Popen(['sleep', '60'])\n    while True: pass\n"
TALKS = HEAD + "while True: print('x' * 10**6)\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LOOPS_FOR_EVER, "one of your loops never stop"),
        (CRASHES, "SIGSEGV"),
        (LEAVES, "ended the process it ran in"),
        (IS_HUNGRY, "more than the 300 MiB"),
        (HAS_CHILDREN, "one of your loops never stop"),
        (TALKS, ""),
    ],
)
def test_whatever_an_answer_does_the_kernel_goes_on_and_nothing_is_left(answer, words):
    limited = type(exercise)(exercise.name, exercise.hints, 9, 300 * 2**20)
    folders = set(Path(tempfile.gettempdir()).glob("tmp*"))
    threads = threading.active_count()
    verdict = limited.check(answer)
    assert not verdict.passed
    assert words in verdict.sentence
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    assert set(Path(tempfile.gettempdir()).glob("tmp*")) <= folders
    assert threading.active_count() <= threads


def test_a_function_is_judged_by_what_it_does_and_shown_in_words():
    solution = exercise.show_solution().text
    passed = exercise.check(solution)
    assert passed.passed and repr(passed).startswith("Passed. The same weights as fit")
    assert "<b>Passed</b>" in passed._repr_html_()
    shown = type(passed)(False, "<script>", "<b>details</b>")._repr_html_()
    assert "<script>" not in shown and "<b>details" not in shown and "Not yet" in shown


def test_hints_and_the_solution_come_when_they_are_asked_for(refusal):
    assert "two loops" in repr(exercise.hint(1)) and "images[start" in repr(exercise.hint(2))
    assert "def my_fit" in repr(exercise.show_solution())
    assert "choose 1 or 2" in refusal(exercise.hint, 3)


def test_what_is_no_function_is_refused_in_a_sentence(refusal):
    assert "without brackets" in refusal(exercise.check, 7)
    assert "def helper" not in source_of(test_hints_and_the_solution_come_when_they_are_asked_for)
