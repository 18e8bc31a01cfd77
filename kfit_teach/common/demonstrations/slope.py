"""slope: how does the memory of each way grow with the number of images, and where is the wall?"""

from itertools import pairwise
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from kfit_teach.common.demonstration import DemonstrationSettings, Run
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.ways import WAYS, WayName
from kfit_teach.common.words import say, to_say

FEWEST, MOST, MOST_IMAGES = 3, 8, 16_000
MOST_MIB = 1024  # of the largest array


class Settings(DemonstrationSettings):
    """How many images, and in which ways; each of them in a process of its own.

    >>> [run.name for run in Settings(sizes=(1000, 2000, 3000), ways=("array",)).runs()]
    ['fit(array) × 1000', 'fit(array) × 2000', 'fit(array) × 3000']
    """

    what: ClassVar[str] = to_say("measure how the need of memory grows with the number of images")

    # fmt: off
    sizes: tuple[int, ...] = setting(
        (1000, 2000, 3000, 4000), to_say("numbers of images"),
        to_say("how many images are trained on, from few to many"))
    ways: tuple[WayName, ...] = setting(
        ("array", "memory_map"), to_say("ways"), to_say("which ways into training"),
        min_length=1)
    # fmt: on

    @field_validator("sizes")
    @classmethod
    def _rise(cls, sizes):
        rise = all(fewer < more for fewer, more in pairwise(sizes))
        if (
            not FEWEST <= len(sizes) <= MOST
            or not rise
            or min(sizes) < 32
            or (max(sizes) > MOST_IMAGES)
        ):
            raise ValueError(say(
                "sizes is {sizes}, but it must be {fewest} to {most} whole numbers from 32 to "
                "{most_images}, each larger than the one before; the default is 1000 2000 3000 "
                "4000.", sizes=" ".join(map(str, sizes)), fewest=FEWEST, most=MOST,
                most_images=MOST_IMAGES))  # fmt: skip
        return sizes

    @model_validator(mode="after")
    def _is_no_danger(self) -> "Settings":
        """Refuse arrays that would bring down a small machine."""
        mib = self.sizes[-1] * self.kib_an_image / 1024
        if mib > MOST_MIB:
            raise ValueError(say(
                "{images} images of {size} px are an array of {mib:.0f} MiB, but it must be "
                "{most} MiB or less here; choose fewer images, or smaller ones.",
                images=self.sizes[-1], size=self.image_size, mib=mib, most=MOST_MIB))  # fmt: skip
        return self

    @property
    def number_of_images(self) -> int:
        """The most images of all; the stored ones are repeated."""
        return self.sizes[-1]

    @property
    def kib_an_image(self) -> float:
        """The size of one image as float32.

        >>> Settings().kib_an_image
        48.0
        """
        return self.image_size**2 * 3 * 4 * 1024 / MIB

    def runs(self) -> list[Run]:
        """List a run for each number of images in each way.

        In one process they would not do: what a training leaves behind serves the next one.
        """
        return [Run(f"{WAYS[way].call} × {images}", self.library)
                for way in self.ways for images in self.sizes]  # fmt: skip

    @staticmethod
    def asked_of(run: str) -> tuple[WayName, int]:
        """Name the way that a run takes, and its number of images.

        >>> Settings.asked_of("fit(memmap) × 2000")
        ('memory_map', 2000)
        """
        call, images = run.split(" × ")
        return next(name for name, way in WAYS.items() if call == way.call), int(images)


class Piece(BaseModel):
    """What a run needed.

    Args:
        images: how many it was given.
        needed_mib: the most that it held, in MiB more than at its base.
        free_mib: what other programs could still have had of this machine's memory at its base.
    """

    model_config = ConfigDict(extra="forbid")

    images: int
    needed_mib: float = Field(allow_inf_nan=False)
    free_mib: float = Field(allow_inf_nan=False)
