"""call_costs: a step within fit, a call of train_on_batch, a call of fit for each batch."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.demonstration import DemonstrationSettings, Run
from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.flowers.settings import setting
from kfit_teach.common.words import to_say

Way = Literal["fit", "train_on_batch", "fit_per_batch"]


class Settings(DemonstrationSettings):
    """Which libraries.

    >>> [run.name for run in Settings().runs()]
    ['keras', 'tf_keras']
    """

    what: ClassVar[str] = to_say("clock a call of each training function on one small batch")

    # fmt: off
    image_size: int = setting(
        32, to_say("image size (px)"), to_say("side of the square images"), ge=16, le=256)
    library: Literal["keras", "tf_keras", "both"] = setting(
        "both", to_say("library"), to_say("Keras 3 (keras), Keras 2 (tf_keras), or one after the "
                                          "other"))
    rounds: int = setting(
        2, to_say("rounds"), to_say("how often each takes its turn"), ge=1, le=10)
    # fmt: on

    def runs(self) -> list[Run]:
        """List a run a library."""
        chosen = LIBRARIES if self.library == "both" else (self.library,)
        return [Run(name, name) for name in chosen]


class Piece(BaseModel):
    """One turn of one way: the median of its calls, in ms."""

    model_config = ConfigDict(extra="forbid")

    way: Way
    round: int
    ms: float
