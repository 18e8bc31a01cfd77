"""How a run ended that did not end well: records of a kind, and the one place that says them."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field, computed_field

from kfit_teach.common.words import say, to_say

Phase = Literal[
    "start", "import", "build", "data", "first batch", "first epoch", "return", "evaluate",
    "ceiling",
]  # fmt: skip
BudgetKeeper = Literal["watch", "MemoryError", "library error", "signal"]


class BudgetEnd(BaseModel):
    """How a memory budget ended a run.

    Args:
        ended_by: "watch" (the parent, by resident memory), or how the system's limit showed:
            "MemoryError" (Python was refused memory), "library error" (TensorFlow was), "signal"
            (the library crashed).
        at_mib: resident over the compiled base, in MiB, when it was last seen.
        phase: which phase of the run it was.
    """

    ended_by: BudgetKeeper
    at_mib: float
    phase: Phase


class _Ending(BaseModel):
    """What every ending has: its sentence, and the traceback or the log where there is one."""

    message: ClassVar[str]
    traceback: str = ""

    @computed_field
    @property
    def sentence(self) -> str:
        """Say it; files keep the sentence too, for readers that know nothing of kinds."""
        return say(self.message, **dict(self))


class Stopped(_Ending):
    """Somebody stopped it."""

    message = to_say("It was stopped.")
    kind: Literal["stopped"] = "stopped"


class Raised(_Ending):
    """The worker raised an error: its class, and the first telling line of its text."""

    message = to_say("{error}: {text}")
    kind: Literal["raised"] = "raised"
    error: str
    text: str


class Signalled(_Ending):
    """A signal ended the worker."""

    message = to_say("The worker was ended by the signal {signal}.")
    kind: Literal["signal"] = "signal"
    signal: str


class Exited(_Ending):
    """The worker ended by itself, and told nothing; on Windows, where it crashed, too."""

    kind: Literal["exit code"] = "exit code"
    code: int

    @property
    def message(self) -> str:
        """Find the message for the code."""
        return _EXITED if self.code < _LOWEST_STATUS_OF_A_CRASH else _CRASHED


_LOWEST_STATUS_OF_A_CRASH = 0xC0000000  # NTSTATUS, severity "error"
_EXITED = to_say("The worker ended with exit code {code}.")
_CRASHED = to_say("The worker crashed (Windows status {code:#x}).")


class NoEvent(_Ending):
    """The worker sent a line that is no event, which begins like this."""

    message = to_say("The worker sent a line that is no event, so it was ended: {line!r}")
    kind: Literal["no event"] = "no event"
    line: str


class OverBudget(_Ending):
    """Its memory budget ended it; `cause` is what was seen of the worker itself."""

    kind: Literal["over budget"] = "over budget"
    budget_mib: float
    end: BudgetEnd
    cause: "Problem"

    @property
    def message(self) -> str:
        """Find the message for what ended it."""
        return _OVER_BUDGET[self.end.ended_by]


_OVER_BUDGET: dict[BudgetKeeper, str] = {
    "watch": to_say(
        "Over the budget of {budget_mib:.0f} MiB: the watch ended the worker "
        "at {end.at_mib:.0f} MiB more than before training, in "
        "the phase {end.phase!r}."
    ),
    "MemoryError": to_say(
        "Over the budget of {budget_mib:.0f} MiB: the system refused more memory (MemoryError) "
        "at {end.at_mib:.0f} MiB more than before training, in "
        "the phase {end.phase!r}."
    ),
    "library error": to_say(
        "Over the budget of {budget_mib:.0f} MiB: the library failed under the system's limit "
        "({cause.sentence}) at {end.at_mib:.0f} MiB more than before training, in "
        "the phase {end.phase!r}."
    ),
    "signal": to_say(
        "Over the budget of {budget_mib:.0f} MiB: the worker crashed under the system's limit "
        "({cause.sentence}) at {end.at_mib:.0f} MiB more than before training, in "
        "the phase {end.phase!r}."
    ),
}


class Told(BaseModel):
    """What a file of an earlier version tells: a sentence whose kind is not known."""

    kind: Literal["told"] = "told"
    sentence: str
    traceback: str = ""


def _with_kind(problem: Any) -> Any:
    return {"kind": "told"} | problem if isinstance(problem, dict) else problem


Problem = Annotated[
    Stopped | Raised | Signalled | Exited | NoEvent | OverBudget | Told,
    Field(discriminator="kind"),
    BeforeValidator(_with_kind),
]
OverBudget.model_rebuild()
