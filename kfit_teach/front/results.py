"""Reads a saved result of whatever kind: a comparison, or what a demonstration told."""

import json
from pathlib import Path

from kfit_teach.front.comparison import Comparison
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.saved import bytes_of


def load_result(file: str | Path):
    """Read a saved result: a Comparison, or what a demonstration told.

    Raises:
        BadInput: the file is not there, or is neither.
    """
    try:
        told = json.loads(bytes_of(file))
    except ValueError:  # Comparison.load says what is wrong with it
        told = None
    name = told.get("demonstration") if isinstance(told, dict) else None
    return shown_as(name).load(file) if isinstance(name, str) else Comparison.load(file)
