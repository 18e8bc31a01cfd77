"""Demonstrated: what a demonstration told, as plain data that shows itself.

A demonstration's own class stands in front/demonstrations; it says what its picture, its cards and
its table are. What they all have in common stands here: runs, their endings, their JSON.
"""

from datetime import datetime
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

from kfit_teach.common import wire
from kfit_teach.common.demonstration import DemonstrationSettings, Run
from kfit_teach.common.endings import BudgetEnd, Problem
from kfit_teach.common.experiment import LibraryName
from kfit_teach.common.flowers import NAME_OF_KIND
from kfit_teach.common.result import WORDS_FOR_STATUS, Machine, Status
from kfit_teach.common.words import say
from kfit_teach.front.guesses import Guess
from kfit_teach.front.saved import read_saved
from kfit_teach.front.telling import sentences
from kfit_teach.front.telling.cards import Card, with_guesses
from kfit_teach.front.telling.report import FoldedPicture, Picture, Report, SavedReport, Section
from kfit_teach.front.telling.tables import Table

SCHEMA_VERSION = 1
Piece = TypeVar("Piece", bound=BaseModel)


class RunSeen(BaseModel, Generic[Piece]):
    """What one run told, and what was seen of it from outside.

    Args:
        name: of the run.
        library: "keras" or "tf_keras".
        status: "done", "failed", "stopped" or "over budget".
        problem: what happened, where it was not done.
        budget_end: how the memory budget ended it, where it did.
        pieces: what it told, in order; of a run that did not end well, what it told until then.
        seconds: from asking for it to its end.
        base_mib: what was resident, in MiB, when memory began to count; None where it never did.
        curve: resident memory over time, as (seconds, MiB).
        machine: where it ran.
    """

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    name: str
    library: LibraryName
    status: Status = "stopped"
    problem: Problem | None = None
    budget_end: BudgetEnd | None = None
    pieces: list[Piece] = []
    seconds: float = 0.0
    base_mib: float | None = None
    curve: list[tuple[float, float]] = []
    machine: Machine | None = None


