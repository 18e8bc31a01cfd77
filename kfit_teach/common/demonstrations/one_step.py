"""one_step: where does one training step lead, and how long is it?

Each optimizer takes its first step from the same weights on the same batch: with the learning rate,
with twice the rate, and with the loss multiplied by 100, which makes it 100 times as steep. Then
the loss is taken along the line that the step went along.
"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.experiment import LossName
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import say, say_counted, to_say

OptimizerOfStep = Literal["sgd", "adam"]
OPTIMIZERS: tuple[OptimizerOfStep, ...] = ("sgd", "adam")
STEEPER = 100  # what the loss is multiplied by
TWICE = 2  # what the learning rate is multiplied by
POINTS_OF_A_LINE = 40
SHORTEST, LONGEST = 0.002, 20.0  # lengths of the lines, unless a step is shorter or longer


class Settings(DemonstrationSettings):
    """What the step is taken with.

    >>> Settings(batch_size=1).chosen
    1
    """

    what: ClassVar[str] = to_say("take one training step with SGD and with Adam, and measure it")

    # fmt: off
    learning_rate: float = setting(
        0.01, to_say("learning rate"),
        to_say("what each optimizer multiplies its step by"), ge=0.0001, le=10.0)
    batch_size: int = setting(
        32, to_say("batch size (images)"),
        to_say("how many images the step is taken on"), ge=1, le=64)
    loss: LossName = setting(
        "categorical_crossentropy", to_say("loss"), to_say("what is made small"))
    chosen: int = setting(
        1, to_say("chosen image"),
        to_say("whose probabilities are shown, counted from 1 in the batch"), ge=1, le=64)
    weight: float = setting(
        1.0, to_say("weight of the chosen image"),
        to_say("how much it counts; every other image counts 1"), ge=0.0, le=1000.0)
    # fmt: on

    @model_validator(mode="after")
    def _chosen_is_in_the_batch(self):
        if self.chosen > self.batch_size:
            images = say_counted("{number} image", "{number} images", self.batch_size)
            raise ValueError(say(
                "chosen is {chosen}, but the batch has only {images}; choose one from 1 to {most}.",
                chosen=self.chosen, images=images, most=self.batch_size))  # fmt: skip
        return self


class Before(BaseModel):
    """The batch, and the network before the step.

    Args:
        images: their numbers, from 1 to 1360, as in the manifest.
        loss: of the batch; None where it is no finite number.
        probabilities: 17, of the chosen image.
    """

    model_config = ConfigDict(extra="forbid")

    images: list[int]
    loss: float | None
    probabilities: list[float]


class Landing(BaseModel):
    """Where one step led.

    Args:
        optimizer: that took it.
        rate_times: 1 for the learning rate, 2 for twice.
        loss_times: 1, or 100 where the loss was multiplied.
        size: length of the update, the Euclidean norm over all weights.
        loss: of the batch after it, not multiplied; None where it is no finite number.
        probabilities: 17, of the chosen image after it.
    """

    model_config = ConfigDict(extra="forbid")

    optimizer: OptimizerOfStep
    rate_times: int
    loss_times: int
    size: float
    loss: float | None
    probabilities: list[float]


class Point(BaseModel):
    """The loss somewhere on the line along which an optimizer's step went.

    Args:
        optimizer: whose line.
        size: how far from the weights before the step, as `Landing.size`.
        loss: of the batch there; None where it is no finite number.
    """

    model_config = ConfigDict(extra="forbid")

    optimizer: OptimizerOfStep
    size: float
    loss: float | None


class Piece(BaseModel):
    """One thing that is told: exactly one of the three."""

    model_config = ConfigDict(extra="forbid")

    before: Before | None = None
    landing: Landing | None = None
    point: Point | None = None
