"""Files that a user asks for: refused before anything is run, and written whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from kfit_teach.common.made_once import written_whole
from kfit_teach.common.problems import BadInput, nearest_name, path_of
from kfit_teach.common.words import say

FIGURE_SUFFIXES = (".png", ".svg", ".pdf")


def writable_path(file: str | Path, suffixes: Sequence[str] = ()) -> Path:
    """Check that a file could be written, before anything is run.

    Raises:
        BadInput: its folder is missing or closed, or its ending is not among those given, if any.
    """
    path = path_of(file, "file")
    folder, suffix = path.parent, path.suffix
    if suffixes and suffix.lower() not in suffixes:
        way_out = nearest_name(suffix, suffixes)
        if suffix:
            raise BadInput(say(
                "{path} ends in {suffix!r}, but what is written here is a file of another kind; "
                "{way_out}", path=path, suffix=suffix, way_out=way_out))  # fmt: skip
        raise BadInput(say(
            "{path} has no ending, but what is written here is a file of another kind; {way_out}",
            path=path, way_out=way_out))  # fmt: skip
    if not folder.is_dir():
        raise BadInput(say(
            "The folder {folder} does not exist, so {file} cannot be written there; make the "
            "folder, or name another.", folder=folder, file=path.name))  # fmt: skip
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise BadInput(
            say("{path} cannot be written; name a file in a folder that is yours.", path=path)
        )
    return path


def write_file(path: Path, content: bytes) -> None:
    """Write a file, from `writable_path`, in one step: a reader sees the old one or the new one."""
    # The lock lies elsewhere, for it stays: nothing is to be left beside a user's own file.
    lock = FileLock(Path(tempfile.gettempdir()) / "kfit-teach-files.lock", mode=0o666)
    with lock, written_whole(path, path.with_name(f".{path.name}.unfinished")) as unfinished:
        unfinished.write_bytes(content)