class Demonstrated(SavedReport, BaseModel):
    """What a demonstration told.

    Args:
        schema_version: of the JSON.
        demonstration: its name.
        created: when it was started, in UTC.
        settings: its Settings, with images settled.
        images_checked: how the images were checked.
        runs: what each run told, in the order they were done.
        guesses: what a learner expected before.

    A subclass narrows `demonstration`, `settings` and `runs`, sets `title`, and has `draw`, `tell`,
    `verdicts` and `table`; `numbers` where a class can compare some.
    """

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    # What a reader calls the demonstration; to be said.
    title: ClassVar[str]

    schema_version: Literal[1] = SCHEMA_VERSION
    demonstration: str
    created: datetime
    settings: DemonstrationSettings
    images_checked: str = ""
    runs: list[RunSeen] = []
    guesses: list[Guess] = []

    @model_validator(mode="after")
    def _runs_are_its_own(self) -> "Demonstrated":
        """Refuse, in a file that was edited, a run that these settings do not have."""
        for name in {run.name for run in self.runs} - {run.name for run in self.settings.runs()}:
            raise ValueError(say("{name!r} is no run of these settings", name=name))
        return self

    # What a subclass says

    def draw(self):
        """Draw the picture of what is known so far, as a matplotlib Figure.

        While it runs, this is called again and again, also before there is any piece.
        """
        raise NotImplementedError

    def tell(self) -> str:
        """Say in words what the picture shows."""
        raise NotImplementedError

    def verdicts(self) -> list[Card]:
        """Make its cards, the most telling first.

        The one that answers the panel's first question has the subject "first", and so on.
        """
        return []

    def table(self) -> Table | None:
        """Lay out what was measured, a few rows, or None."""
        return None

    def all_measurements(self) -> Table | None:
        """Lay out everything that was measured, or None where `table` is all."""
        return None

    def sentences(self) -> list[str]:
        """Say what it shows, and how sure that is."""
        return []

    def more_pictures(self) -> list[Picture | FoldedPicture]:
        """Give the pictures that come after the first."""
        return []

    def numbers(self) -> dict[str, float]:
        """Name what a class may compare, with its unit in the name, such as {"ms a step": 3.2}."""
        return {}

    def is_seen_in_picture(self, event: wire.Seen) -> bool:
        """Whether an event changes the picture; one that follows memory says so of MemorySeen.

        The first comes before any piece, so that a reader sees what will be filled.
        """
        return isinstance(event, wire.PieceMade | wire.MachineTold)

    # What all of them have

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return say(self.title)

    @property
    def machine(self) -> Machine | None:
        """Where it ran; None where it came to nothing."""
        return next((run.machine for run in self.runs if run.machine), None)

    @property
    def seconds(self) -> float:
        """How long its runs took."""
        return sum(run.seconds for run in self.runs)

    @property
    def pieces(self) -> list:
        """All pieces of all runs, in order."""
        return [piece for run in self.runs for piece in run.pieces]

    @property
    def has_results(self) -> bool:
        """Whether there is anything to show: a piece, or a run that did not end well."""
        return bool(self.pieces) or any(run.status == "over budget" for run in self.runs)

    def run_named(self, name: str) -> RunSeen | None:
        """Find a run; None where it never began."""
        return next((run for run in self.runs if run.name == name), None)

    @property
    def all_done(self) -> bool:
        """Whether every run ended as it should: done, or at the budget that it was given."""
        well = all(run.status in ("done", "over budget") for run in self.runs)
        return well and len(self.runs) == len(self.settings.runs())

    def rests_on(self) -> str:
        """Say what it rests on: images, machine, versions, settings that matter."""
        machine = self.machine
        phrases = [
            say("{kind} images", kind=say(NAME_OF_KIND[self.settings.images])),
            *(say("{library} {version}", library=library, version=machine.versions[library])
              for library in dict.fromkeys(run.library for run in self.runs)
              if machine and library in machine.versions),
            sentences.kind_of_machine(machine) if machine else "",
        ]  # fmt: skip
        return ", ".join(filter(None, phrases))

    def cards(self) -> list[Card]:
        """Make the cards: runs that did not end well, the verdicts, each with its guess."""
        ended = [
            Card("ended", f"{run.name}: {say(WORDS_FOR_STATUS[run.status])}",
                 run.problem.sentence if run.problem else "")
            for run in self.runs if run.status in ("failed", "stopped")
        ]  # fmt: skip
        return with_guesses([*ended, *self.verdicts()], self.guesses)

    def picture(self) -> Picture:
        """Make its first picture; what it rests on stands under it in the section."""
        return Picture(self.figure, self.tell())

    def told(self, recorded: "Demonstrated | None" = None) -> Report:
        """Make the report: cards, pictures, table, sentences.

        Args:
            recorded: what another machine recorded of the same demonstration; its picture stands
                below, or None.
        """
        if not self.has_results:
            return Report(closing=[say("Nothing was measured.")], cards=self.cards())
        pictures = [self.picture(), *self.more_pictures()]
        if recorded:
            beside = recorded.picture()
            pictures.append(Picture(beside.draw, beside.alt, beside.photograph,
                                    say("Recorded on another machine: {rests_on}.",
                                        rests_on=recorded.rests_on())))  # fmt: skip
        if self.guesses:
            from kfit_teach.front.figures import guesses  # here: it draws, so it loads matplotlib

            drawn = Picture(lambda: guesses.draw(self.guesses), guesses.tell(self.guesses))
            pictures.append(FoldedPicture(say("Guess and measurement, drawn"), drawn))
        table = self.table()
        said = "\n".join(self.sentences())
        sections = [Section(self.rests_on(), table or Table([], []), said, self.all_measurements())]
        return Report(pictures, sections, [self.closing()], self.cards())

    def closing(self) -> str:
        """Name the machine, the versions and the images."""
        images = say("Images: {checked}.", checked=self.images_checked)
        return f"{sentences.tell(self.machine)}\n{images}" if self.machine else images

    def figure(self):
        """Draw the picture, as a matplotlib Figure."""
        return self.draw()

    def alt_text(self) -> str:
        """Say in words what the picture shows."""
        return self.tell()

    @classmethod
    def load(cls, file: str | Path) -> "Demonstrated":
        """Read what `save` wrote.

        Raises:
            BadInput: the file is not there, or is none of this demonstration.
        """
        return read_saved(cls, file, say("a result of “{title}”", title=say(cls.title)))


def run_of(shown: Demonstrated, run: Run) -> RunSeen:
    """Begin to note what a run tells, with the class of runs that the demonstration has."""
    (run_class,) = type(shown).model_fields["runs"].annotation.__args__
    seen = run_class(name=run.name, library=run.library)
    shown.runs.append(seen)
    return seen


def note_piece(shown: Demonstrated, seen: RunSeen, told: dict[str, JsonValue]) -> None:
    """Add a piece that came over the wire.

    Raises:
        ValueError: it is none of this demonstration.
    """
    (piece_class,) = type(seen).model_fields["pieces"].annotation.__args__
    seen.pieces.append(piece_class.model_validate(told))
