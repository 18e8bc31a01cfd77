"""The wire between the front and a worker: the tasks that go over, the events that come back.

Each is one line of JSON. Whatever does not fit what is written here is refused on the side that
reads it; a worker builds its results from these classes, so that a drift fails there.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from kfit_teach.common.endings import BudgetKeeper, Phase, Raised
from kfit_teach.common.experiment import Experiment, LibraryName
from kfit_teach.common.result import Machine, Result


class _Strict(BaseModel):
    # Losses can be no numbers, for which JSON has no name.
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")


# Tasks, and how one is handed over


class Train(_Strict):
    """Run one experiment, and write its weights into the file where one is named."""

    name: Literal["train"] = "train"
    experiment: Experiment
    store: Path
    weights_file: Path | None = None


class TrainInTurns(_Strict):
    """Train whenever a line of standard input asks for it, so many times."""

    name: Literal["train in turns"] = "train in turns"
    experiment: Experiment
    store: Path
    turns: int


class ImportLibrary(_Strict):
    """Import one library, and tell how long that took."""

    name: Literal["import"] = "import"
    library: LibraryName


class Wait(_Strict):
    """Import one library, then wait for a task."""

    name: Literal["wait"] = "wait"
    library: LibraryName


class Judge(_Strict):
    """Judge a learner's answer to an exercise, which stands in the file `source`."""

    name: Literal["judge"] = "judge"
    exercise: str
    library: LibraryName
    source: Path
    memory_budget: int


class Demonstrate(_Strict):
    """Do one run of a demonstration (kfit_teach.common.demonstrations), and tell it in pieces.

    Args:
        demonstration: its name, that of its module.
        settings: its Settings, as JSON, images settled.
        run: which of its runs.
        memory_budget: bytes that the run may hold over its base, or None.
    """

    name: Literal["demonstrate"] = "demonstrate"
    demonstration: str
    settings: dict[str, JsonValue]
    run: str
    library: LibraryName
    store: Path
    memory_budget: int | None = None


Task = Annotated[
    Train | TrainInTurns | ImportLibrary | Wait | Judge | Demonstrate, Field(discriminator="name")
]


class Order(_Strict):
    """A task as it is handed over: by which process, and when its clock started (monotonic)."""

    task: Task
    parent: int
    started_s: float


# What tasks come to


class LibraryImported(_Strict):
    """How long an import took, and on what machine."""

    import_s: float
    machine: Machine


class Judged(_Strict):
    """What a judge says of an answer; the details, such as a traceback, may be empty."""

    passed: bool
    sentence: str
    details: str = ""


# Events


class PhaseBegan(_Strict):
    """A phase of the run began, so many seconds after the task's clock started."""

    event: Literal["phase"] = "phase"
    phase: Phase
    at_s: float


class BaseSettled(_Strict):
    """What is resident, in MiB, before any data; from here on memory counts.

    Args:
        mark_mib: where the kernel's high-water mark stood then.
        machine: of a training run, which may be stopped before it comes to a result.
    """

    event: Literal["base"] = "base"
    base_mib: float
    mark_mib: float
    machine: Machine | None = None


class Progress(_Strict):
    """A batch has ended; both are counted from 1."""

    event: Literal["progress"] = "progress"
    epoch: int
    batch: int


class EpochEnded(_Strict):
    """An epoch of the call has ended; this is what it measured.

    Args:
        epoch: counted from 1.
        images: how many it trained on, repeats included.
        wall_s: from the call to its end.
        cpu_s: processor time of all threads from the call to its end.
        batch_ends_s: when its batches ended, counted from the call.
        losses: of its batches.
        peak_mib: where the kernel's high-water mark stood at its end.
    """

    event: Literal["epoch"] = "epoch"
    epoch: int
    images: int
    wall_s: float
    cpu_s: float
    batch_ends_s: list[float]
    losses: list[float]
    peak_mib: float


class Ready(_Strict):
    """The worker waits: for its task, or for its turn."""

    event: Literal["ready"] = "ready"


class TurnTaken(_Strict):
    """The figures of one turn, as kfit_teach.common.result.Turn explains them."""

    event: Literal["turn"] = "turn"
    images: int
    wall_s: float
    cpu_s: float
    pauses_s: float
    contention: float | None
    ceiling_images_per_s: float


class MachineTold(_Strict):
    """On what machine, with what versions, a demonstration runs."""

    event: Literal["machine"] = "machine"
    machine: Machine


class PieceMade(_Strict):
    """A piece of a demonstration is there: the demonstration's own Piece, as JSON."""

    event: Literal["piece"] = "piece"
    piece: dict[str, JsonValue]


# The line on standard input that a worker waits for before its clock runs.
GO = "go"


class ClockRuns(_Strict):
    """A clock is to run, so nothing may be drawn or sent, and GO is waited for; or it has ended."""

    event: Literal["clock"] = "clock"
    runs: bool


class Finished(_Strict):
    """The task is done; what it came to, where it comes to anything."""

    event: Literal["result"] = "result"
    result: Result | LibraryImported | Judged | None


class Failed(_Strict):
    """The task raised an error.

    Args:
        problem: what was raised.
        refused: "MemoryError" or "library error" where memory was refused, else None.
        resident_mib: what was resident then.
    """

    event: Literal["failed"] = "failed"
    problem: Raised
    refused: BudgetKeeper | None
    resident_mib: float


Event = Annotated[
    PhaseBegan
    | BaseSettled
    | Progress
    | EpochEnded
    | Ready
    | TurnTaken
    | MachineTold
    | PieceMade
    | ClockRuns
    | Finished
    | Failed,
    Field(discriminator="event"),
]


# What the front itself adds for those who watch; never on the wire


class MemorySeen(_Strict):
    """A look at the worker's memory from outside."""

    at_s: float
    mib: float


class LaneEnded(_Strict):
    """A lane is over."""

    result: Result


Seen = Event | MemorySeen

_EVENT = TypeAdapter(Event)


def write_line(message: BaseModel) -> str:
    """Write an order or an event as one line.

    >>> write_line(Progress(epoch=1, batch=2))
    '{"event":"progress","epoch":1,"batch":2}\\n'
    """
    return message.model_dump_json() + "\n"


def read_event(line: str) -> Event:
    """Read an event.

    Raises:
        ValueError: the line is none.
    """
    return _EVENT.validate_json(line)


def read_order(line: str) -> Order:
    """Read an order.

    Raises:
        ValueError: the line is none.
    """
    return Order.model_validate_json(line)
