"""Starts one worker, watches it, stops it, and makes a Result of whatever happened.

One thread owns the worker from its start to its end: on Linux the kernel ends a worker when the
thread that started it ends. Memory over time is read here, from outside, because a thread inside
the worker would starve while a library copies arrays.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psutil

from kfit_teach.common import endings, wire
from kfit_teach.common.endings import BudgetEnd, Problem
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.measuring.memory import MIB, held_by_children_mib, resident_mib
from kfit_teach.common.result import Result
from kfit_teach.front.running.account import Account

SECONDS_BETWEEN_SAMPLES = 0.02
# Once the first epoch is on, memory hardly changes, and each look takes the processor from the run.
SECONDS_BETWEEN_SAMPLES_IN_STEADY_STATE = 0.08
SECONDS_BETWEEN_LOOKS_AT_CHILDREN = 0.25  # one look takes 10 ms a process
MOST_SECONDS_TO_LEAVE = 10  # once the stream of events is closed
_LAST_CHARACTERS_OF_LOG = 2000
_FIRST_CHARACTERS_OF_LINE = 80
PHASES_AFTER_THE_RUN = ("evaluate", "ceiling")
# How a library ends that cannot take a refusal of memory: by a signal; on Windows with a status
# (access violation, no memory, illegal instruction, stack overflow, heap corruption, fail-fast), or
# with 3 from abort().
_CRASHES = frozenset(
    (-signal.SIGSEGV, -signal.SIGABRT)
    if os.name == "posix"
    else (3, 0xC0000005, 0xC0000017, 0xC000001D, 0xC00000FD, 0xC0000374, 0xC0000409)
)

Watch = Callable[[wire.Seen], None] | None
Stop = threading.Event | None


class LaneInterrupted(KeyboardInterrupt):
    """A run was interrupted (Ctrl-C); `result` holds what was measured until then."""

    def __init__(self, result: Result):
        super().__init__()
        self.result = result


def run_experiment(
    experiment: Experiment,
    store: Path,
    watch: Watch = None,
    stop: Stop = None,
    warm=None,
    weights_file: Path | None = None,
) -> Result:
    """Run one experiment in a process of its own.

    Args:
        experiment: with images "oxford" or "synthetic".
        store: the stored images, from kfit_teach.common.flowers.store.prepare_images.
        watch: called with each event while the worker runs, in this thread.
        stop: once it is set, the worker is ended within 0.2 s.
        warm: WarmStart whose worker is taken where one waits, or None.
        weights_file: the .npy file that all weights are written to after the run.

    Returns:
        Result, with status "done", "failed", "stopped" or "over budget". A worker that fails raises
        nothing here. One that was stopped keeps what its epochs measured that had ended.

    Raises:
        LaneInterrupted: Ctrl-C; the worker has been ended.
    """
    task = wire.Train(experiment=experiment, store=store, weights_file=weights_file)
    watched = (experiment.memory_budget, experiment.multiprocessing)
    waiting = warm.take(experiment.library) if warm else None
    if waiting:
        waiting.give(task, *watched)
    with waiting or Worker(task, *watched) as worker:
        account = Account(experiment, worker.process, waited=waiting is not None)

        def note_and_watch(event: wire.Seen) -> None:
            account.note(event)
            if watch:
                watch(event)

        try:
            last = worker.run(note_and_watch, stop)
        except KeyboardInterrupt:
            account.close()
            raise LaneInterrupted(_stopped(account, worker)) from None
        account.close()
        problem = worker.problem(last, stop)
        if problem is None:
            return _done(last.result, account, worker)
        if problem.kind == "stopped":
            return _stopped(account, worker)
        return _failed(experiment, problem, last, worker)


def _done(result: Result, account: Account, worker: "Worker") -> Result:
    """Add what was seen from outside."""
    if result.experiment.multiprocessing:
        result.memory.peak_mib += worker.most_held_by_children_mib
        result.memory.counted = "with processes"
    seen = {"curve": worker.curve, "neighbours": account.neighbours}
    return result.model_copy(update=seen)


def _stopped(account: Account, worker: "Worker") -> Result:
    return account.stopped(worker.curve, worker.most_held_by_children_mib)


def _failed(
    experiment: Experiment, problem: Problem, last: wire.Event | None, worker: "Worker"
) -> Result:
    """Make the result of a run that went wrong, or beyond its memory budget."""
    end = worker.budget_end(last)
    if end:
        problem = endings.OverBudget(
            budget_mib=experiment.memory_budget / MIB,
            end=end,
            cause=problem.model_copy(update={"traceback": ""}),
            traceback=problem.traceback,
        )
    return Result(
        experiment=experiment,
        status="over budget" if end else "failed",
        problem=problem,
        budget_end=end,
        curve=worker.curve,
    )


def run_task(
    task: wire.Task, watch: Watch = None, stop: Stop = None
) -> tuple[wire.Event | None, Problem | None]:
    """Run one task in a fresh worker and wait for its end.

    Returns:
        The last event; and why there is no result, where there is none.
    """
    with Worker(task) as worker:
        last = worker.run(watch, stop)
        return last, worker.problem(last, stop)


class Worker:
    """One worker process, from its start to its end; a context manager that ends it.

    Args:
        task: what it does.
        memory_budget: bytes over the compiled base at which the worker is ended, or None.
        with_children: whether the memory of its child processes is watched too.
    """

    def __init__(
        self, task: wire.Task, memory_budget: int | None = None, with_children: bool = False
    ):
        # TensorFlow leaves temporary files behind when it is killed; here they go with the folder.
        self._folder = tempfile.TemporaryDirectory(prefix="kfit_teach_", ignore_cleanup_errors=True)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        started_s = time.monotonic()
        self._process = _start_process(self._log, self._folder.name)
        self.process = psutil.Process(self._process.pid)
        self._events = queue.SimpleQueue()
        streams = (self._process.stdout, self._events)
        threading.Thread(target=_read_events, args=streams, daemon=True).start()
        try:
            self.give(task, memory_budget, with_children, started_s)
        except BaseException:
            self.__exit__()
            raise

    def give(
        self,
        task: wire.Task,
        memory_budget: int | None = None,
        with_children: bool = False,
        started_s: float | None = None,
    ) -> None:
        """Hand over a task: to a new process, or to one that waits for it.

        Its clock started at `started_s` of the monotonic clock; now unless that is given.
        """
        self.curve: list[tuple[float, float]] = []
        self._held_by_children_mib = self.most_held_by_children_mib = 0.0
        self._budget_mib = memory_budget and memory_budget / MIB
        self._with_children, self._next_look_at_children = with_children, 0.0
        self._base_mib, self._phase, self._ended_at_mib = None, "start", None
        self._no_event = None
        self._started_s = started_s or time.monotonic()
        order = wire.Order(task=task, parent=os.getpid(), started_s=self._started_s)
        self.send(wire.write_line(order))

    @property
    def is_alive(self) -> bool:
        """Whether the process runs.

        One that has ended is not waited for here: until it is, its id and that of its group can be
        nobody else's, so that what it started can still be ended by them.
        """
        if os.name != "posix" or self._process.returncode is not None:
            return self._process.poll() is None
        try:
            return self.process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        """End the worker and all it started; close its input and its log, remove its folder."""
        self.end()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._log.close()
        self._folder.cleanup()

    def send(self, line: str) -> None:
        """Write one line to the worker's standard input."""
        with contextlib.suppress(BrokenPipeError):  # it died; how, is told by its exit code
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def run(self, watch: Watch = None, stop: Stop = None) -> wire.Event | None:
        """Wait for the worker's last event, passing all on; give the last one of its own."""
        last = None
        for event in self.events(stop):
            if not isinstance(event, wire.MemorySeen):
                last = event
            if watch:
                watch(event)
        return last

    def events(self, stop: Stop = None) -> Iterator[wire.Seen]:
        """Yield the worker's events as they come, and one for each look at its memory.

        It ends when the worker does, when `stop` is set, when the memory budget is passed, or with
        a line that is no event.
        """
        gone_s = None
        while not (stop and stop.is_set()):
            try:
                event = self._events.get(timeout=self._seconds_between_samples)
            except queue.Empty:
                if not self.is_alive:
                    self.end()  # what it started holds its stream open
                    gone_s = gone_s or time.monotonic()
                    if time.monotonic() - gone_s > MOST_SECONDS_TO_LEAVE:  # out of our reach
                        return
            else:
                if event is None:
                    self._wait_for_end(stop)
                    return
                if isinstance(event, endings.NoEvent):
                    self._no_event = event
                    return
                self._note(event)
                yield event
            if self._sample():
                at_s, mib = self.curve[-1]
                yield wire.MemorySeen(at_s=at_s, mib=mib)
            if self._is_over_budget():
                self._ended_at_mib = self._held_mib()
                return

    @property
    def _seconds_between_samples(self) -> float:
        steady = self._phase == "first epoch" and not self._budget_mib
        return SECONDS_BETWEEN_SAMPLES_IN_STEADY_STATE if steady else SECONDS_BETWEEN_SAMPLES

    def _note(self, event: wire.Event) -> None:
        if isinstance(event, wire.PhaseBegan):
            self._phase = event.phase
        elif isinstance(event, wire.BaseSettled):
            self._base_mib = event.base_mib

    def _wait_for_end(self, stop: Stop) -> None:
        """Wait a while for a process that sends no more to leave by itself."""
        latest_s = time.monotonic() + MOST_SECONDS_TO_LEAVE
        while self.is_alive and time.monotonic() < latest_s and not (stop and stop.is_set()):
            time.sleep(SECONDS_BETWEEN_SAMPLES / 10)

    def _sample(self) -> bool:
        """Add a point to the memory curve, unless the last is too fresh or the run is over."""
        if self._phase in PHASES_AFTER_THE_RUN:
            return False
        now_s = time.monotonic() - self._started_s
        if self.curve and now_s - self.curve[-1][0] < self._seconds_between_samples / 2:
            return False
        try:
            mib = resident_mib(self.process)
            if self._with_children and now_s >= self._next_look_at_children:
                self._next_look_at_children = now_s + SECONDS_BETWEEN_LOOKS_AT_CHILDREN
                held_mib = self._held_by_children_mib = held_by_children_mib(self.process)
                self.most_held_by_children_mib = max(self.most_held_by_children_mib, held_mib)
        except psutil.Error:  # it ended between two looks
            return False
        if mib:
            self.curve.append((round(now_s, 3), round(mib, 1)))
        return bool(mib)

    def _held_mib(self) -> float:
        """Resident memory over the compiled base when it was last seen, with its processes'."""
        if not (self.curve and self._base_mib):
            return 0.0
        return self.curve[-1][1] - self._base_mib + self._held_by_children_mib

    def _is_over_budget(self) -> bool:
        """Tell whether the worker holds more than its budget."""
        return bool(self._budget_mib and self._base_mib) and self._held_mib() > self._budget_mib

    def end(self) -> None:
        """End the worker, if it still runs, and all it started, which may live on without it.

        The group is killed before the worker is waited for, and never afterwards: then its id may
        be somebody else's.
        """
        if self._process.returncode is not None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()

    def budget_end(self, last: wire.Event | None) -> BudgetEnd | None:
        """Tell how the memory budget ended the worker, whose last event is given, if it did."""
        if not (self._budget_mib and self._base_mib):
            return None
        if self._ended_at_mib is not None:
            ended_by, at_mib = "watch", self._ended_at_mib
        elif isinstance(last, wire.Failed) and last.refused:
            ended_by, at_mib = last.refused, last.resident_mib - self._base_mib
        elif not isinstance(last, wire.Failed) and self._process.returncode in _CRASHES:
            ended_by, at_mib = "signal", self._held_mib()
        else:
            return None
        return BudgetEnd(ended_by=ended_by, at_mib=round(at_mib, 1), phase=self._phase)

    def problem(self, last: wire.Event | None, stop: Stop = None) -> Problem | None:
        """End the worker, and tell why there is no result; None where there is one.

        Args:
            last: the last event.
            stop: what may have ended the worker.
        """
        self.end()
        if self._no_event:
            return self._no_event
        if isinstance(last, wire.Finished):
            return None
        if isinstance(last, wire.Failed):
            return last.problem
        if stop and stop.is_set():
            return endings.Stopped()
        self._log.seek(0)
        tail = self._log.read().decode(errors="replace")[-_LAST_CHARACTERS_OF_LOG:]
        code = self._process.returncode
        if code < 0:
            known = {each.value: each.name for each in signal.Signals}
            return endings.Signalled(signal=known.get(-code, str(-code)), traceback=tail)
        return endings.Exited(code=code, traceback=tail)


def _start_process(log: IO[bytes], folder: str) -> subprocess.Popen:
    """Start a worker process with a log of its standard error and a folder for temporary files."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")}
    return subprocess.Popen(
        [sys.executable, "-m", "kfit_teach.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=os.environ | quiet | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder),
        start_new_session=True,
        encoding="utf-8",
        errors="backslashreplace",  # bytes that are no text are told of, as a line that is no event
    )


def _read_events(stream: IO[str], events: queue.SimpleQueue) -> None:
    """Move events from the worker's pipe to the queue; None marks the end, whatever ended it."""
    try:
        with stream:
            for line in stream:
                if line.endswith("\n"):  # else the worker was ended while it wrote
                    events.put(_event_in(line))
    finally:
        events.put(None)


def _event_in(line: str) -> wire.Event | endings.NoEvent:
    try:
        return wire.read_event(line)
    except ValueError:
        return endings.NoEvent(line=line.strip()[:_FIRST_CHARACTERS_OF_LINE])
