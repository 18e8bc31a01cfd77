"""The figures of a comparison, by kind; each is a module of this folder with that name.

`draw` makes a matplotlib Figure and touches nothing else, `tell` says the same in words. To add a
figure, write its module and name it here: the command line, `Comparison` and the tests find it.
(Other pictures stand beside: live, runs, first_batches, projected, guesses, growth, gathering,
contact_sheet.) Letters are large, for a projector, and nothing is told by colour alone.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from kfit_teach.common.words import to_say


@dataclass(frozen=True)
class FigureKind:
    """One kind of figure."""

    kind: str  # its name, which is its module's
    help: str  # what the command line says of it, to be said
    one_a_library: bool = True  # or else `draw` and `tell` take the Rankings of all libraries

    @property
    def module(self) -> ModuleType:
        """Its module, imported only now, since matplotlib takes its time."""
        return import_module(f"{__name__}.{self.kind}")


_KINDS = (
    FigureKind("comparison", to_say("save the figure: .png, .svg or .pdf"), one_a_library=False),
    FigureKind("timeline", to_say("save when each batch ended, one file a library")),
    FigureKind("coverage", to_say("save which images were seen, one file a library")),
    FigureKind("weights", to_say("save how far weights differ, one file a library")),
    FigureKind("accuracy", to_say("save the accuracies on the test part, one file a library")),
)
FIGURES = {figure.kind: figure for figure in _KINDS}
