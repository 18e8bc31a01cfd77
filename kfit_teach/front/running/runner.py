"""Starts one worker, watches it, stops it, and makes a Result of whatever happened.

One thread owns the worker from its start to its end: on Linux the kernel ends a worker when the
thread that started it ends. Memory over time is read here, from outside, because a thread inside
the worker would starve while a library copies arrays.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psutil

from kfit_teach.common.measuring.memory import held_by_children_mib, resident_mib
from kfit_teach.common.result import BudgetEnd, Result

SECONDS_BETWEEN_SAMPLES = 0.02
SECONDS_BETWEEN_LOOKS_AT_CHILDREN = 0.25  # one look takes 10 ms a process
_LAST_CHARACTERS_OF_LOG = 2000
PHASES_AFTER_THE_RUN = ("evaluate", "ceiling")
STOPPED = "It was stopped."
# How a library ends that cannot take a refusal of memory.
_CRASHES = (-signal.SIGSEGV, -signal.SIGABRT)


def run_experiment(experiment, store, watch=None, stop=None, warm=None, weights_file=None):
    """Run one experiment in a process of its own.

    Args:
        experiment: Experiment, with images "oxford" or "synthetic".
        store: path of the stored images, from kfit_teach.common.flowers.store.prepare_images.
        watch: called with each event (a dict) while the worker runs, in this thread.
        stop: a threading.Event; once it is set, the worker is ended within 0.2 s.
        warm: WarmStart whose worker is taken where one waits, or None.
        weights_file: path of the .npy file that all weights are written to after the run, or None.

    Returns:
        Result, with status "done", "failed", "stopped" or "over budget". A worker that fails raises
        nothing here.

    Raises:
        KeyboardInterrupt: Ctrl-C; the worker has been ended.
    """
    task = {
        "name": "train",
        "experiment": experiment.model_dump(mode="json"),
        "store": str(store),
        "weights_file": weights_file and str(weights_file),
    }
    watched = (experiment.memory_budget, experiment.multiprocessing)
    waiting = warm.take(experiment.library) if warm else None
    if waiting:
        waiting.give(task, *watched)
    with waiting or Worker(task, *watched) as worker:
        last = worker.run(watch, stop)
        problem = worker.problem(last, stop)
        if problem is None:
            result = Result.model_validate(last["result"] | {"curve": worker.curve})
            if experiment.multiprocessing:
                result.memory.peak_mib += worker.most_held_by_children_mib
                result.memory.counted = "with processes"
            return result
        end = worker.budget_end(last)
    return Result(
        experiment=experiment,
        status=_status(problem, end),
        problem=_problem_over_budget(problem, end, experiment) if end else problem,
        budget_end=end,
        curve=worker.curve,
    )


def _status(problem, end):
    if end:
        return "over budget"
    return "stopped" if problem["sentence"] == STOPPED else "failed"


def _problem_over_budget(problem, end, experiment):
    """Say in one sentence how the memory budget ended a run."""
    how = {
        "MemoryError": "the system refused more memory (MemoryError)",
        "library error": f"the library failed under the system's limit ({problem['sentence']})",
        "watch": "the watch ended the worker",
        "signal": f"the worker crashed under the system's limit ({problem['sentence']})",
    }[end.ended_by]
    budget_mib = experiment.memory_budget / 2**20
    sentence = (
        f"Over the budget of {budget_mib:.0f} MiB: {how} at {end.at_mib:.0f} MiB over the base, "
        f"in the phase {end.phase!r}."
    )
    return problem | {"sentence": sentence}


def run_task(task, watch=None, stop=None):
    """Run one task in a fresh worker and wait for its end.

    Args:
        task: dict with "name" and what the task needs (see kfit_teach.worker).
        watch: called with each event.
        stop: a threading.Event that ends the worker.

    Returns:
        (last, problem): the last event; None, or a dict with "sentence" and "traceback" where
        there is no result.
    """
    with Worker(task) as worker:
        last = worker.run(watch, stop)
        return last, worker.problem(last, stop)


class Worker:
    """One worker process, from its start to its end; a context manager that ends it.

    Args:
        task: dict with "name" and what the task needs.
        memory_budget: bytes over the compiled base at which the worker is ended, or None.
        with_children: whether the memory of its child processes is watched too.
    """

    def __init__(self, task, memory_budget=None, with_children=False):
        # TensorFlow leaves temporary files behind when it is killed; here they go with the folder.
        self._folder = tempfile.TemporaryDirectory(prefix="kfit_teach_", ignore_cleanup_errors=True)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        started_s = time.monotonic()
        self._process = _start_process(self._log, self._folder.name)
        self._watched = psutil.Process(self._process.pid)
        self._events = queue.SimpleQueue()
        streams = (self._process.stdout, self._events)
        threading.Thread(target=_read_events, args=streams, daemon=True).start()
        try:
            self.give(task, memory_budget, with_children, started_s)
        except BaseException:
            self.__exit__()
            raise

    def give(self, task, memory_budget=None, with_children=False, started_s=None):
        """Hand over a task: to a new process, or to one that waits for it.

        Args:
            task, memory_budget, with_children: as above.
            started_s: when its clock started, in seconds of the monotonic clock; now unless given.
        """
        self.curve = []
        self._held_by_children_mib = self.most_held_by_children_mib = 0.0
        self._budget_mib = memory_budget and memory_budget / 2**20
        self._with_children, self._next_look_at_children = with_children, 0.0
        self._base_mib, self._phase, self._ended_at_mib = None, "start", None
        self._started_s = started_s or time.monotonic()
        self.send(json.dumps(task | {"parent": os.getpid(), "started_s": self._started_s}))

    @property
    def is_alive(self):
        """Whether the process runs."""
        return self._process.poll() is None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        """End the worker and all it started; close its pipes and its log, remove its folder."""
        self.end()
        self._process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._log.close()
        self._folder.cleanup()

    def send(self, line):
        """Write one line to the worker's standard input."""
        with contextlib.suppress(BrokenPipeError):  # it died; how, is told by its exit code
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def run(self, watch=None, stop=None):
        """Wait for the worker's end, passing its events on.

        Returns:
            The last event.
        """
        last = {}
        for event in self.events(stop):
            if event["event"] != "memory":
                last = event
            if watch:
                watch(event)
        self.end()
        return last

    def events(self, stop=None):
        """Yield the worker's events as they come, and one "memory" for each look at its memory.

        It ends when the worker does, when `stop` is set, or when the memory budget is passed.
        """
        while not (stop and stop.is_set()):
            try:
                event = self._events.get(timeout=SECONDS_BETWEEN_SAMPLES)
            except queue.Empty:
                event = {}
                if not self.is_alive:
                    self._kill()  # what it started holds its stream open
            if event is None:
                self._wait_for_end(stop)
                return
            self._phase = event.get("phase", self._phase)
            self._base_mib = event.get("base_mib", self._base_mib)
            if event:
                yield event
            if self._sample():
                at_s, mib = self.curve[-1]
                yield {"event": "memory", "at_s": at_s, "mib": mib}
            if self._is_over_budget():
                self._ended_at_mib = self._held_mib()
                return

    def _wait_for_end(self, stop):
        """Wait for a process that sends no more; one that closed its stream may go on for ever."""
        while self._process.returncode is None and not (stop and stop.is_set()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(SECONDS_BETWEEN_SAMPLES)
        self._kill()

    def _sample(self):
        """Add a point to the memory curve, unless the last is too fresh or the run is over.

        Returns:
            Whether a point was added.
        """
        if self._phase in PHASES_AFTER_THE_RUN:
            return False
        now_s = time.monotonic() - self._started_s
        if self.curve and now_s - self.curve[-1][0] < SECONDS_BETWEEN_SAMPLES / 2:
            return False
        try:
            mib = resident_mib(self._watched)
            if self._with_children and now_s >= self._next_look_at_children:
                self._next_look_at_children = now_s + SECONDS_BETWEEN_LOOKS_AT_CHILDREN
                held_mib = self._held_by_children_mib = held_by_children_mib(self._watched)
                self.most_held_by_children_mib = max(self.most_held_by_children_mib, held_mib)
        except psutil.Error:  # it ended between two looks
            return False
        if mib:
            self.curve.append((round(now_s, 3), round(mib, 1)))
        return bool(mib)

    def _held_mib(self):
        """Resident memory over the compiled base when it was last seen, with its processes'."""
        if not (self.curve and self._base_mib):
            return 0.0
        return self.curve[-1][1] - self._base_mib + self._held_by_children_mib

    def _is_over_budget(self):
        """Tell whether the worker holds more than its budget."""
        return bool(self._budget_mib and self._base_mib) and self._held_mib() > self._budget_mib

    def end(self):
        """End the worker and all it started, if it still runs."""
        if self._process.returncode is None:
            self._kill()
        self._process.wait()

    def _kill(self):
        """Kill the worker and what it started, which may live on when it has just ended."""
        if os.name != "posix":
            self._process.kill()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left
            os.killpg(self._process.pid, signal.SIGKILL)

    def budget_end(self, last):
        """Say how the memory budget ended the worker; None where it did not.

        Args:
            last: the last event.

        Returns:
            BudgetEnd or None.
        """
        if not (self._budget_mib and self._base_mib):
            return None
        if self._ended_at_mib is not None:
            ended_by, at_mib = "watch", self._ended_at_mib
        elif last.get("refused"):
            ended_by, at_mib = last["refused"], last["resident_mib"] - self._base_mib
        elif last.get("event") != "failed" and self._process.returncode in _CRASHES:
            ended_by, at_mib = "signal", self._held_mib()
        else:
            return None
        return BudgetEnd(ended_by=ended_by, at_mib=round(at_mib, 1), phase=self._phase)

    def problem(self, last, stop=None):
        """Say in one sentence why there is no result; None where there is one.

        Args:
            last: the last event.
            stop: the threading.Event that may have ended the worker.

        Returns:
            dict with "sentence" and "traceback", or None.
        """
        if last.get("event") == "result":
            return None
        if last.get("event") == "failed":
            return last["problem"]
        if stop and stop.is_set():
            return {"sentence": STOPPED}
        self._log.seek(0)
        tail = self._log.read().decode(errors="replace")[-_LAST_CHARACTERS_OF_LOG:]
        code = self._process.returncode
        if code < 0:
            name = signal.Signals(-code).name
            return {"sentence": f"The worker was ended by the signal {name}.", "traceback": tail}
        return {"sentence": f"The worker ended with exit code {code}.", "traceback": tail}


def _start_process(log, folder):
    """Start a worker process with a log of its standard error and a folder for temporary files."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")}
    return subprocess.Popen(
        [sys.executable, "-m", "kfit_teach.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=os.environ | quiet | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder),
        start_new_session=True,
        text=True,
    )


def _read_events(stream, events):
    """Move events from the worker's pipe to the queue; None marks the end."""
    with contextlib.suppress(ValueError):  # the pipe was closed on this side
        for line in stream:
            events.put(json.loads(line))
    events.put(None)
