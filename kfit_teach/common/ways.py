"""The ways into training whose memory is looked at: what is called, and what it is given."""

from dataclasses import dataclass
from typing import Literal

from kfit_teach.common.loaders import LoaderName, TrainingFunction
from kfit_teach.common.words import to_say

BATCH_SIZE = 32


@dataclass(frozen=True)
class Way:
    """One way.

    Args:
        function: the training function.
        given: what that is given, as one would call it in code.
        loader: the loader whose line style it has.
        holds: what of the images lies in memory because the learner put it there, if anything:
            "array" (of the type that the settings name) or "uint8".
        what: it is, to be said.
    """

    function: TrainingFunction
    given: str
    loader: LoaderName
    holds: Literal["array", "uint8", ""]
    what: str

    @property
    def call(self) -> str:
        """Name it by its call."""
        return f"{self.function}({self.given})"


WAYS = {
    "array": Way("fit", "array", "arrays", "array", to_say("all images as one array")),
    "tf_data": Way("fit", "from_tensor_slices", "tf_data", "array",
                   to_say("tf.data.Dataset.from_tensor_slices of that array")),
    "uint8": Way("fit", "uint8 array", "uint8_arrays", "uint8",
                 to_say("all images as one array of uint8; the network scales them")),
    "slices": Way("train_on_batch", "slices", "arrays", "array",
                  to_say("slices of that array, batch by batch")),
    "generator": Way("fit", "generator", "generator", "",
                     to_say("a generator that reads each batch from disk and scales it")),
    "memory_map": Way("fit", "memmap", "memory_map", "",
                      to_say("a PyDataset (tf_keras: Sequence) that cuts each batch out of a "
                             "float32 file, mapped by np.memmap")),
}  # fmt: skip
WayName = Literal[tuple(WAYS)]
