"""Warm start: one worker waits with its library imported, so that a click trains at once.

It imports only while no measured run is on, it is ended with what it waits for, and what it runs
counts its memory from its own compiled base, as every worker does.
"""

import threading

from kfit_teach.common.experiment import LibraryName
from kfit_teach.common.wire import Ready, Wait
from kfit_teach.front.running.alone import the_machine_if_free
from kfit_teach.front.running.runner import Worker


class WarmStart:
    """Keeps one worker waiting.

    Its methods belong to one thread, the one that runs the lanes; give_up is for the others.
    """

    def __init__(self):
        self._worker, self._library, self._is_ready = None, None, False
        self._given_up = threading.Event()

    def prepare(self, library: LibraryName) -> None:
        """Start a worker and let it import its library, unless a measured run is on."""
        if self._worker and self._worker.is_alive and self._library == library:
            return
        self.end()
        self._given_up.clear()
        with the_machine_if_free() as free:
            if not free:
                return
            self._worker, self._library = Worker(Wait(library=library)), library
            events = self._worker.events(self._given_up)
            self._is_ready = any(isinstance(event, Ready) for event in events)
        if self._given_up.is_set() or not self._is_ready:
            self.end()

    @property
    def is_waiting(self) -> bool:
        """Whether a worker waits."""
        return bool(self._worker and self._worker.is_alive)

    def keep(self) -> None:
        """Tell the waiting worker that somebody is still there; without that it leaves."""
        if self.is_waiting:
            self._worker.send("\n")

    def give_up(self) -> None:
        """End a worker that is still importing, at once; one that waits goes on waiting."""
        self._given_up.set()

    def take(self, library: LibraryName) -> Worker | None:
        """Give away the worker that waits with this library, if one does."""
        if not (self._worker and self._worker.is_alive and self._library == library):
            return None
        worker, self._worker = self._worker, None
        return worker

    def end(self) -> None:
        """End the waiting worker, if there is one."""
        if self._worker:
            self._worker.__exit__()
        self._worker = None
