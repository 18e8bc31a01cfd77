"""The worker: a fresh process that runs one task, named from a closed list, and tells of it.

It reads one line of JSON from standard input and writes events to what was its standard output,
one JSON object a line. It never outlives its parent: the kernel ends it when the parent dies
(Linux), and on every system it leaves as soon as its standard input is closed. It leaves by
os._exit, since TensorFlow's threads can hold up an orderly exit.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback

_PR_SET_PDEATHSIG = 1
_MOST_KEPT = 20_000
_MOST_WEIGHTS = 2**24  # 64 MiB a lane; MiniVGGNet at 64 px has half as many
# TensorFlow's own allocator raises the first, oneDNN the second (docs/measuring.md).
_ERRORS_OF_REFUSED_MEMORY = ("ResourceExhaustedError", "AbortedError")
SECONDS_BETWEEN_LOOKS_AT_PARENT = 0.2
MOST_SECONDS_TO_WAIT = 900  # for a task: a panel that nobody uses need not hold its memory
_WORDS_BEFORE_THE_MESSAGE = ("Graph execution error", "Detected at node", "<stack traces")


def main():
    """Run the one task that standard input names, then leave."""
    send = _open_event_stream()
    lines = _read_lines()
    task = json.loads(lines.get())
    _leave_with_parent(task["parent"])
    try:
        if task["name"] not in TASKS:
            raise ValueError(f"{task['name']!r} is no task; choose one of {', '.join(TASKS)}")
        send({"event": "result", "result": TASKS[task["name"]](task, send, lines)})
    except BaseException as error:
        problem = {
            "sentence": f"{type(error).__name__}: {_first_line(error)}",
            "traceback": traceback.format_exc(),
        }
        send({"event": "failed", "problem": problem, **_memory_at(error)})
        os._exit(1)
    os._exit(0)


def _open_event_stream():
    """Keep standard output for events; whatever a library prints goes to standard error."""
    stream = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(event):
        with lock:
            stream.write(json.dumps(event) + "\n")

    return send


def _read_lines():
    """Read standard input in a thread of its own, and leave as soon as it is closed.

    It reads the bare descriptor: a thread that waits in sys.stdin holds its lock, and processes
    forked meanwhile, such as a loader's workers, would wait for that lock for ever.

    Returns:
        queue.SimpleQueue of lines.
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


def _leave_with_parent(parent):
    """End this process, and those it forks, when the parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it went before the line above
            os._exit(1)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_watch_parent)


def _watch_parent():
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


def _memory_at(error):
    """Tell whether an error was, or came of, a refusal of memory, and what is resident now."""
    from kfit_teach.common.measuring.memory import resident_mib

    if isinstance(error, MemoryError):
        refused = "MemoryError"
    elif type(error).__name__ in _ERRORS_OF_REFUSED_MEMORY:
        refused = "library error"
    else:
        refused = ""
    return {"refused": refused, "resident_mib": resident_mib()}


def _first_line(error):
    """Give the first telling line of an error's text, which in TensorFlow can have hundreds."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(_WORDS_BEFORE_THE_MESSAGE)]
    return (telling or lines or ["(no message)"])[0][:300]


def _import_library(task, send, lines):
    """Import one library and say how long that took; `kfit-teach doctor` asks this."""
    from kfit_teach.worker.training import libraries

    start = time.monotonic()
    libraries.load_library(task["library"])
    return {"import_s": time.monotonic() - start} | libraries.describe_machine()


