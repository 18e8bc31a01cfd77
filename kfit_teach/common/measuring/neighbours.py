"""Neighbours: who else used the processors while a call was clocked.

Two looks from outside, one at each end of the call; in between nothing is asked. A look takes
0.2 ms. Browsers are searched for before the clock starts and after it has ended: 4 ms where 80
processes run.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from kfit_teach.common.measuring.timing import queued_seconds
from kfit_teach.common.result import Neighbours

_BROWSERS = (
    "brave", "chrome", "chromium", "epiphany", "firefox", "headless_shell", "msedge", "opera",
    "safari", "vivaldi", "webkit",
)  # fmt: skip
# Of the machine's times these are no work, or are counted within others already (Linux).
_NO_WORK = ("idle", "iowait", "guest", "guest_nice")


@dataclass(frozen=True)
class Look:
    """Processor seconds so far.

    Args:
        at_s: when, on the monotonic clock.
        machine_s: of all processors, whatever they did.
        kernel_s: of this process.
        run_s: of the worker and its children.
        pages_s: of each browser process, by its id.
        queued_s: how long the worker's threads have stood in line, or None where that is not told.
    """

    at_s: float
    machine_s: float
    kernel_s: float
    run_s: float
    pages_s: dict[int, float]
    queued_s: float | None


def browsers() -> list[psutil.Process]:
    """Find the browsers of this machine and the processes they started, by their names."""
    found, started = set(), {}
    seen = {p.pid: p for p in psutil.process_iter(["name", "ppid"])}
    for process in seen.values():
        started.setdefault(process.info["ppid"], []).append(process.pid)
        if any(name in (process.info["name"] or "").lower() for name in _BROWSERS):
            found.add(process.pid)
    rest = list(found)
    while rest:
        below = set(started.get(rest.pop(), [])) - found
        found |= below
        rest += below
    return [seen[pid] for pid in found]


def look(worker: psutil.Process, pages: Iterable[psutil.Process], with_children: bool) -> Look:
    """Take one look; the worker may have ended.

    Args:
        pages: the browsers, from `browsers`.
        with_children: whether the worker has processes of its own.
    """
    machine = psutil.cpu_times()._asdict()
    seconds_of = {page.pid: _used_s(page) for page in pages}
    return Look(
        at_s=time.monotonic(),
        machine_s=sum(s for name, s in machine.items() if name not in _NO_WORK),
        kernel_s=time.process_time(),
        run_s=sum(map(_used_s, [worker, *(_children(worker) if with_children else ())])),
        pages_s=seconds_of,
        queued_s=queued_seconds(worker.pid),
    )


def neighbours_between(first: Look, last: Look) -> Neighbours:
    """Tell who used how many processors between two looks."""
    wall_s = last.at_s - first.at_s
    kernel = last.kernel_s - first.kernel_s
    # One that is new has begun since then; of one that has ended, nothing is known any more.
    page = sum(max(0.0, s - first.pages_s.get(pid, 0.0)) for pid, s in last.pages_s.items())
    run = last.run_s - first.run_s
    others = last.machine_s - first.machine_s - run - kernel - page
    return Neighbours(
        kernel_cores=round(kernel / wall_s, 3),
        page_cores=round(page / wall_s, 3) if first.pages_s or last.pages_s else None,
        others_cores=round(max(0.0, others) / wall_s, 3),
    )


def _children(worker: psutil.Process) -> list[psutil.Process]:
    try:
        return worker.children(recursive=True)
    except psutil.Error:  # it has ended
        return []


def _used_s(process: psutil.Process) -> float:
    """Read the processor seconds of a process and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:  # it has ended, or its times are not ours to see
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
