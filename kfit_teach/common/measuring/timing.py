"""Time: the wall clock, the processor time of all threads, and how long threads stood in line.

The clock is the monotonic one, which every process of a machine shares, so that parent and worker
speak of the same instants.
"""

import contextlib
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Stamp:
    """One instant: the monotonic clock, and the processor time of all threads so far."""

    wall_s: float
    cpu_s: float


def take_stamp() -> Stamp:
    """Read both clocks; it takes about a microsecond."""
    return Stamp(time.monotonic(), time.process_time())


def queued_seconds() -> float | None:
    """Sum how long this process's threads have waited in the run queue for a processor.

    Source: the second field of schedstat, in nanoseconds (Linux, Documentation/scheduler). None
    where the system does not tell.
    """
    if not _TASKS.is_dir():
        return None
    total = 0
    for task in _TASKS.iterdir():
        with contextlib.suppress(OSError, IndexError):  # the thread ended, or there is no schedstat
            total += int((task / "schedstat").read_text().split()[1])
    return total / 1e9


def gaps_between_epochs(batch_ends_by_epoch: Sequence[Sequence[float]]) -> list[float]:
    """Tell how much longer each epoch's first batch took than a usual one.

    The libraries do work between epochs (a new iterator, a new shuffle) that no epoch callback
    sees; it counts as training time, and it is told apart here, in seconds.

    >>> gaps_between_epochs([[0.0, 1.0, 2.0], [5.0, 6.0, 7.0]])
    [2.0]
    """
    steps = [later - earlier for ends in batch_ends_by_epoch for earlier, later in pairwise(ends)]
    usual = statistics.median(steps) if steps else 0.0
    return [
        max(0.0, later[0] - earlier[-1] - usual) for earlier, later in pairwise(batch_ends_by_epoch)
    ]
