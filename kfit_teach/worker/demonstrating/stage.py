"""The stage of a demonstration: its images, its memory, its clock, and who watches."""

import contextlib
import queue
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from kfit_teach.common import wire
from kfit_teach.common.demonstration import DemonstrationSettings
from kfit_teach.common.endings import Phase
from kfit_teach.common.flowers import Flowers, open_flowers
from kfit_teach.common.measuring import memory


class Stage:
    """What a demonstration is given besides its library and its settings.

    Args:
        task: what was asked for.
        settings: of the demonstration.
        send: sends an event.
        lines: what comes on standard input.
        started_s: when the task's clock started, on the monotonic clock.
    """

    def __init__(
        self, task: wire.Demonstrate, settings: DemonstrationSettings, send: Callable,
        lines: queue.SimpleQueue, started_s: float,
    ):  # fmt: skip
        self._task, self._settings, self._send = task, settings, send
        self._lines, self._started_s = lines, started_s

    @property
    def run(self) -> str:
        """The name of the run, one of those that the settings list."""
        return self._task.run

    @property
    def store(self) -> Path:
        """The stored images."""
        return self._task.store

    @cached_property
    def flowers(self) -> Flowers:
        """The images that the settings name, in their order."""
        return open_flowers(self._settings, self.store, "")

    @contextlib.contextmanager
    def clock(self) -> Iterator[None]:
        """While this is open a clock runs: nothing is drawn, and nothing is sent to a page.

        It opens once whoever watches has ended what it was drawing.
        """
        self._send(wire.ClockRuns(runs=True))
        while self._lines.get().strip() != wire.GO:
            pass
        try:
            yield
        finally:
            self._send(wire.ClockRuns(runs=False))

    def tell(self, piece: BaseModel) -> None:
        """Tell a piece from within a call that comes back only at its end, such as fit."""
        self._send(wire.PieceMade(piece=piece.model_dump(mode="json")))

    def now_s(self) -> float:
        """Seconds since the run was asked for, on the clock of its curve of memory."""
        return time.monotonic() - self._started_s

    def begin(self, phase: Phase) -> None:
        """Say which phase begins; a budget that ends the run names it."""
        self._send(wire.PhaseBegan(phase=phase, at_s=self.now_s()))

    def settle_base(self) -> memory.Base:
        """Begin to count memory here; a budget holds from here on."""
        base = memory.settle_base()
        self._send(wire.BaseSettled(base_mib=base.resident_mib, mark_mib=base.mark_mib))
        if self._task.memory_budget:
            memory.limit_growth(self._task.memory_budget)
        return base
