"""Recorded results: what each lesson's panel gave on a reference machine, as numbers only.

They are for readers without a kernel and for a class whose machines have failed. `make recorded`
makes them again.
"""

from pathlib import Path

from kfit_teach.common.flowers.manifest import project_folder
from kfit_teach.front.results import load_result


def recorded_file(name: str) -> Path:
    """Say where the recorded result of that name lies."""
    return project_folder("data") / "recorded" / f"{name}.json"


def load_recorded(name: str):
    """Read a recorded result: a Comparison, or what a demonstration told.

    >>> load_recorded("three_doors").same_weights("keras").answer
    'yes'
    """
    return load_result(recorded_file(name))


def recorded_or_none(name: str):
    """Read a recorded result where there is one; none is there before the first `make recorded`."""
    return load_recorded(name) if recorded_file(name).exists() else None
