"""wall: what does each way into training hold in memory, and which ones meet a budget's wall?"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kfit_teach.common.demonstration import DemonstrationSettings, Run
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.ways import WAYS, WayName
from kfit_teach.common.words import say, to_say

BYTES_OF = {"uint8": 1, "float32": 4, "float64": 8}
MOST_MIB = 1024  # of the array; fit comes to hold it three times, and more


class Settings(DemonstrationSettings):
    """Which images, in which ways, under which budget.

    With a budget, `fit(array)` runs once more without, so that one sees how far it would have gone.

    >>> [run.name for run in Settings(ways=("array", "uint8"), budget_mib=0).runs()]
    ['fit(array)', 'fit(uint8 array)']
    >>> [run.name for run in Settings(ways=("array",), budget_mib=400).runs()]
    ['fit(array)', 'fit(array) ≤ 400 MiB']
    """

    what: ClassVar[str] = to_say("follow the memory of several ways into training, up to a budget")

    # fmt: off
    number_of_images: int = setting(
        4000, to_say("images"), to_say("how many images; the stored ones are repeated"),
        ge=100, le=16_000)
    dtype: Literal["float32", "float64"] = setting(
        "float32", to_say("type of your array"), to_say("what each number of your array is"))
    budget_mib: int = setting(
        400, to_say("memory budget (MiB)"),
        to_say("how much each way may need beyond what it held before; 0 for no budget"),
        ge=0, le=8192)
    epochs: int = setting(
        1, to_say("epochs"), to_say("how often every image is trained on"), ge=1, le=5)
    ways: tuple[WayName, ...] = setting(
        ("array", "tf_data", "uint8", "slices", "memory_map"), to_say("ways"),
        to_say("which ways into training"), min_length=1)
    # fmt: on

    @model_validator(mode="after")
    def _is_no_danger(self) -> "Settings":
        """Refuse arrays that would bring down a small machine."""
        if self.mib_of("array") > MOST_MIB:
            raise ValueError(say(
                "{images} images of {size} px are an array of {mib:.0f} MiB, but it must be "
                "{most} MiB or less here; choose fewer images, or smaller ones.",
                images=self.number_of_images, size=self.image_size, mib=self.mib_of("array"),
                most=MOST_MIB))  # fmt: skip
        return self

    def mib_of(self, held: Literal["array", "uint8", ""]) -> float:
        """Say how large the array is that a way holds, in MiB; 0 where it holds none.

        >>> Settings(number_of_images=4096).mib_of("array")
        192.0
        """
        each = self.image_size**2 * 3
        kind = self.dtype if held == "array" else held
        return self.number_of_images * each * BYTES_OF[kind] / MIB if held else 0.0

    def runs(self) -> list[Run]:
        """List a run a way; with a budget, `fit(array)` comes first, without it."""
        calls = [WAYS[way].call for way in self.ways]
        if not self.budget_mib:
            return [Run(call, self.library) for call in calls]
        free = [Run(WAYS["array"].call, self.library)] if "array" in self.ways else []
        return free + [Run(f"{call} ≤ {self.budget_mib} MiB", self.library, self.budget_mib * MIB)
                       for call in calls]  # fmt: skip

    @staticmethod
    def way_of(run: str) -> WayName:
        """Name the way that a run takes.

        >>> Settings.way_of("fit(uint8 array) ≤ 400 MiB")
        'uint8'
        """
        return next(name for name, way in WAYS.items() if run.split(" ≤ ")[0] == way.call)


class Piece(BaseModel):
    """A moment of a run.

    Args:
        moment: "base" (the network is compiled, nothing else is there), "data" (what the training
            function is given is there), "step" (the first batch was trained on) or "end".
        at_s: on the clock of the run's curve of memory.
        peak_mib: the most that it held until then, in MiB more than at its base.
        counted: since when that is.
    """

    model_config = ConfigDict(extra="forbid")

    moment: Literal["base", "data", "step", "end"]
    at_s: float
    peak_mib: float = Field(allow_inf_nan=False)
    counted: Literal["since the base", "since the start"] = "since the base"
