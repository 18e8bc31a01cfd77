"""The worker: a fresh process that runs one task, named from a closed list, and tells of it.

It reads one line of JSON from standard input and writes events to what was its standard output,
one JSON object a line. It never outlives its parent: the kernel ends it when the parent dies
(Linux), and on every system it leaves as soon as its standard input is closed. It leaves by
os._exit, since TensorFlow's threads can hold up an orderly exit.
"""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import TextIO

_PR_SET_PDEATHSIG = 1
SECONDS_BETWEEN_LOOKS_AT_PARENT = 0.2


def main() -> None:
    """Run the one task that standard input names, then leave."""
    stream = _open_event_stream()
    lines = _read_lines()
    line = lines.get()
    taken_s = time.monotonic()
    _leave_with_parent(json.loads(line)["parent"])
    # Only now, since this takes 0.3 s: of the phase "import", and with an eye on the parent.
    from kfit_teach.common import wire
    from kfit_teach.worker.failing import failure
    from kfit_teach.worker.tasks import TASKS, Link

    lock = threading.Lock()

    def send(event: wire.Event) -> None:
        with lock:
            stream.write(wire.write_line(event))

    try:
        order = wire.read_order(line)
        link = Link(send, lines, order.started_s, taken_s)
        send(wire.Finished(result=TASKS[order.task.name](order.task, link)))
    except BaseException as error:
        send(failure(error))
        os._exit(1)
    os._exit(0)


def _open_event_stream() -> TextIO:
    """Keep standard output for events; whatever a library prints goes to standard error."""
    stream = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    return stream


def _read_lines() -> queue.SimpleQueue:
    """Read standard input in a thread of its own, and leave as soon as it is closed.

    It reads the bare descriptor: a thread that waits in sys.stdin holds its lock, and processes
    forked meanwhile, such as a loader's workers, would wait for that lock for ever.
    """
    lines = queue.SimpleQueue()

    def read_until_the_end():
        rest = b""
        while chunk := os.read(0, 65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                lines.put(line.decode())
        os._exit(1)

    threading.Thread(target=read_until_the_end, daemon=True).start()
    return lines


def _leave_with_parent(parent: int) -> None:
    """End this process, and those it forks, when the parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it went before the line above
            os._exit(1)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_watch_parent)


def _watch_parent() -> None:
    """Leave a forked process when its parent is gone.

    The kernel's signal will not do here: it comes when the *thread* ends that forked, and the
    library's threads that fork a loader's processes end before those do.
    """
    parent = os.getppid()

    def look_now_and_then():
        while os.getppid() == parent:
            time.sleep(SECONDS_BETWEEN_LOOKS_AT_PARENT)
        os._exit(1)

    threading.Thread(target=look_now_and_then, daemon=True).start()


if __name__ == "__main__":
    main()
