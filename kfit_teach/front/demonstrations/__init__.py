"""How demonstrations are shown: one module each, whose SHOWN is its class of Demonstrated."""

from importlib import import_module

from kfit_teach.common import demonstrations


def shown_as(name: str) -> type:
    """Find the class that a demonstration's results are of.

    Raises:
        BadInput: there is no such demonstration.
    """
    demonstrations.demonstration(name)
    return import_module(f"kfit_teach.front.demonstrations.{name}").SHOWN
