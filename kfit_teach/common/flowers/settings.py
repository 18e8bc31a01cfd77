"""Which images an experiment trains on, as plain validated data.

Each setting says of itself what stands before its control in a panel (title), and what the
control's tooltip and the command line's help tell (description).
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from kfit_teach.common.fields import bounds_of
from kfit_teach.common.words import to_say

ImagesName = Literal["auto", "oxford", "synthetic"]
PartName = Literal["train", "val", "test", "train+val"]
OrderName = Literal["mixed", "sorted"]


def setting(default, title: str, description: str, **rules):
    """Describe a field: its default (... where it has none), its words (to be said), its bounds."""
    return Field(default, title=title, description=description, **rules)


class ImageSettings(BaseModel):
    """Which images, how large, which part of which official split, in which order.

    Images "auto" are the real ones where they are at hand. One permutation, drawn from the seed,
    mixes them.

    >>> ImageSettings(split=2).part
    'train'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    # fmt: off
    images: ImagesName = setting(
        "auto", to_say("images"),
        to_say("the real Flowers-17 (oxford) or the drawn stand-in (synthetic)"))
    image_size: int = setting(
        64, to_say("image size (px)"), to_say("side of the square images"), ge=16, le=256)
    split: int = setting(
        1, to_say("split"), to_say("which of the three official splits"), ge=1, le=3)
    part: PartName = setting(
        "train", to_say("part of the split"),
        to_say("train has 680 images, val and test have 340 each"))
    order: OrderName = setting(
        "mixed", to_say("order of the images"),
        to_say("mixed, or sorted by class as the files are"))
    # Half of what NumPy takes: ImageDataGenerator counts on from here with every batch.
    seed: int = setting(
        17, to_say("seed"),
        to_say("what the order and the first weights are drawn from"), ge=0, le=2**31 - 1)
    # fmt: on

    @field_validator("*", mode="before")
    @classmethod
    def _no_boolean_is_a_number(cls, value, asked: ValidationInfo):
        """Refuse True for a number; Python, and pydantic with it, would take it as 1."""
        if isinstance(value, bool) and bounds_of(cls.model_fields[asked.field_name]):
            raise PydanticCustomError("boolean_for_number", "a boolean is no number")
        return value
