"""Which images an experiment trains on, as plain validated data."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ImagesName = Literal["auto", "oxford", "synthetic"]
PartName = Literal["train", "val", "test", "train+val"]
OrderName = Literal["mixed", "sorted"]


class ImageSettings(BaseModel):
    """Which images, how large, which part of which official split, in which order.

    Args:
        images: "oxford" (the real Flowers-17), "synthetic" (the stand-in) or "auto": the real
            ones where they are at hand.
        image_size: side of the square images, in pixels, from 16 to 256.
        split: which of the three official splits, 1, 2 or 3.
        part: "train" (680 images), "val" (340), "test" (340) or "train+val" (1020).
        order: "mixed" (one permutation drawn from the seed) or "sorted" (by class, as stored).
        seed: what the order and the initial weights are drawn from.

    >>> ImageSettings(split=2).part
    'train'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    images: ImagesName = "auto"
    image_size: Annotated[int, Field(ge=16, le=256)] = 64
    split: Annotated[int, Field(ge=1, le=3)] = 1
    part: PartName = "train"
    order: OrderName = "mixed"
    # Half of what NumPy takes: ImageDataGenerator counts on from here with every batch.
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 17
