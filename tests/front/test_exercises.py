import contextlib
import sys
import tempfile
import threading
from pathlib import Path

import psutil
import pytest

from kfit_teach.front.exercises import source_of
from kfit_teach.lessons.three_doors import exercise

pytestmark = pytest.mark.alone

HEAD = "def my_fit(model, images, labels, batch_size, epochs):\n    "
LOOPS_FOR_EVER = HEAD + "while True: print('x' * 10**6)\n"
CLOSES_ALL = HEAD + "import os; os.closerange(1, 200)\n    while True: pass\n"
CRASHES = HEAD + "import ctypes; ctypes.string_at(0)\n"
LEAVES = HEAD + "import os; os._exit(0)\n"
IS_HUNGRY = HEAD + "held = []\n    while True: held.append(bytearray(2**24))\n"
FORKS = HEAD + "import os\n    for _ in range(3): os.fork()\n"
# Past Python, which would refuse it; the child outlives the process that judges.
LEAVES_A_CHILD = (
    HEAD
    + """import ctypes, os, time
    child = ctypes.CDLL(None).fork()
    if child == 0: time.sleep(60)
    with open(FILE, "w") as file: file.write(str(child))
    os._exit(0)
"""
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LOOPS_FOR_EVER, "one of your loops never stop"),
        pytest.param(CRASHES, "SIGSEGV", marks=pytest.mark.long),
        pytest.param(LEAVES, "ended the process it ran in", marks=pytest.mark.long),
        (IS_HUNGRY, "more than the 300 MiB"),
        pytest.param(CLOSES_ALL, "one of your loops never stop", marks=pytest.mark.long),
        (FORKS, "may not start or end processes (os.fork)"),
    ],
)
def test_whatever_an_answer_does_the_kernel_goes_on_and_nothing_is_left(answer, words):
    limited = type(exercise)(exercise.name, exercise.hints, 4, 300 * 2**20)
    folders = set(Path(tempfile.gettempdir()).glob("tmp*"))
    threads = threading.active_count()
    verdict = limited.check(answer)
    assert not verdict and not verdict.passed
    assert words in verdict.sentence
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    assert set(Path(tempfile.gettempdir()).glob("tmp*")) <= folders
    assert threading.active_count() <= threads


@pytest.mark.skipif(sys.platform != "linux", reason="the answer calls fork of the C library")
def test_no_child_of_an_answer_is_left(tmp_path):
    file = tmp_path / "child"
    verdict = exercise.check(LEAVES_A_CHILD.replace("FILE", repr(str(file))))
    assert "ended the process it ran in" in verdict.sentence
    with contextlib.suppress(psutil.NoSuchProcess):
        assert psutil.Process(int(file.read_text())).status() == psutil.STATUS_ZOMBIE


def test_a_function_is_judged_by_what_it_does_and_shown_in_words():
    # Whatever it prints, and if it closes its standard output too.
    noise = "    print('loss', 1)\n    print('x' * 10**7)\n    import sys; sys.stdout.close()\n"
    passed = exercise.check(exercise.show_solution().text + noise)
    assert "It printed:\nloss 1" in passed.details and len(passed.details) < 3000
    assert passed and passed.passed and repr(passed).startswith("Passed. The same weights as fit")
    assert "<b>Passed</b>" in passed._repr_html_()
    shown = type(passed)(False, "<script>", "<b>details</b>")._repr_html_()
    assert "<script>" not in shown and "<b>details" not in shown and "Not yet" in shown


def test_hints_and_the_solution_come_when_they_are_asked_for(refusal):
    assert "two loops" in repr(exercise.hint(1)) and "images[start" in repr(exercise.hint(2))
    assert "def my_fit" in repr(exercise.show_solution())
    assert "choose 1 or 2" in refusal(exercise.hint, 3)


def test_what_is_no_function_is_refused_in_a_sentence(refusal):
    assert "without brackets" in refusal(exercise.check, 7)
    assert "did you mean 'tf_keras'?" in refusal(exercise.check, "", library="tfkeras")
    assert "def helper" not in source_of(test_hints_and_the_solution_come_when_they_are_asked_for)
