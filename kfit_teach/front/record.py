"""Record: what a learner guessed, what was measured, which exercises passed; kept on their machine.

It is one JSON file in the user's data folder; nothing is sent anywhere. The environment variable
KFIT_TEACH_RECORD names another file; "off", or nothing, keeps none.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from kfit_teach.common.files import writable_path
from kfit_teach.common.problems import BadInput, path_of
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.closeness import Closeness
from kfit_teach.front.guesses import Guess
from kfit_teach.front.saved import read_saved
from kfit_teach.front.telling.closeness import headline, how_it_is_counted, times_off_in_words
from kfit_teach.front.telling.report import Picture, Report, SavedReport, Section
from kfit_teach.front.telling.tables import NOTHING, Table, in_lines

RECORD_VARIABLE = "KFIT_TEACH_RECORD"
OFF = ("", "off")
SCHEMA_VERSION = 1
WHAT_A_RECORD_IS = "kfit_teach record"
MOST_LINES = 10_000  # the oldest go
MOST_BYTES = 50 * 2**20  # no record is larger
SECONDS_FOR_OTHERS = 10  # who write at the same time
LETTERS_OF_A_QUESTION = 48  # in a line of a table

# Which lesson a panel or an exercise belongs to: ("panel" or "exercise", its name) to the notebook.
# Each lesson tells it when its module is loaded, since the front does not know the lessons.
_LESSON_OF = {}


class KeptGuess(BaseModel):
    """A guess in a panel.

    Args:
        at: when its run was started, in UTC.
        lesson: its notebook, such as "01_three_doors"; "" outside of the lessons.
        panel: the name of the panel in its lesson.
        title: what stands over the panel.
        settings: those of the run that are not the usual ones of such a run.
        guess: with the question and what was measured.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["guess"] = "guess"
    at: AwareDatetime
    lesson: str = ""
    panel: str
    title: str = ""
    settings: dict[str, JsonValue] = {}
    guess: Guess

    @property
    def asks(self) -> tuple[str, str, str]:
        """What was asked; who guesses at it again has seen the answer."""
        settings = sorted((name, str(value)) for name, value in self.settings.items())
        return self.panel, self.guess.question, str(settings)


