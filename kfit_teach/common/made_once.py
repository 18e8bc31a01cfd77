"""What is made once, whole or not at all: a file or a folder, and a note of what it was made from.

It is written under another name and gets its own once it is whole, so a reader sees the old one or
the new one. That other name is always the same: what a killed process left is removed by the next.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


class MadeOnce:
    """A file or a folder; beside it a lock and a note, named like it unless `name` is given."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self._name = name or path.name

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self._name}.{ending}")

    def lock(self) -> FileLock:
        """Give the lock, to be held while the rest is used: others wait, so it is made once."""
        return FileLock(self._beside("lock"))

    def note(self) -> dict:
        """Read the note; empty where there is none that can be read."""
        try:
            note = json.loads(self._beside("json").read_text())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def write_note(self, note: dict) -> None:
        """Note what it was made from."""
        with written_whole(self._beside("json"), self._beside("json.unfinished")) as unfinished:
            unfinished.write_text(json.dumps(note, indent=1))

    def make(self, write: Callable[[Path], object], note: Callable[[], dict]) -> dict:
        """Make it by `write`, called with the path to write to; then note what `note()` gives."""
        with written_whole(self.path, self._beside("unfinished")) as unfinished:
            write(unfinished)
            self._beside("json").unlink(missing_ok=True)  # it must never stand beside a new one
            if self.path.is_dir():
                _remove(self.path)  # a folder does not replace one that holds files
        noted = note()
        self.write_note(noted)
        return noted


@contextmanager
def written_whole(path: Path, unfinished: Path) -> Iterator[Path]:
    """Give what is written as `unfinished` its own name at the end; after an error, remove it."""
    _remove(unfinished)  # what a process that was killed may have left
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        _remove(unfinished)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
