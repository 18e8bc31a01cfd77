"""Exercises: a learner's answer is run in a worker and judged by what it does, never by its text.

The worker has a limit of time and of memory, so an endless loop, a crash or hunger for memory ends
there, and the kernel goes on. The limits are against mistakes, and no sandbox: an answer may do
whatever the user may, such as read, change and delete files or use the network, just as a cell of
a notebook may. So an answer of somebody else is read before it is checked.
"""

import inspect
import linecache
import os
import tempfile
import textwrap
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kfit_teach.common import wire
from kfit_teach.common.endings import BudgetEnd, Problem
from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.words import say
from kfit_teach.front.record import keep_check
from kfit_teach.front.running.compare import require_libraries
from kfit_teach.front.running.runner import Worker
from kfit_teach.front.telling import pages

EXERCISES = Path(__file__).parents[1] / "worker" / "judging"


@dataclass(frozen=True)
class Verdict:
    """What came of a check, and what to look at next; true where it passed."""

    passed: bool
    sentence: str
    details: str = ""
    not_kept: str = ""  # why the learner's own record does not hold it

    def __bool__(self):
        return self.passed

    @property
    def _word(self) -> str:
        return say("Passed") if self.passed else say("Not yet")

    def __repr__(self):
        told = say("{word}. {sentence}", word=self._word, sentence=self.sentence)
        return f"{told}\n{self.not_kept}".strip()

    def _repr_html_(self):
        return pages.section(
            pages.paragraph(self._word, strong=True),
            pages.paragraph(self.sentence),
            pages.note(self.not_kept) if self.not_kept else "",
            pages.folded(say("Details"), self.details),
        )


@dataclass(frozen=True, repr=False)
class Solution:
    """A reference solution, shown as code."""

    text: str

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return pages.section(pages.code(self.text))


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Args:
        name: of its folder in kfit_teach/worker/judging.
        hints: the first and the second.
        seconds: how long the answer may take, once the library is there.
        memory_budget: how many bytes it may hold beyond the library.
        libraries: those that it can be done in, the usual one first.
    """

    name: str
    hints: tuple[str, str]
    seconds: float = 60
    memory_budget: int = 2**30
    libraries: tuple[str, ...] = LIBRARIES

    def check(self, answer: Callable | type | str, library: str | None = None) -> Verdict:
        """Run an answer in a worker and judge it.

        Args:
            answer: the learner's function or class, defined in a cell or a file; or the code as
                text.
            library: "keras" or "tf_keras"; the exercise's usual one unless given.

        An answer that is wrong, crashes or never ends raises nothing. It runs with your rights:
        read an answer of somebody else before you check it.

        Raises:
            BadInput: the answer is no function, class or text, or the library cannot be used.
        """
        library = library or self.libraries[0]
        if library not in self.libraries:
            near = nearest_name(library, self.libraries)
            raise BadInput(say("{name} is {value!r}, which is not known; {what_is_near}",
                               name="library", value=library, what_is_near=near))  # fmt: skip
        require_libraries([library])
        if os.environ.get("KFIT_TEACH_JUDGING"):
            return Verdict(False, say("This check is being checked; it is left out there."))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answer.py"
            file.write_text(source_of(answer), encoding="utf-8", errors="replace")
            task = wire.Judge(
                exercise=self.name, library=library, source=file, memory_budget=self.memory_budget
            )
            verdict = self._judge(task)
        not_kept = keep_check(self.name, library, verdict.passed)
        return replace(verdict, not_kept=not_kept)

    def _judge(self, task: wire.Judge) -> Verdict:
        """Wait for the worker's verdict, or say what ended it."""
        stop = threading.Event()
        timer = threading.Timer(self.seconds, stop.set)
        timer.daemon = True

        def watch(event: wire.Seen) -> None:
            if isinstance(event, wire.BaseSettled):  # the library is there, the answer begins
                timer.start()

        with Worker(task, self.memory_budget) as worker:
            try:
                last = worker.run(watch, stop)
            finally:
                timer.cancel()
            problem, end = worker.problem(last, stop), worker.budget_end(last)
        if problem is None:
            return Verdict(**dict(last.result))
        return self._not_yet(problem, end)

    def _not_yet(self, problem: Problem, end: BudgetEnd | None) -> Verdict:
        """Say what ended the answer before its judge could."""
        budget_mib = self.memory_budget / MIB
        # A crash is memory's doing only where memory was short.
        if end and (end.ended_by != "signal" or end.at_mib > budget_mib / 2):
            sentence = say("Your answer asked for more than the {budget_mib:.0f} MiB that it may "
                           "hold: do you copy the images again and again?",
                           budget_mib=budget_mib)  # fmt: skip
        elif problem.kind == "stopped":
            sentence = say("Your answer had not ended after {seconds:.0f} s, so it was ended: does "
                           "one of your loops never stop?", seconds=self.seconds)  # fmt: skip
        else:
            sentence = say("Your answer ended the process it ran in. {why}", why=problem.sentence)
        return Verdict(False, sentence, problem.traceback)

    def hint(self, number: int = 1) -> str:
        """Give the first or the second hint.

        Raises:
            BadInput: there is no such hint.
        """
        if number not in (1, 2):
            raise BadInput(
                say("There is no hint {number}; choose 1 or 2, or show_solution().", number=number)
            )
        return _Text(say(self.hints[number - 1]))

    def show_solution(self) -> Solution:
        """Show one way to do it."""
        return Solution((EXERCISES / self.name / "solution.py").read_text())


class _Text(str):
    """Text that a notebook shows as it is, without quotes."""

    def __repr__(self):
        return str(self)


def source_of(answer: Callable | str) -> str:
    """Find the code of an answer: a function, a class, or the code as text.

    Of a function from a notebook, the whole cell is taken, so that its imports and helpers come
    along.

    Raises:
        BadInput: it is neither, or its code cannot be found.
    """
    if isinstance(answer, str):
        return answer
    if inspect.isclass(answer):
        # A class knows no file of its own, but each of its functions does.
        functions = [one for one in vars(answer).values() if inspect.isfunction(one)]
        answer = functions[0] if functions else answer
    if not inspect.isfunction(answer):
        raise BadInput(say("The answer is {kind}, but it must be your function or class, without "
                           "brackets behind it, or its code as text.",
                           kind=type(answer).__name__))  # fmt: skip
    file = answer.__code__.co_filename
    if "ipykernel" in file or file.startswith("<ipython"):
        return "".join(linecache.getlines(file))
    try:
        return textwrap.dedent(inspect.getsource(answer))
    except OSError:
        sentence = say("The code of {name} cannot be found; define it in a cell or a file.",
                       name=answer.__name__)  # fmt: skip
        raise BadInput(sentence) from None
