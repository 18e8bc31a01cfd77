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

from kfit_teach.common.endings import Phase
from kfit_teach.common.result import Timing
from kfit_teach.common.wire import EpochEnded


@dataclass(frozen=True)
class Stamp:
    """One instant: the monotonic clock, and the processor time of all threads so far."""

    wall_s: float
    cpu_s: float


def take_stamp() -> Stamp:
    """Read both clocks; it takes about a microsecond."""
    return Stamp(time.monotonic(), time.process_time())


def queued_seconds(process: int | str = "self") -> float | None:
    """Sum how long a process's threads have waited in the run queue for a processor.

    Source: the second field of schedstat, in nanoseconds (Linux, Documentation/scheduler). None
    where the system does not tell, or the process of that id is gone.
    """
    tasks = Path(f"/proc/{process}/task")
    if not tasks.is_dir():
        return None
    total = 0
    for task in tasks.iterdir():
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


def timing_of(
    epochs: Sequence[EpochEnded],
    phases_s: dict[Phase, float],
    waited: bool,
    call_s: float,
    contention: float | None,
) -> Timing:
    """Work out the times of a call from its epochs that ended, of which there is one at least.

    Args:
        epochs: in order, from the first.
        phases_s: as Timing has them.
        waited: whether the process had waited for its task; then it tells nothing of starting.
        call_s: how long the call took; to the end of its last epoch, where it was stopped.
        contention: run-queue wait of all threads over the wall time.

    >>> first = EpochEnded(epoch=1, images=20, wall_s=3, cpu_s=4, batch_ends_s=[2, 3], losses=[],
    ...                    peak_mib=0)
    >>> second = first.model_copy(update={"wall_s": 5, "cpu_s": 7, "batch_ends_s": [4, 5]})
    >>> timing = timing_of([first, second], {"first batch": 1}, False, call_s=5, contention=None)
    >>> timing.images_per_s, timing.ms_per_step, timing.cpu_ms_per_image
    (10.0, 1000.0, 150.0)
    """
    first, *steady = epochs
    last = epochs[-1]
    images = sum(epoch.images for epoch in steady)
    steps = sum(len(epoch.batch_ends_s) for epoch in steady)
    wall_s, cpu_s = last.wall_s - first.wall_s, last.cpu_s - first.cpu_s
    return Timing(
        phases_s=phases_s,
        start_up_s=None if waited else phases_s["first batch"],
        first_batch_s=first.batch_ends_s[0],
        first_epoch_s=first.wall_s,
        call_s=call_s,
        gaps_s=gaps_between_epochs([epoch.batch_ends_s for epoch in epochs]),
        steady_images=images,
        images_per_s=images / wall_s if steady else None,
        ms_per_step=1000 * wall_s / steps if steady else None,
        cpu_ms_per_image=1000 * cpu_s / images if steady else None,
        contention=contention,
    )
