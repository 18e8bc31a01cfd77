"""One lock for the whole machine, so that two measured runs cannot spoil each other."""

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from kfit_teach.common.words import say

SECONDS_BETWEEN_LOOKS = 0.1


@contextlib.contextmanager
def the_machine_alone(
    tell: Callable[[str], None], folder: Path | None = None, stop: threading.Event | None = None
) -> Iterator[bool]:
    """Wait for the lock of measured runs, and hold it; yield whether it is held.

    Args:
        tell: called with a sentence where another measured run has to be waited for.
        folder: where the lock lies; the system's folder for temporary files unless given.
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


def _lock(folder: Path | None) -> FileLock:
    """Make a lock that every user of this machine can take."""
    file = Path(folder or tempfile.gettempdir()) / "kfit-teach-measuring.lock"
    return FileLock(file, mode=0o666)
