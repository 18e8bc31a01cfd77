"""Reads what `save` wrote, of one kind, or refuses it in a sentence."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kfit_teach.common.problems import BadInput, path_of
from kfit_teach.common.words import say

Saved = TypeVar("Saved", bound=BaseModel)


def read_saved(kind: type[Saved], file: str | Path, what: str) -> Saved:
    """Read a saved result of one kind.

    Args:
        kind: its class.
        file: that `save` wrote.
        what: the kind in words, such as "a comparison of schema version 2".

    Raises:
        BadInput: the file is not there, or holds something else.
    """
    try:
        return kind.model_validate_json(bytes_of(file))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or say("the file")
        raise BadInput(say(
            "{file} is not {what} ({place}: {error}); make it again with this version of "
            "kfit_teach.", file=file, what=what, place=place,
            error=first["msg"])) from None  # fmt: skip


def bytes_of(file: str | Path) -> bytes:
    """Read a file that a user named.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return path_of(file, "file").read_bytes()
    except OSError as error:
        raise BadInput(say(
            "{file} cannot be read ({error}); name a file that was saved before.",
            file=file, error=error.strerror)) from None  # fmt: skip
