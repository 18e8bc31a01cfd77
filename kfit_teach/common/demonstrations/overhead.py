"""overhead: images a second over batch size, for a tiny and a larger network, called four ways."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import say, to_say

MOST_SIZES, LARGEST = 5, 128
STEPS_PER_EXECUTION = 8
Way = Literal["eager", "train_on_batch", "fit", "executions"]
NetworkOfWays = Literal["tiny", "small"]


class Settings(DemonstrationSettings):
    """Which batch sizes.

    >>> Settings().sizes
    (1, 8, 32)
    """

    what: ClassVar[str] = to_say("take images a second over batch size, called in several ways")

    # fmt: off
    sizes: tuple[int, ...] = setting(
        (1, 8, 32), to_say("batch sizes"), to_say("how many images a step is given"))
    # fmt: on

    @field_validator("sizes")
    @classmethod
    def _are_few_and_within_reach(cls, sizes):
        if not 1 <= len(sizes) <= MOST_SIZES or not all(1 <= size <= LARGEST for size in sizes):
            raise ValueError(say(
                "sizes is {sizes}, but it must be {most} whole numbers or fewer, each from 1 to "
                "{largest}; the default is 1 8 32.", sizes=" ".join(map(str, sizes)),
                most=MOST_SIZES, largest=LARGEST))  # fmt: skip
        return sizes


class Piece(BaseModel):
    """One network, called one way, with batches of one size."""

    model_config = ConfigDict(extra="forbid")

    network: NetworkOfWays
    way: Way
    size: int
    images_per_s: float
