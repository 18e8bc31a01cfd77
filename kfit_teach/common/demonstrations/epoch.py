"""epoch: which batches does each epoch of one call of fit train, and what does that come to?"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES, PART_SIZES
from kfit_teach.common.flowers.settings import PartName, setting
from kfit_teach.common.words import say, to_say

SourceName = Literal[
    "flow", "arrays", "sequence", "finite_generator", "infinite_generator", "tf_data",
    "tf_data_repeat",
]  # fmt: skip
StepsName = Literal["none", "floor", "ceil"]
CallName = Literal["as written", "mended"]
ImageNumber = Annotated[int, Field(ge=1, le=NUMBER_OF_IMAGES)]
MOST_EPOCHS = 6
ENDLESS = ("infinite_generator", "tf_data_repeat")  # such a source knows no length
# An epoch that has trained so many times its images is taken for one without end.
TIMES_UNTIL_ENDLESS = 4


class Settings(DemonstrationSettings):
    """The call of fit that is looked at.

    >>> Settings().steps_per_epoch, Settings().mended().steps_per_epoch
    (31, None)
    """

    what: ClassVar[str] = to_say("see which images each epoch of one call of fit trains on")

    # fmt: off
    number_of_images: int = setting(
        1020, to_say("images at hand"), to_say("how many images the source holds"), ge=10, le=1020)
    batch_size: int = setting(
        32, to_say("batch size (images)"), to_say("how many images a batch holds"), ge=1, le=340)
    source: SourceName = setting(
        "flow", to_say("source"),
        to_say("what fit is given: ImageDataGenerator.flow, arrays, a PyDataset or Sequence, a "
               "generator that ends or one that never does, or a tf.data.Dataset"))
    steps: StepsName = setting(
        "floor", to_say("steps_per_epoch"),
        to_say("none, or images / batch size: floor rounds it down, ceil rounds it up"))
    epochs: int = setting(
        6, to_say("epochs"), to_say("how many epochs fit is asked for"), ge=1,
        le=MOST_EPOCHS)
    image_size: int = setting(
        32, to_say("image size (px)"), to_say("side of the square images"), ge=16, le=256)
    part: PartName = setting(
        "train+val", to_say("part of the split"),
        to_say("train has 680 images, val and test have 340 each"))
    # fmt: on

    @model_validator(mode="after")
    def _is_a_call_that_can_be_made(self) -> "Settings":
        if self.number_of_images > PART_SIZES[self.part]:
            raise ValueError(say(
                "number_of_images is {number}, but the part {part!r} has {all}; choose fewer "
                "images or the part train+val.", number=self.number_of_images, part=self.part,
                all=PART_SIZES[self.part]))  # fmt: skip
        if self.steps_per_epoch == 0:
            raise ValueError(say(
                "{number} // {batch_size} is 0 steps, but an epoch needs 1 or more; choose smaller "
                "batches, or steps ceil or none.", number=self.number_of_images,
                batch_size=self.batch_size))  # fmt: skip
        return self

    @property
    def batches_of_all(self) -> int:
        """How many batches hold every image once, a smaller last one among them."""
        return -(-self.number_of_images // self.batch_size)

    @property
    def steps_per_epoch(self) -> int | None:
        """What fit is told."""
        floor = self.number_of_images // self.batch_size
        return {"none": None, "floor": floor, "ceil": self.batches_of_all}[self.steps]

    def mended(self) -> "Settings":
        """Give the call by which each epoch trains on every image once.

        >>> Settings(source="finite_generator").mended().source
        'infinite_generator'
        """
        if self.source in (*ENDLESS, "finite_generator"):
            source = "infinite_generator" if self.source == "finite_generator" else self.source
            return self.model_copy(update={"source": source, "steps": "ceil"})
        return self.model_copy(update={"steps": "none"})

    def calls(self) -> dict[CallName, "Settings"]:
        """List the calls that are made: this one, and its mended one where that is another."""
        mended = self.mended()
        return {"as written": self} | ({} if mended == self else {"mended": mended})


class Piece(BaseModel):
    """What is told at the beginning of an epoch, after each of its batches, and after a call.

    Args:
        call: which of the two it is of.
        epoch: from 1; 0 once the call has ended.
        images: the numbers of those that the batch held; none at the beginning of an epoch.
        endless: at a call's end, whether its last epoch was taken for one without end.
        named_rightly: at a call's end, how many test images the network names rightly.
        library_said: at a call's end, what the library warned of.
    """

    model_config = ConfigDict(extra="forbid")

    call: CallName
    epoch: int = Field(0, ge=0, le=MOST_EPOCHS)
    images: list[ImageNumber] = []
    endless: bool = False
    named_rightly: int | None = Field(None, ge=0, le=PART_SIZES["test"])
    library_said: list[str] = []

    @model_validator(mode="after")
    def _is_of_an_epoch_or_an_end(self) -> "Piece":
        if not self.epoch and self.named_rightly is None:
            raise ValueError(say("a piece is of an epoch, or it says how many test images the "
                                 "network names rightly"))  # fmt: skip
        return self
