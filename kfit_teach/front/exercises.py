"""Exercises: a learner's answer is run in a worker and judged by what it does, never by its text.

The worker has a limit of time and of memory, so an endless loop, a crash or hunger for memory ends
there, and the kernel goes on.
"""

import inspect
import linecache
import os
import tempfile
import textwrap
import threading
from dataclasses import dataclass
from pathlib import Path

from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.front.panels import pages
from kfit_teach.front.running.compare import require_libraries
from kfit_teach.front.running.runner import STOPPED, Worker

SOLUTIONS = Path(__file__).parents[1] / "worker" / "judging" / "solutions"


@dataclass(frozen=True)
class Verdict:
    """What came of a check; true where it passed.

    Args:
        passed: whether the answer does what was asked.
        sentence: what was seen, and what to look at next.
        details: more, such as the traceback; may be empty.
    """

    passed: bool
    sentence: str
    details: str = ""

    def __bool__(self):
        return self.passed

    @property
    def _word(self):
        return "Passed" if self.passed else "Not yet"

    def __repr__(self):
        return f"{self._word}. {self.sentence}"

    def _repr_html_(self):
        return pages.section(
            pages.paragraph(self._word, strong=True),
            pages.paragraph(self.sentence),
            pages.folded("Details", self.details),
        )


class Solution:
    """A reference solution, shown as code."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return pages.section(pages.code(self.text))


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Args:
        name: of its judge and its solution.
        hints: the first and the second.
        seconds: how long the answer may take, once the library is there.
        memory_budget: how many bytes it may hold beyond the library.
    """

    name: str
    hints: tuple[str, str]
    seconds: float = 60
    memory_budget: int = 2**30

    def check(self, answer, library="keras"):
        """Run an answer in a worker and judge it.

        Args:
            answer: the learner's function, defined in a cell or a file; or the code as text.
            library: "keras" or "tf_keras".

        Returns:
            Verdict; an answer that is wrong, crashes or never ends raises nothing.

        Raises:
            BadInput: the answer is neither a function nor text, or the library cannot be used.
        """
        if library not in LIBRARIES:
            raise BadInput(
                f"library is {library!r}, which is not known; {nearest_name(library, LIBRARIES)}"
            )
        require_libraries([library])
        if os.environ.get("KFIT_TEACH_JUDGING"):
            return Verdict(False, "This check is being checked; it is left out there.")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answer.py"
            file.write_text(source_of(answer), encoding="utf-8", errors="replace")
            task = {
                "name": "judge",
                "exercise": self.name,
                "library": library,
                "source": str(file),
                "memory_budget": self.memory_budget,
            }
            return self._judge(task)

    def _judge(self, task):
        """Wait for the worker's verdict, or say what ended it."""
        stop = threading.Event()
        timer = threading.Timer(self.seconds, stop.set)
        timer.daemon = True

        def watch(event):
            if event["event"] == "base":  # the library is there, the answer begins
                timer.start()

        with Worker(task, self.memory_budget) as worker:
            try:
                last = worker.run(watch, stop)
            finally:
                timer.cancel()
            problem, end = worker.problem(last, stop), worker.budget_end(last)
        if problem is None:
            return Verdict(**last["result"])
        details = problem.get("traceback", "")
        budget_mib = self.memory_budget / 2**20
        # A crash is memory's doing only where memory was short.
        if end and (end.ended_by != "signal" or end.at_mib > budget_mib / 2):
            return Verdict(
                False,
                f"Your answer asked for more than the {budget_mib:.0f} MiB that it may hold: do "
                "you copy the images again and again?",
                details,
            )
        if problem["sentence"] == STOPPED:
            return Verdict(
                False,
                f"Your answer had not ended after {self.seconds:.0f} s, so it was ended: does one "
                "of your loops never stop?",
            )
        return Verdict(
            False, f"Your answer ended the process it ran in. {problem['sentence']}", details
        )

    def hint(self, number=1):
        """Give the first or the second hint.

        Raises:
            BadInput: there is no such hint.
        """
        if number not in (1, 2):
            raise BadInput(f"There is no hint {number}; choose 1 or 2, or show_solution().")
        return _Text(self.hints[number - 1])

    def show_solution(self):
        """Show one way to do it."""
        return Solution((SOLUTIONS / f"{self.name}.py").read_text())


class _Text(str):
    """Text that a notebook shows as it is, without quotes."""

    def __repr__(self):
        return str(self)


def source_of(answer):
    """Find the code of an answer.

    Args:
        answer: a function, or the code as text. Of a function from a notebook, the whole cell is
            taken, so that its imports and helpers come along.

    Returns:
        str.

    Raises:
        BadInput: it is neither, or its code cannot be found.
    """
    if isinstance(answer, str):
        return answer
    if not inspect.isfunction(answer):
        raise BadInput(
            f"The answer is {type(answer).__name__!s}, but it must be your function, without "
            "brackets behind it, or its code as text."
        )
    file = answer.__code__.co_filename
    if "ipykernel" in file or file.startswith("<ipython"):
        return "".join(linecache.getlines(file))
    try:
        return textwrap.dedent(inspect.getsource(answer))
    except OSError:
        raise BadInput(
            f"The code of {answer.__name__} cannot be found; define it in a cell or a file."
        ) from None