def _train(task, send, lines):
    """Run one experiment; return its Result as plain data."""
    phases = {}

    def begin(phase):
        phases[phase] = time.monotonic() - task["started_s"]
        send({"event": "phase", "phase": phase, "at_s": phases[phase]})

    begin("import")
    from kfit_teach.common.experiment import Experiment
    from kfit_teach.common.measuring import memory
    from kfit_teach.worker.training import libraries

    experiment = Experiment.model_validate(task["experiment"])
    keras = libraries.load_library(experiment.library)
    from kfit_teach.worker.training.ceiling import BareStep
    from kfit_teach.worker.training.evaluation import test_accuracy
    from kfit_teach.worker.training.run import compiled_model, train

    begin("build")
    model, notes = compiled_model(keras, experiment)
    base_mib, counted = memory.settle_base()
    send({"event": "base", "base_mib": base_mib})
    if experiment.memory_budget:
        memory.limit_growth(experiment.memory_budget)
    begin("data")
    run = train(keras, model, notes, experiment, task["store"], begin, send)
    peak_mib = memory.peak_mib()  # before the weights are copied out
    memory.lift_limit()
    timing = run.timing(dict(phases), waited=task.get("waited", False))
    weights_sha256 = _sha256_of_weights(model)
    seen = run.who_was_seen(_MOST_KEPT)
    losses = [round(float(loss), 6) for loss in notes.losses]
    begin("evaluate")
    weights_moved = _keep_weights(keras, model, experiment, task.get("weights_file"))
    accuracy = test_accuracy(model, experiment, task["store"]) if experiment.evaluate else None
    begin("ceiling")  # last, since it trains the model on
    images_per_s, ms_per_step = BareStep(model, notes, run.flowers, experiment).clock()
    speed = timing["images_per_s"]
    return {
        "experiment": experiment.model_dump(mode="json"),
        "status": "done",
        "timing": timing,
        "memory": {
            "base_mib": base_mib,
            "peak_mib": peak_mib,
            "counted": counted,
            "data_mib": experiment.data_bytes / memory.MIB,
        },
        "machine": libraries.describe_machine(),
        "ceiling": {
            "images_per_s": images_per_s,
            "ms_per_step": ms_per_step,
            "share": speed and speed / images_per_s,
        },
        "waiting": run.waiting(ms_per_step),
        **seen,
        **run.when(_MOST_KEPT),
        "losses": losses,
        "weights_sha256": weights_sha256,
        "weights_moved": weights_moved,
        "test_accuracy": accuracy,
    }


def _train_in_turns(task, send, lines):
    """Train on and on, one turn whenever a line of standard input asks for it."""
    from kfit_teach.common.experiment import Experiment
    from kfit_teach.worker.training import libraries

    experiment = Experiment.model_validate(task["experiment"])
    keras = libraries.load_library(experiment.library)
    from kfit_teach.worker.training.turns import train_in_turns

    train_in_turns(keras, experiment, task["store"], task["turns"], lines, send)
    return {}


def _judge(task, send, lines):
    """Judge a learner's answer to an exercise, within limits of memory and of files."""
    from kfit_teach.worker.training import libraries

    keras = libraries.load_library(task["library"])
    from pathlib import Path

    from kfit_teach.common.measuring import memory
    from kfit_teach.worker.judging import JUDGES
    from kfit_teach.worker.judging.learners_code import Printed, refuse_processes

    source = Path(task["source"]).read_text(encoding="utf-8")
    os.environ["KFIT_TEACH_JUDGING"] = "1"  # a check within the answer must not start another
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 (nobody is there to answer)
    memory.limit_files()
    refuse_processes()
    send({"event": "base", "base_mib": memory.settle_base()[0]})
    memory.limit_growth(task["memory_budget"])
    with contextlib.redirect_stdout(Printed()) as printed:
        verdict = JUDGES[task["exercise"]](keras, source)
    return verdict | {"details": verdict["details"] + printed.told()}


def _wait(task, send, lines):
    """Import one library, then wait for a task and run it; nobody waits for ever."""
    from kfit_teach.worker.training import libraries

    libraries.load_library(task["library"])
    import kfit_teach.worker.training.run  # noqa: F401 (what a training task imports next)

    send({"event": "ready"})
    try:
        given = json.loads(lines.get(timeout=MOST_SECONDS_TO_WAIT))
    except queue.Empty:
        os._exit(0)
    return TASKS[given["name"]](given | {"waited": True}, send, lines)


def _sha256_of_weights(model):
    """Hash every weight of the model, moving statistics included, in order."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(weights.tobytes())
    return digest.hexdigest()


def _keep_weights(keras, model, experiment, file):
    """Write all weights to the file, where one is named, for the other lanes to be held against.

    Returns:
        How far training moved the weight that it moved most; None for a network that is too large.
    """
    import numpy as np

    from kfit_teach.worker.training.evaluation import all_weights, largest_move

    if model.count_params() > _MOST_WEIGHTS:
        return None
    weights = all_weights(model)
    if file:
        np.save(file, weights)
    return largest_move(keras, experiment, weights)


TASKS = {
    "train": _train,
    "train in turns": _train_in_turns,
    "import": _import_library,
    "wait": _wait,
    "judge": _judge,
}

if __name__ == "__main__":
    main()
