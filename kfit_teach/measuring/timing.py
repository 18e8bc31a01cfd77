"""Time: the wall clock, the processor time of all threads, and how long threads stood in line.

A stamp takes the three together, so that whatever lies between two stamps can be told as wall
time, as processor time, and as contention. The clock is the monotonic one, which every process
of a machine shares, so that parent and worker speak of the same instants.
"""

import time
from dataclasses import dataclass
from pathlib import Path

_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Stamp:
    """One instant of this process.

    Args:
        wall_s: monotonic clock, in seconds.
        cpu_s: processor time of all threads so far, in seconds.
        queued_s: time that all threads have stood in the run queue so far, in seconds; None where
            the system does not tell.
    """

    wall_s: float
    cpu_s: float
    queued_s: float | None


def take_stamp():
    """Read the three clocks.

    Returns:
        Stamp.

    >>> first, second = take_stamp(), take_stamp()
    >>> second.wall_s >= first.wall_s
    True
    """
    return Stamp(time.monotonic(), time.process_time(), _queued_seconds())


def contention_between(first, second):
    """Tell how long threads waited for a processor, as a multiple of the wall time.

    On a quiet 2-core machine training gives 0.1 to 0.4; clearly more means that something else
    wanted the processors too, and that wall times of this span say little.

    Args:
        first, second: Stamps, in order.

    Returns:
        A float, 0 or more, or None where the system does not tell.

    >>> contention_between(Stamp(0, 0, 1.0), Stamp(2, 1, 2.0))
    0.5
    """
    if first.queued_s is None or second.queued_s is None:
        return None
    return (second.queued_s - first.queued_s) / (second.wall_s - first.wall_s)


def _queued_seconds():
    """Sum the run-queue wait over this process's threads (sched(7), schedstat's second field)."""
    if not _TASKS.is_dir():
        return None
    total = 0
    for task in _TASKS.iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[1])
        except (OSError, IndexError):  # a thread that just ended, or a kernel without schedstat
            continue
    return total / 1e9
