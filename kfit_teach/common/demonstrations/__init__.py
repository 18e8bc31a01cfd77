"""Demonstrations: a lesson's experiments that are no comparison of lanes. One module each.

A module says what its demonstration can be asked (Settings) and what it tells, piece by piece
(Piece). What it does stands in worker/demonstrating, how it is shown in front/demonstrations, each
in a module of the same name.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.words import say


def names() -> list[str]:
    """List the demonstrations."""
    return sorted(module.name for module in iter_modules([str(Path(__file__).parent)]))


def demonstration(name: str) -> ModuleType:
    """Find a demonstration's module, which has its Settings and its Piece.

    Raises:
        BadInput: there is none of that name.
    """
    if name not in names():
        near = nearest_name(name, names())
        raise BadInput(say("There is no demonstration {name!r}; {near}", name=name, near=near))
    return import_module(f"kfit_teach.common.demonstrations.{name}")
