"""One lock for the whole machine, so that two measured runs cannot spoil each other."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from kfit_teach.common.words import say

SECONDS_BETWEEN_LOOKS = 0.1
LOCK_NAME = "kfit-teach-measuring.lock"


@contextlib.contextmanager
def the_machine_alone(
    tell: Callable[[str], None], folder: Path | None = None, stop: threading.Event | None = None
) -> Iterator[bool]:
    """Wait for the lock of measured runs, and hold it; yield whether it is held.

    Args:
        tell: called with a sentence where another measured run has to be waited for.
        folder: where the lock lies; a folder that all users share unless given.
        stop: ends the waiting; then the lock is not held.
    """
    lock, told = _lock(folder), False
    while not lock.is_locked and not (stop and stop.is_set()):
        try:
            lock.acquire(timeout=SECONDS_BETWEEN_LOOKS)
        except Timeout:
            if not told:
                tell(say("Another measured run is on; this one waits for its end."))
                told = True
    try:
        yield lock.is_locked
    finally:
        lock.release()


@contextlib.contextmanager
def the_machine_if_free(folder: Path | None = None) -> Iterator[bool]:
    """Hold the lock of measured runs where nobody has it, without waiting; yield whether it is."""
    lock = _lock(folder)
    with contextlib.suppress(Timeout):
        lock.acquire(timeout=0)
    try:
        yield lock.is_locked
    finally:
        lock.release()


def lock_file(system: str = sys.platform) -> Path:
    """Say where the lock lies: in a folder in which every user of the machine may write.

    The one for temporary files is no such place: on macOS and Windows each user has another. Where
    the shared folder is missing, or somebody left a lock there that is closed to others, it lies
    in the user's own cache, and then keeps only this user's runs apart.
    """
    shared = _shared_folder(system) / LOCK_NAME
    if _may_write(shared):
        return shared
    return platformdirs.user_cache_path("kfit_teach", ensure_exists=True) / LOCK_NAME


def _shared_folder(system: str) -> Path:
    if system == "win32":
        return Path(os.environ.get("PUBLIC", "C:/Users/Public"))
    return Path("/Users/Shared" if system == "darwin" else "/tmp")


def _may_write(file: Path) -> bool:
    if not file.exists():
        return os.access(file.parent, os.W_OK)
    try:
        file.open("r+b").close()
    except OSError:
        return False
    return True


def _lock(folder: Path | None) -> FileLock:
    """Make a lock that every user of this machine can take."""
    file = Path(folder) / LOCK_NAME if folder else lock_file()
    return FileLock(file, mode=0o666)