class KeptCheck(BaseModel):
    """A check of an exercise: when, of which one, in which library, and whether it passed."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["check"] = "check"
    at: AwareDatetime
    lesson: str = ""
    exercise: str
    library: str = ""
    passed: bool


class Tries(BaseModel):
    """What came of an exercise: how often it was checked until it passed, or until now."""

    exercise: str
    passed: bool
    checks: int


Lines = list[Annotated[KeptGuess | KeptCheck, Field(discriminator="kind")]]


class Record(SavedReport, BaseModel):
    """What a learner guessed, what was measured, and which exercises passed.

    Args:
        schema_version: of the JSON.
        what: says what the file is.
        lines: what was kept, the oldest first.
    """

    what: Literal["kfit_teach record"] = WHAT_A_RECORD_IS
    schema_version: Literal[1] = SCHEMA_VERSION
    lines: Lines = []

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"Record of {len(self.guesses)} guesses"

    @property
    def guesses(self) -> list[KeptGuess]:
        """The guesses, the oldest first."""
        return [line for line in self.lines if isinstance(line, KeptGuess)]

    @property
    def checks(self) -> list[KeptCheck]:
        """The checks of exercises, the oldest first."""
        return [line for line in self.lines if isinstance(line, KeptCheck)]

    @property
    def counted(self) -> list[KeptGuess]:
        """The guesses that count: whose answer was measured, and had not been seen before."""
        first = {}
        for line in self.guesses:
            if line.guess.measured is not None:
                first.setdefault(line.asks, line)
        return list(first.values())

    def closeness(self) -> list[Closeness]:
        """Say of each guess that counts how close it came, the oldest first."""
        return [Closeness(line.guess, line.lesson) for line in self.counted]

    def tries(self, lesson: str | None = None) -> list[Tries]:
        """Count the checks of each exercise until it passed, or until now; of one lesson or all."""
        checks = {}
        for line in self.checks:
            if lesson in (None, line.lesson):
                checks.setdefault(line.exercise, []).append(line.passed)
        return [
            Tries(exercise=name, passed=any(all_), checks=(all_.index(True) + 1 if any(all_)
                                                           else len(all_)))
            for name, all_ in checks.items()
        ]  # fmt: skip

    # What it shows

    def table(self) -> Table:
        """Lay it out, a line a lesson."""
        heads = [say("lesson"), say("guesses"), say("numbers, in the middle"),
                 say("choices and orders"), say("exercises")]  # fmt: skip
        lessons = sorted({line.lesson for line in self.lines})
        return Table(heads, [self._row(lesson) for lesson in lessons])

    def _row(self, lesson: str) -> list[str]:
        mine = [one for one in self.closeness() if one.lesson == lesson]
        others = [one for one in mine if not one.is_number]
        right = sum(one.outcome == "right" for one in others)
        tries = [_tries_in_words(one) for one in self.tries(lesson)]
        return [
            lesson or say("outside of the lessons"),
            str(len(mine)),
            times_off_in_words(mine) or NOTHING,
            say("{right} of {all} right", right=right, all=len(others)) if others else NOTHING,
            ", ".join(tries) or NOTHING,
        ]

    def all_guesses(self) -> Table:
        """Lay out every guess, the last first."""
        heads = [say("day"), say("lesson"), say("question"), say("guess and measurement"),
                 say("settings")]  # fmt: skip
        rows = [
            [line.at.astimezone().date().isoformat(), line.lesson or NOTHING,
             in_lines(line.guess.question, LETTERS_OF_A_QUESTION),
             in_lines(line.guess.sentence, LETTERS_OF_A_QUESTION),
             in_lines(_settings_in_words(line.settings), LETTERS_OF_A_QUESTION // 2)]
            for line in reversed(self.guesses)
        ]  # fmt: skip
        return Table(heads, rows)

    def sentences(self) -> list[str]:
        """Say what a number of times is, and which guesses do not count."""
        said = how_it_is_counted(self.closeness())
        again = len(self.guesses) - len(self.counted)
        if again:
            said.append(say_counted(
                "{number} guess is not counted: its answer had been seen before.",
                "{number} guesses are not counted: their answers had been seen before.",
                again))  # fmt: skip
        return [*said, say("All this lies on your machine alone; nothing is sent anywhere.")]

    def told(self) -> Report:
        """Make the report: the picture, a line a lesson, every guess."""
        if not self.lines:
            return Report(closing=[self._nothing()])
        pictures = [Picture(self.figure, self.alt_text())] if self.counted else []
        sections = [Section(self.headline(), self.table(), "\n".join(self.sentences()))]
        if self.guesses:
            every = say("Every guess, the last first")
            sections.append(Section(every, Table([], []), "", self.all_guesses()))
        return Report(pictures, sections)

    def _nothing(self) -> str:
        if record_path() is None:
            return say("No record is kept, since {variable} is off.", variable=RECORD_VARIABLE)
        return say("Nothing is kept yet. Once you have guessed and run, what you guessed stands "
                   "here beside what was measured, and which exercises passed.")  # fmt: skip

    def headline(self) -> str:
        """Say the main thing about the guesses."""
        return headline(self.closeness())

    def figure(self):
        """Draw the guesses beside what was measured, as a matplotlib Figure.

        Raises:
            BadInput: there is no guess yet.
        """
        from kfit_teach.front.figures import record  # here: it draws, so it loads matplotlib

        if not self.counted:
            raise BadInput(say("There is no guess yet, but a figure needs one; guess and run."))
        return record.draw(self.closeness(), self.headline())

    def alt_text(self) -> str:
        """Say in words what the figure shows."""
        from kfit_teach.front.figures import record

        return record.tell(self.closeness(), self.headline())

    @classmethod
    def load(cls, file: str | Path) -> "Record":
        """Read what `save` wrote.

        Raises:
            BadInput: the file is not there, or is no record.
        """
        return read_saved(cls, file, say("a record of schema version {version}",
                                         version=SCHEMA_VERSION))  # fmt: skip


def _tries_in_words(tries: Tries) -> str:
    words = {"exercise": tries.exercise, "checks": _checks(tries.checks)}
    if tries.passed:
        return say("{exercise}: passed, {checks}", **words)
    return say("{exercise}: not yet, {checks}", **words)


def _checks(number: int) -> str:
    return say_counted("{number} check", "{number} checks", number)


def _settings_in_words(settings: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items()) or NOTHING


# Where it lies, and how a line comes into it


def record_path() -> Path | None:
    """Say where the record lies; None where none is kept.

    Raises:
        BadInput: KFIT_TEACH_RECORD can name no file.
    """
    named = os.environ.get(RECORD_VARIABLE)
    if named is None:
        return platformdirs.user_data_path("kfit_teach") / "record.json"
    return None if named in OFF else path_of(named, RECORD_VARIABLE)


def record() -> Record:
    """Read the record of whoever works on this machine; empty where nothing is kept yet.

    Raises:
        BadInput: its file cannot be read, or is none.
    """
    path = record_path()
    return Record.load(path) if path and path.exists() else Record()


def belongs_to(lesson: str, panels: list[str], exercises: list[str]) -> None:
    """Note which lesson some panels and exercises belong to."""
    for kind, names in (("panel", panels), ("exercise", exercises)):
        _LESSON_OF.update({(kind, name): lesson for name in names})


def keep_guesses(panel: str, title: str, result, guesses: list[Guess]) -> str:
    """Keep guesses that a run has answered.

    Args:
        panel: its name in its lesson.
        title: what stands over it.
        result: what was run; has `created` and `settings`.
        guesses: with what was measured.

    Returns:
        "", or a sentence that says what went wrong.
    """
    settings = result.settings.model_dump(mode="json", exclude_defaults=True)
    lesson = _LESSON_OF.get(("panel", panel), "")
    lines = [KeptGuess(at=result.created, lesson=lesson, panel=panel, title=title,
                       settings=settings, guess=guess)
             for guess in guesses]  # fmt: skip
    return _keep(lines)


def keep_check(exercise: str, library: str, passed: bool) -> str:
    """Keep what a check of an exercise came to; as `keep_guesses`."""
    lesson = _LESSON_OF.get(("exercise", exercise), "")
    return _keep([KeptCheck(at=datetime.now(UTC), lesson=lesson, exercise=exercise,
                            library=library, passed=passed)])  # fmt: skip


def _keep(lines: list[KeptGuess | KeptCheck]) -> str:
    """Add lines to the record; nothing that goes wrong may spoil what they are of."""
    try:
        path = record_path()
        if path is None or not lines:
            return ""
        if RECORD_VARIABLE not in os.environ:
            path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(writable_path(path)):
            kept, told = _read_or_set_aside(path)
            kept.lines = [*kept.lines, *lines][-MOST_LINES:]
            kept.save(path)
        return told
    except (OSError, ValueError) as error:  # BadInput is a ValueError
        return say("This is missing in your record: {why}", why=str(error))


def _lock(path: Path) -> FileLock:
    """Give the lock that is held from reading to writing, so that no line is lost."""
    return FileLock(path.with_name(f"{path.name}.lock"), timeout=SECONDS_FOR_OTHERS)


def _read_or_set_aside(path: Path) -> tuple[Record, str]:
    """Read the record; what is none gets another name, and a sentence says so."""
    if not path.exists():
        return Record(), ""
    try:
        if path.stat().st_size <= MOST_BYTES:
            return Record.model_validate_json(path.read_bytes()), ""
    except ValidationError:
        pass
    aside = next(name for number in range(1, 1000)
                 if not (name := _aside(path, number)).exists())  # fmt: skip
    path.rename(aside)
    return Record(), say("{file} was no record that can be read, so it is called {other} now, and "
                         "a new one was begun.", file=path, other=aside.name)  # fmt: skip


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.set-aside-{number}{path.suffix}")


def clear_record() -> str:
    """Remove the record; say what was removed.

    Raises:
        BadInput: its file is none, or cannot be removed.
    """
    path = record_path()
    if path is None or not path.exists():
        return say("There is nothing to clear.")
    try:
        with _lock(path):
            kept = Record.load(path)
            path.unlink()
    except OSError as error:
        raise BadInput(say("{file} cannot be removed ({error}); remove it yourself.", file=path,
                           error=error.strerror or error)) from None  # fmt: skip
    return say("Removed: {what} ({file}).", what=contents_of(kept), file=path)


def contents_of(kept: Record) -> str:
    """Count what a record holds."""
    guesses = say_counted("{number} guess", "{number} guesses", len(kept.guesses))
    checks = say_counted("{number} check of an exercise", "{number} checks of exercises",
                         len(kept.checks))  # fmt: skip
    return say("{guesses} and {checks}", guesses=guesses, checks=checks)
