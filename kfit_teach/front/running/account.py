"""What one run has told so far, and what was seen of it from outside.

It is enough for a result of the epochs that ended, where the run is stopped.
"""

import psutil

from kfit_teach.common import wire
from kfit_teach.common.endings import Phase, Stopped
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.measuring import neighbours
from kfit_teach.common.measuring.memory import MIB, Base
from kfit_teach.common.measuring.timing import timing_of
from kfit_teach.common.result import MemoryUse, Neighbours, Result


class Account:
    """Takes in the events of one training run as they come.

    Args:
        process: the worker's.
        waited: whether it had been waiting for its task, with its library imported.
    """

    def __init__(self, experiment: Experiment, process: psutil.Process, waited: bool):
        self._experiment, self._process, self._waited = experiment, process, waited
        self._phases_s: dict[Phase, float] = {}
        self._settled: wire.BaseSettled | None = None
        self._epochs: list[wire.EpochEnded] = []
        self._pages: list[psutil.Process] = []
        self._first = self._last = None  # looks at the machine, at the two ends of the call

    def note(self, event: wire.Seen) -> None:
        """Take one event in; where the call begins or has returned, look at the machine."""
        if isinstance(event, wire.BaseSettled):
            self._settled = event
        elif isinstance(event, wire.EpochEnded):
            self._epochs.append(event)
        elif isinstance(event, wire.PhaseBegan):
            self._phases_s[event.phase] = event.at_s
            if event.phase == "data":  # no clock runs yet, and the search takes a while
                self._pages = neighbours.browsers()
            elif event.phase == "first batch":
                self._first = self._look()
            elif event.phase == "return":
                self.close()

    def close(self) -> None:
        """Look at the machine for the last time, unless that was done or the call never began.

        The worker must not have been waited for yet.
        """
        if self._first and not self._last:
            self._pages = neighbours.browsers()
            self._last = self._look()

    def _look(self) -> neighbours.Look:
        return neighbours.look(self._process, self._pages, self._experiment.multiprocessing)

    @property
    def neighbours(self) -> Neighbours | None:
        """Who else used the processors during the call; None where it never began."""
        return neighbours.neighbours_between(self._first, self._last) if self._last else None

    def stopped(self, curve: list[tuple[float, float]], held_by_children_mib: float) -> Result:
        """Make the result of a run that was stopped.

        Args:
            curve: its memory, as Result has it.
            held_by_children_mib: the most that its child processes held alone.
        """
        measured = {}
        if self._epochs:
            call_s = self._epochs[-1].wall_s
            timing = (self._epochs, self._phases_s, self._waited, call_s, self._contention())
            measured = {
                "timing": timing_of(*timing),
                "memory": self._memory(held_by_children_mib),
                "machine": self._settled.machine,
                "losses": [loss for epoch in self._epochs for loss in epoch.losses],
                "batch_ends_s": [epoch.batch_ends_s for epoch in self._epochs],
            }
        return Result(
            experiment=self._experiment,
            status="stopped",
            problem=Stopped(),
            epochs_ended=len(self._epochs),
            neighbours=self.neighbours,
            curve=curve,
            **measured,
        )

    def _memory(self, held_by_children_mib: float) -> MemoryUse:
        """Work out the peak of the epochs that ended."""
        base = Base(self._settled.base_mib, self._settled.mark_mib)
        own_mib = self._epochs[-1].peak_mib
        return MemoryUse(
            base_mib=base.resident_mib,
            peak_mib=own_mib + held_by_children_mib,
            counted=(
                "with processes" if self._experiment.multiprocessing else base.counts(own_mib)
            ),
            data_mib=self._experiment.data_bytes / MIB,
        )

    def _contention(self) -> float | None:
        """Run-queue wait of the worker's threads over the wall time, between the two looks."""
        if not self._last or None in (self._first.queued_s, self._last.queued_s):
            return None
        waited_s = self._last.queued_s - self._first.queued_s
        return waited_s / (self._last.at_s - self._first.at_s)
