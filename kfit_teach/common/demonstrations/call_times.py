"""call_times: what does a call of train_on_batch cost whose batch has a size that is new?"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, field_validator

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import say, to_say

MOST_CALLS, LARGEST = 40, 680


class Settings(DemonstrationSettings):
    """What the calls are.

    >>> Settings().sizes
    (32, 20, 7, 32, 20)
    """

    what: ClassVar[str] = to_say("time calls of train_on_batch with batches of several sizes")

    # fmt: off
    sizes: tuple[int, ...] = setting(
        (32, 20, 7, 32, 20), to_say("batch sizes"),
        to_say("how many images each call is given, one after the other"))
    # fmt: on

    @field_validator("sizes")
    @classmethod
    def _are_few_and_within_reach(cls, sizes):
        if not 1 <= len(sizes) <= MOST_CALLS or not all(1 <= size <= LARGEST for size in sizes):
            raise ValueError(say(
                "sizes is {sizes}, but it must be {most} whole numbers or fewer, each from 1 to "
                "{largest}; the default is 32 20 7 32 20.", sizes=" ".join(map(str, sizes)),
                most=MOST_CALLS, largest=LARGEST))  # fmt: skip
        return sizes


class Piece(BaseModel):
    """One call.

    Args:
        images: how many its batch held.
        ms: how long it took.
        traced: whether the library wrote the step anew as a graph during it, which it does for
            the first size, and for the second; then its graph takes any size (reduce_retracing).
    """

    model_config = ConfigDict(extra="forbid")

    images: int
    ms: float
    traced: bool
