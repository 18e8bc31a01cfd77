"""Files that a user asks for: refused before anything is run, and written whole or not at all."""

import os
from pathlib import Path

from kfit_teach.common.problems import BadInput, nearest_name

FIGURE_SUFFIXES = (".png", ".svg", ".pdf")


def writable_path(file, suffixes=()):
    """Check that a file could be written, before anything is run.

    Args:
        file: path.
        suffixes: the endings allowed; any where empty.

    Returns:
        Path.

    Raises:
        BadInput: its folder is missing or closed, or its ending is not allowed.
    """
    path = Path(file).expanduser()
    if suffixes and path.suffix.lower() not in suffixes:
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
        raise BadInput(
            f"{path} {ending}, but what is written here is a file of another kind; "
            f"{nearest_name(path.suffix, suffixes)}"
        )
    folder = path.parent
    if not folder.is_dir():
        raise BadInput(f"The folder {folder} does not exist, so {path.name} cannot be written "
                       "there; make the folder, or name another.")  # fmt: skip
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise BadInput(f"{path} cannot be written; name a file in a folder that is yours.")
    return path


def write_file(path, content):
    """Write a file in one step: a reader sees the old one or the new one.

    Args:
        path: Path, from `writable_path`.
        content: bytes.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
