"""Memory of one process: what is resident now, and the kernel's own high-water mark.

A sampled curve misses short peaks; the kernel misses none. On Linux the mark is VmHWM, which a
process may set back to what is resident now by writing 5 to its own clear_refs (proc(5)). Other
systems keep a mark too, but it cannot be set back. So it is noted at the base: if it has risen
since, it is the true peak; if not, what was highest before counts as well, and the results say so.
`ru_maxrss` is not used on Linux: a child inherits its parent's.
"""

import contextlib
import gc
import re
import sys
from pathlib import Path
from typing import Literal, NamedTuple

import psutil

if sys.platform != "win32":
    import resource

MIB = 2**20
# Threads started later reserve stacks and arenas that count as asked for, but are hardly touched.
_ROOM_FOR_STACKS = 128 * MIB
_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")


def resident_mib(process: psutil.Process | None = None) -> float:
    """Read the resident memory (RSS) of a process, this one unless given."""
    return (process or psutil.Process()).memory_info().rss / MIB


def held_by_children_mib(process: psutil.Process) -> float:
    """Sum what the children of a process hold alone (USS: pages that no other process maps).

    What they share with the process that forked them is in its resident memory already. Pages that
    two children share with each other only, because their parent has written to its own since, are
    in neither.
    """
    total = 0
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ended between two looks
            total += child.memory_full_info().uss
    return total / MIB


def peak_mib() -> float:
    """Read the highest resident memory that the kernel saw, since `settle_base` or since the start.

    >>> peak_mib() >= resident_mib() - 1
    True
    """
    if sys.platform == "linux":
        return int(re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())[1]) / 1024
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / MIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


class Base(NamedTuple):
    """What a peak is counted from, in MiB: what was resident, and where the mark stood then."""

    resident_mib: float
    mark_mib: float

    def counts(self, peak_mib: float) -> Literal["since the base", "since the start"]:
        """Tell since when a peak counts that was read later.

        >>> could_be_set_back, could_not = Base(500, 500.2), Base(500, 800)
        >>> could_be_set_back.counts(500.2), could_not.counts(900), could_not.counts(800)
        ('since the base', 'since the base', 'since the start')
        """
        is_true = self.was_set_back or peak_mib > self.mark_mib
        return "since the base" if is_true else "since the start"

    @property
    def was_set_back(self) -> bool:
        """Whether the mark could be set back; reading it may touch a little more memory."""
        return self.mark_mib - self.resident_mib < 1


def limit_growth(budget_bytes: int) -> bool:
    """Let the system refuse memory beyond a budget (RLIMIT_DATA, getrlimit(2)); tell if it can.

    The limit counts private writable memory that was asked for, touched or not, and libraries ask
    for up to 1.7 times what they touch, and for the stacks of their threads. So it lies at twice
    the budget and some: it stops what grows too fast for a watch from outside, and never a run
    that stays within its budget. What this process already holds does not count.
    """
    if sys.platform != "linux":
        return False
    held_kib = int(re.search(r"VmData:\s+(\d+) kB", _STATUS.read_text())[1])
    most = held_kib * 1024 + 2 * budget_bytes + _ROOM_FOR_STACKS
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))
    return True


def limit_files(most_bytes: int = 100 * MIB) -> None:
    """Let the system refuse to write files larger than this, logs included, where it can."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def lift_limit() -> None:
    """Take the limit of `limit_growth` away again."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2)


def settle_base() -> Base:
    """Clear away garbage and read the base; set the high-water mark back to it, where it can be."""
    gc.collect()
    base_mib = resident_mib()
    with contextlib.suppress(OSError):
        _CLEAR_REFS.write_text("5")
    return Base(base_mib, peak_mib())
