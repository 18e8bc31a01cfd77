"""One thread a panel: it starts, watches and ends the panel's workers, one job after the other.

On Linux the kernel ends a worker with the thread that started it, so the thread lives as long as
its panel. It is a daemon, since a kernel that is shut down must not wait for a run.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class JobThread:
    """Does jobs in the order they come. The thread starts with the first job."""

    def __init__(self):
        self._jobs = queue.SimpleQueue()
        self._thread = None

    def put(self, job: Callable[[], Any]) -> Future:
        """Have a job done."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=_do_jobs, args=(self._jobs,), name="kfit_teach panel", daemon=True
            )
            self._thread.start()
        future = Future()
        self._jobs.put((job, future))
        return future

    def end(self) -> None:
        """End the thread once all jobs are done, and wait for it."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None


def _do_jobs(jobs: queue.SimpleQueue) -> None:
    """Do jobs until there is None; what one raises is kept for whoever asks its future."""
    while (given := jobs.get()) is not None:
        job, future = given
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)


class Painter:
    """Paints in a thread of its own, twice a second at most, where there is something new.

    It is a context manager; what `paint` raises is raised again at its end.
    """

    SECONDS_BETWEEN = 0.5

    def __init__(self, paint: Callable[[], None]):
        self._paint, self._error = paint, None
        self._dirty, self._over = threading.Event(), threading.Event()
        self._may_paint = threading.Event()
        self._may_paint.set()
        self._painting = threading.Lock()
        self._thread = threading.Thread(target=self._go, name="kfit_teach painter", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *exception):
        self._over.set()
        self._may_paint.set()
        self._dirty.set()
        self._thread.join()
        if self._error and kind is None:
            raise self._error

    def touch(self) -> None:
        """Say that there is something new."""
        self._dirty.set()

    def rest(self) -> None:
        """Paint nothing from now on: a clock runs."""
        self._may_paint.clear()

    def rest_at_once(self) -> None:
        """Paint nothing from now on, and wait until what is being painted is done."""
        self.rest()
        with self._painting:
            pass

    def go_on(self) -> None:
        """Paint again, and at once."""
        self._may_paint.set()
        self.touch()

    def _go(self):
        """Paint until it is over."""
        while self._dirty.wait() and self._may_paint.wait() and not self._over.is_set():
            with self._painting:
                if not self._may_paint.is_set():
                    continue
                self._dirty.clear()  # before reading, so that nothing new is missed
                try:
                    self._paint()
                except Exception as error:
                    self._error = error
                    return
            self._over.wait(self.SECONDS_BETWEEN)
