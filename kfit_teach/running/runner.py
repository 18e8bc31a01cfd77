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

from kfit_teach.experiment import Result
from kfit_teach.measuring.memory import resident_mib

SECONDS_BETWEEN_SAMPLES = 0.02
_LAST_CHARACTERS_OF_LOG = 2000


def run_experiment(experiment, store, watch=None, stop=None):
    """Run one experiment in a fresh process.

    Args:
        experiment: Experiment, with images "oxford" or "synthetic".
        store: path of the stored images, from kfit_teach.flowers.store.prepare_images.
        watch: called with each event (a dict) while the worker runs, in this thread.
        stop: a threading.Event; once it is set, the worker is ended within 0.2 s.

    Returns:
        Result, with status "done", "failed" or "stopped". A worker that fails raises nothing here.

    Raises:
        KeyboardInterrupt: Ctrl-C; the worker has been ended.
    """
    task = {
        "name": "train",
        "experiment": experiment.model_dump(mode="json"),
        "store": str(store),
    }
    last, curve, problem = run_task(task, watch, stop)
    if problem is None:
        return Result.model_validate(last["result"] | {"curve": curve})
    status = "stopped" if problem["sentence"] == STOPPED else "failed"
    return Result(experiment=experiment, status=status, problem=problem, curve=curve)


STOPPED = "It was stopped."


def run_task(task, watch=None, stop=None):
    """Run one task in a fresh worker and wait for its end.

    Args:
        task: dict with "name" and what the task needs (see kfit_teach.worker).
        watch: called with each event.
        stop: a threading.Event that ends the worker.

    Returns:
        (last, curve, problem): the last event; (seconds, MiB) pairs; None, or a dict with
        "sentence" and "traceback" where there is no result.
    """
    curve, last = [], {}
    with tempfile.TemporaryFile() as log:
        process, events, started_s = _start(task, log)
        try:
            for event in _events_until_the_end(process, events, curve, started_s, stop):
                last = event
                if watch:
                    watch(event)
        finally:
            _end(process)
        problem = _problem(last, process.returncode, stop, log)
    return last, curve, problem


def _start(task, log):
    """Start a worker; return it, the queue of its events, and the instant it was started."""
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")}
    started_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "kfit_teach.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        start_new_session=True,
        text=True,
    )
    events = queue.SimpleQueue()
    threading.Thread(target=_read_events, args=(process.stdout, events), daemon=True).start()
    line = json.dumps(task | {"parent": os.getpid(), "started_s": started_s})
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died at once; how, is told by its exit code and its log
    except BaseException:
        _end(process)
        raise
    return process, events, started_s


def _read_events(stream, events):
    """Move events from the worker's pipe to the queue; None marks the end."""
    for line in stream:
        events.put(json.loads(line))
    events.put(None)


def _events_until_the_end(process, events, curve, started_s, stop):
    """Yield the worker's events as they come, sampling its memory in between."""
    watched = psutil.Process(process.pid)
    while not (stop and stop.is_set()):
        try:
            event = events.get(timeout=SECONDS_BETWEEN_SAMPLES)
        except queue.Empty:
            event = {}
        if event is None:
            process.wait()
            return
        if event:
            yield event
        _sample(watched, curve, started_s)


def _sample(watched, curve, started_s):
    """Add one point to the memory curve, unless the last one is too fresh."""
    now_s = time.monotonic() - started_s
    if curve and now_s - curve[-1][0] < SECONDS_BETWEEN_SAMPLES / 2:
        return
    try:
        mib = resident_mib(watched)
    except psutil.Error:  # it ended between two looks
        return
    if mib:
        curve.append((round(now_s, 3), round(mib, 1)))


def _end(process):
    """End the worker and all it started, if it still runs, and close its pipes."""
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    process.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def _problem(last, exit_code, stop, log):
    """Say in one sentence why there is no result; None where there is one."""
    if last.get("event") == "result":
        return None
    if last.get("event") == "failed":
        return last["problem"]
    if stop and stop.is_set():
        return {"sentence": STOPPED}
    log.seek(0)
    tail = log.read().decode(errors="replace")[-_LAST_CHARACTERS_OF_LOG:]
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        return {"sentence": f"The worker was ended by the signal {name}.", "traceback": tail}
    return {"sentence": f"The worker ended with exit code {exit_code}.", "traceback": tail}
