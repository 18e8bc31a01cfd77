"""The lessons: what each asks, which panel it has, and how long it takes.

One module a lesson holds its settings, its questions and its exercise. The words are in the
notebooks.
"""

from dataclasses import dataclass

from tabulate import tabulate

from kfit_teach.lessons.recorded import load_recorded


@dataclass(frozen=True)
class Lesson:
    """One line of the map.

    Args:
        notebook: file name in notebooks/.
        title: what it is called.
        question: the one question that it answers.
        minutes: how long it takes to work through.
        recorded: names of the recorded results of its panels, whose times are told.
    """

    notebook: str
    title: str
    question: str
    minutes: int
    recorded: tuple[str, ...]


LESSONS = (
    Lesson(
        "00_start_here.ipynb",
        "Start here",
        "What do the three functions cost on your machine?",
        15,
        ("start_here",),
    ),
    Lesson(
        "01_three_doors.ipynb",
        "Three doors, one room",
        "Do the three functions train different models?",
        25,
        ("three_doors", "order"),
    ),
)


class LessonMap:
    """A table of the lessons, with the time that their runs took where they were recorded."""

    def __repr__(self):
        return self._table("simple")

    def _repr_html_(self):
        return self._table("html")

    def _table(self, form):
        rows = [
            [lesson.notebook, lesson.title, lesson.question, f"{lesson.minutes} min",
             f"{seconds_of_runs(lesson):.0f} s"]
            for lesson in LESSONS
        ]  # fmt: skip
        heads = ["notebook", "lesson", "question", "to work through", "of that, training"]
        return tabulate(rows, heads, form, disable_numparse=True)


def seconds_of_runs(lesson):
    """Add up how long the lesson's recorded runs took, start-up and ceiling included.

    Args:
        lesson: Lesson.

    Returns:
        Seconds.
    """
    comparisons = [load_recorded(name) for name in lesson.recorded]
    ends = [result.curve[-1][0] for one in comparisons for result in one.results]
    return sum(ends)
