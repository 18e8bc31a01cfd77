"""Reads what was saved, of whatever kind: a comparison, what a demonstration told, a record."""

import json
from pathlib import Path

from kfit_teach.front.comparison import Comparison
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.record import WHAT_A_RECORD_IS, Record
from kfit_teach.front.saved import bytes_of


def load_result(file: str | Path):
    """Read what was saved: a Comparison, what a demonstration told, or a learner's Record.

    Raises:
        BadInput: the file is not there, or is none of these.
    """
    try:
        told = json.loads(bytes_of(file))
    except ValueError:  # Comparison.load says what is wrong with it
        told = None
    told = told if isinstance(told, dict) else {}
    if told.get("what") == WHAT_A_RECORD_IS:
        return Record.load(file)
    name = told.get("demonstration")
    return shown_as(name).load(file) if isinstance(name, str) else Comparison.load(file)
