"""law: is a step as long as loader and training step together, or as the longer of the two?"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import to_say

Network = Literal["tiny", "small", "minivggnet"]


class Settings(DemonstrationSettings):
    """How long the loader and the step take.

    >>> Settings().loader_ms, Settings().step_ms
    (30, 20)
    """

    what: ClassVar[str] = to_say("lay a loader of known time beside a step of known time")

    # fmt: off
    image_size: int = setting(
        32, to_say("image size (px)"), to_say("side of the square images"), ge=16, le=256)
    loader_ms: int = setting(
        30, to_say("loader (ms a batch)"), to_say("how long the loader takes to make a batch"),
        ge=0, le=60)
    step_ms: int = setting(
        20, to_say("step (ms)"),
        to_say("how long a step takes, or longer if its network needs it: it waits for the rest, "
               "as for another device"),
        ge=0, le=60)
    loader_does: Literal["waits", "computes"] = setting(
        "waits", to_say("what the loader does"),
        to_say("it waits, as for a disk, or it computes in Python all the time"))
    network: Network = setting(
        "tiny", to_say("network"),
        to_say("tiny takes a millisecond or two a step; small and minivggnet take their own time"))
    steps: int = setting(
        10, to_say("steps a turn"), to_say("how many steps are clocked in each turn"), ge=4, le=50)
    rounds: int = setting(
        3, to_say("rounds"), to_say("how often each takes its turn"), ge=1, le=10)
    # fmt: on


Span = tuple[float, float]


class Piece(BaseModel):
    """One turn: the loader alone, a function on a batch that is ready, or the two together.

    Args:
        round: counted from 1.
        function: whose turn it is; None: the loader alone.
        with_loader: whether the function waited for the loader.
        ms: from one step (or batch) to the next, each.
        loader: when the loader was at work on each batch, as (start, end) in seconds.
        steps: when each step was at work; of turns with a loader, in the order of the batches.
    """

    model_config = ConfigDict(extra="forbid")

    round: int
    function: Literal["fit", "train_on_batch"] | None
    with_loader: bool
    ms: list[float]
    loader: list[Span] = []
    steps: list[Span] = []
