"""What all demonstrations have in common: their settings, and the runs that they are made of."""

from dataclasses import dataclass
from typing import ClassVar

from kfit_teach.common.experiment import LibraryName
from kfit_teach.common.flowers.settings import ImageSettings, setting
from kfit_teach.common.words import to_say


@dataclass(frozen=True)
class Run:
    """One run of a demonstration, in a fresh process of its own.

    Args:
        name: of the run, unlike that of the others; stands beside its progress.
        library: "keras" or "tf_keras".
        memory_budget: bytes that it may hold over its base, or None.
    """

    name: str
    library: LibraryName
    memory_budget: int | None = None


class DemonstrationSettings(ImageSettings):
    """Settings of a demonstration; a subclass adds its own, each described by `setting`.

    >>> [run.name for run in DemonstrationSettings(library="tf_keras").runs()]
    ['tf_keras']
    """

    # What the demonstration shows, for the command line's help; to be said.
    what: ClassVar[str] = ""

    # fmt: off
    library: LibraryName = setting(
        "keras", to_say("library"), to_say("Keras 3 (keras) or Keras 2 (tf_keras)"))
    # fmt: on

    def runs(self) -> list[Run]:
        """List the runs, in the order they are done; a subclass may need several."""
        return [Run(self.library, self.library)]
