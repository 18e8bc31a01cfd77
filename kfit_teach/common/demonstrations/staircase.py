"""staircase: images a second from the tutorial's text file up to the bare step."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.demonstrations.law import Network
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import to_say

# From the slowest that people write to what no loader can pass; to be said.
STAIRS = {
    "csv_tutorial": to_say("text file,\nvalue by value\n(the tutorial)"),
    "tf_data_csv": to_say("text file,\nby tf.data"),
    "csv": to_say("text file,\na line\nin one go"),
    "tf_data_cached": to_say("by tf.data,\nthen kept\n(cache)"),
    "memory_map": to_say("memory map\nof float32"),
    "arrays": to_say("arrays\nin memory"),
    "ceiling": to_say("the bare step,\nno loader\n(ceiling)"),
}
Stair = Literal[tuple(STAIRS)]


class Settings(DemonstrationSettings):
    """What is trained, and how often each takes its turn.

    >>> Settings().rounds
    4
    """

    what: ClassVar[str] = to_say("train from a text file, a memory map and more, in turns")

    # fmt: off
    network: Network = setting(
        "tiny", to_say("network"),
        to_say("tiny: one dense layer, a step is nearly nothing; small and minivggnet take time"))
    number_of_images: int = setting(
        320, to_say("images"), to_say("how many the files hold"), ge=96, le=680)
    batch_size: int = setting(
        32, to_say("batch size"), to_say("how many images a step is given"), ge=8, le=64)
    rounds: int = setting(
        4, to_say("rounds"), to_say("how often each takes its turn"), ge=2, le=12)
    # fmt: on


class Piece(BaseModel):
    """One turn of one stair.

    Args:
        round: counted from 1.
        stair: which.
        images_per_s: trained, from the third batch on; pauses between epochs are left out.
    """

    model_config = ConfigDict(extra="forbid")

    round: int
    stair: Stair
    images_per_s: float
