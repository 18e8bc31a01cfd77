"""What a lesson says of itself, and the map that is made of all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from kfit_teach.common.words import say
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.record import belongs_to
from kfit_teach.front.telling.tables import Table
from kfit_teach.lessons.recorded import recorded_or_none


@dataclass(frozen=True)
class Lesson:
    """A lesson, as its module declares it: LESSON = Lesson(...)."""

    notebook: str  # file name in notebooks/
    title: str
    question: str  # the one that it answers
    minutes: int  # to work through it
    panels: dict[str, Callable] = field(default_factory=dict)  # by name of the recorded result
    exercises: tuple[Exercise, ...] = ()

    def __post_init__(self):
        exercises = [exercise.name for exercise in self.exercises]
        belongs_to(self.notebook.removesuffix(".ipynb"), list(self.panels), exercises)

    @property
    def seconds_of_runs(self) -> float:
        """How long its recorded runs took, start-up and ceiling included."""
        return sum(map(self._seconds_of, self.panels))

    def time_of(self, panel: str) -> str:
        """Say how long a panel's recorded run took, to stand in a sentence.

        Args:
            panel: its name, one of `panels`.

        Returns:
            Such as "about 50 seconds on 2 cores"; "a moment" where nothing is recorded.
        """
        recorded = recorded_or_none(panel)
        if recorded is None:
            return say("a moment")
        seconds = max(5, 5 * round(self._seconds_of(panel) / 5))
        return say("about {seconds} seconds on {cores} cores", seconds=seconds,
                   cores=recorded.machine.cores)  # fmt: skip

    @staticmethod
    def _seconds_of(panel: str) -> float:
        recorded = recorded_or_none(panel)
        return recorded.seconds if recorded else 0


def all_lessons() -> list[Lesson]:
    """Find the lessons: every module of this folder that declares one, in order of notebook."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)])]
    modules = [import_module(f"kfit_teach.lessons.{name}") for name in names]
    found = [module.LESSON for module in modules if hasattr(module, "LESSON")]
    return sorted(found, key=lambda lesson: lesson.notebook)


class LessonMap:
    """A table of the lessons, with the time that their runs took where they were recorded."""

    def __repr__(self):
        return self._table().as_text()

    def _repr_html_(self):
        return self._table().as_text("html")

    def _table(self):
        rows = [
            [lesson.notebook, say(lesson.title), say(lesson.question),
             say("{minutes} min", minutes=lesson.minutes),
             say("{seconds:.0f} s", seconds=lesson.seconds_of_runs)]
            for lesson in all_lessons()
        ]  # fmt: skip
        heads = [say("notebook"), say("lesson"), say("question"), say("to work through"),
                 say("of that, training")]  # fmt: skip
        return Table(heads, rows)
