import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.wire import EpochEnded, Failed, ImportLibrary, Progress, read_event
from kfit_teach.front.running import runner
from kfit_teach.front.running.runner import LaneInterrupted, Worker, run_experiment, run_task

pytestmark = pytest.mark.alone

SHORT = {"images": "synthetic", "image_size": 16, "part": "test"}
LONG = SHORT | {"epochs": 1000}


@pytest.fixture(scope="module")
def store():
    return prepare_images("synthetic", 16)[0]


def an_experiment(**settings):
    usual = {"training_function": "train_on_batch", "library": "keras"} | LONG
    return Experiment(**(usual | settings))


def workers_below(process):
    return [
        child
        for child in process.children(recursive=True)
        if "kfit_teach.worker" in " ".join(child.cmdline())
    ]


def run_until_first_batch(store, then):
    """Run a long experiment; at its first batch, call `then` with the worker's process."""
    called = []

    def watch(event):
        if isinstance(event, Progress) and not called:
            called.append(time.monotonic())
            then(workers_below(psutil.Process())[0])

    stop = threading.Event()
    return run_experiment(an_experiment(), store, watch, stop), called[0]


@pytest.mark.long
def test_the_first_batch_comes_soon_after_what_importing_keras_takes(store):
    # The best of three pairs, since the machine may be busy with something else.
    ratios = []
    for _ in range(3):
        start = time.monotonic()
        subprocess.run([sys.executable, "-c", "import keras"], check=True, capture_output=True)
        importing_s = time.monotonic() - start
        timing = run_experiment(an_experiment(epochs=1), store).timing
        ratios.append((timing.start_up_s + timing.first_batch_s) / importing_s)
    assert min(ratios) < 3


def test_stop_ends_the_worker_at_once_and_keeps_the_memory_curve(store):
    stop, stopped_at = threading.Event(), []

    def watch(event):
        if isinstance(event, Progress) and not stopped_at:
            stopped_at.append(time.monotonic())
            stop.set()

    result = run_experiment(an_experiment(), store, watch, stop)
    assert time.monotonic() - stopped_at[0] < 0.2
    assert result.status == "stopped"
    assert len(result.curve) > 10
    assert not workers_below(psutil.Process())


def run_and_stop(store, stop_it, **settings):
    """Run until three epochs have ended and the fourth goes on, then call `stop_it`."""
    told = []

    def watch(event):
        if isinstance(event, EpochEnded):
            told.append(event)
        if isinstance(event, Progress) and event.epoch == 4:
            stop_it()

    return run_experiment(an_experiment(**settings), store, watch, STOP), told


STOP = threading.Event()


@pytest.fixture
def stop():
    STOP.clear()
    yield STOP
    STOP.clear()


def test_a_run_that_is_stopped_keeps_what_its_epochs_measured(store, stop):
    result, told = run_and_stop(store, stop.set)
    assert result.status == "stopped" and result.problem.kind == "stopped"
    assert result.epochs_ended == len(told) == 3
    assert result.losses == [loss for epoch in told for loss in epoch.losses]
    assert len(result.losses) == 3 * 11 and result.diverged_at is None
    timing = result.timing
    assert timing.steady_images == 2 * 340 and len(timing.gaps_s) == 2
    steady_s = told[2].wall_s - told[0].wall_s
    assert timing.images_per_s == pytest.approx(680 / steady_s)
    assert timing.ms_per_step == pytest.approx(1000 * steady_s / 22)
    assert 0 < timing.first_batch_s < timing.first_epoch_s < timing.call_s == told[2].wall_s
    assert list(timing.phases_s)[-1] == "first epoch" and timing.start_up_s > 0
    assert result.memory.counted == "since the base" and result.memory.peak_extra_mib > 0
    assert result.machine.versions["keras"] and result.neighbours.others_cores >= 0
    again = type(result).model_validate_json(result.model_dump_json())
    assert again == result


@pytest.mark.long
def test_what_is_kept_of_a_stopped_run_is_what_the_whole_run_measures(store, stop):
    stopped, _ = run_and_stop(store, stop.set)
    whole = run_experiment(an_experiment(epochs=3), store)
    assert stopped.losses == whole.losses
    assert stopped.memory.peak_extra_mib == pytest.approx(whole.memory.peak_extra_mib, abs=15)
    assert stopped.memory.data_mib == whole.memory.data_mib
    assert stopped.timing.steady_images == whole.timing.steady_images
    assert stopped.machine == whole.machine
    assert whole.epochs_ended is None and whole.neighbours.kernel_cores >= 0


def test_a_run_that_is_stopped_before_an_epoch_has_ended_measured_nothing(store, stop):
    def watch(event):
        if isinstance(event, Progress):
            stop.set()

    result = run_experiment(an_experiment(), store, watch, stop)
    assert result.status == "stopped" and result.epochs_ended == 0
    assert result.timing is result.memory is result.machine is None and result.losses == []
    assert len(result.curve) > 10


@pytest.mark.long
def test_one_epoch_that_ended_has_no_steady_state(store, stop):
    def watch(event):
        if isinstance(event, EpochEnded):
            stop.set()

    result = run_experiment(an_experiment(), store, watch, stop)
    assert result.epochs_ended == 1 and result.timing.images_per_s is None
    assert result.timing.first_epoch_s == result.timing.call_s


def test_an_interrupt_ends_the_worker_and_keeps_what_was_measured(store, stop):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(LaneInterrupted) as caught:
        run_and_stop(store, interrupt, library="tf_keras")
    assert caught.value.result.status == "stopped" and caught.value.result.epochs_ended == 3
    assert caught.value.result.timing.images_per_s > 0
    assert not workers_below(psutil.Process())


def test_no_group_is_signalled_once_its_leader_was_waited_for(in_each_worker, monkeypatch):
    # By then the id may be that of somebody else's group.
    signalled, real = [], os.killpg

    def killpg(group, number):
        ended = os.waitid(os.P_PID, group, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        signalled.append(ended is not None)  # raises where it was waited for already
        real(group, number)

    monkeypatch.setattr(runner.os, "killpg", killpg)
    # The worker leaves at once; what it started holds its stream open.
    in_each_worker("import os, subprocess\nsubprocess.Popen(['sleep', '60'])\nos._exit(3)")
    with Worker(ImportLibrary(library="keras")) as worker:
        group = worker.process.pid
        last = worker.run()
        assert worker.problem(last).sentence == "The worker ended with exit code 3."
        worker.end()
    assert signalled == [True]
    left = [process for process in psutil.process_iter() if os.getpgid(process.pid) == group]
    assert all(process.status() == psutil.STATUS_ZOMBIE for process in left)


def test_a_worker_that_closes_its_stream_and_stays_is_ended(in_each_worker, monkeypatch):
    monkeypatch.setattr(runner, "MOST_SECONDS_TO_LEAVE", 0.5)
    in_each_worker("import os, time\nos.close(1)\ntime.sleep(60)")
    began = time.monotonic()
    _, problem = run_task(ImportLibrary(library="keras"))
    assert problem.sentence == "The worker was ended by the signal SIGKILL."
    assert time.monotonic() - began < 20


def test_what_a_worker_left_out_of_reach_does_not_hold_up_its_end(in_each_worker, monkeypatch):
    monkeypatch.setattr(runner, "MOST_SECONDS_TO_LEAVE", 0.5)
    # In a session of its own, it holds the stream open when the worker is gone.
    started = "subprocess.Popen(['sleep', '15'], start_new_session=True)"
    in_each_worker(f"import os, subprocess\n{started}\nos._exit(3)")
    began = time.monotonic()
    _, problem = run_task(ImportLibrary(library="keras"))
    assert problem.sentence == "The worker ended with exit code 3."
    assert time.monotonic() - began < 10


@pytest.mark.long
def test_a_worker_that_is_stopped_leaves_no_temporary_files(store, tmp_path, monkeypatch):
    # TensorFlow writes some for the functions that it traces, and removes them when it exits.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    stop, seen = threading.Event(), []

    def watch(event):
        if isinstance(event, Progress):
            seen.extend(tmp_path.rglob("*autograph*"))
            stop.set()

    experiment = an_experiment().model_copy(update={"library": "tf_keras"})
    assert run_experiment(experiment, store, watch, stop).status == "stopped"
    assert seen and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["SIGKILL", *(pytest.param(name, marks=pytest.mark.long) for name in ("SIGSEGV", "SIGTERM"))],
)
def test_a_worker_that_dies_is_told_in_one_sentence(store, name):
    result, _ = run_until_first_batch(
        store, lambda worker: worker.send_signal(getattr(signal, name))
    )
    assert result.status == "failed"
    assert result.problem.sentence == f"The worker was ended by the signal {name}."


def test_an_exception_in_the_worker_comes_back_with_its_traceback():
    result = run_experiment(an_experiment(), Path("there-is-no-such-store.npy"))
    assert result.status == "failed"
    assert result.problem.sentence.startswith("FileNotFoundError: ")
    assert "Traceback" in result.problem.traceback
    assert "open_flowers" in result.problem.traceback


@pytest.fixture
def in_each_worker(tmp_path, monkeypatch):
    """Has every new Python process run some lines before anything else."""

    def prepare(lines):
        (tmp_path / "sitecustomize.py").write_text(lines)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return prepare


def test_what_a_library_prints_does_not_break_the_events(store, in_each_worker, tmp_path):
    in_each_worker(
        "import builtins, pathlib\n"
        "real = builtins.__import__\n"
        "def noisy(name, *rest, **more):\n"
        "    if name == 'numpy':\n"
        "        print('noise from a library')\n"
        f"        pathlib.Path({str(tmp_path / 'printed')!r}).touch()\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = noisy\n"
    )
    result = run_experiment(an_experiment(epochs=1), store)
    assert result.status == "done" and (tmp_path / "printed").exists()


# The stream of events is the worker's copy of its standard output; what is written there comes
# before the first event.
WRITES_TO_THE_STREAM = """
import os, signal
real = os.dup
def dup_and_write(descriptor):
    copy = real(descriptor)
    if descriptor == 1:
        os.write(copy, LINE)
        THEN
    return copy
os.dup = dup_and_write
"""


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"a stray line\n", "'a stray line'"),
        (b"\n", "''"),
        (b"\xff\xfe no text\n", "xff"),
        (b'{"event": "progress", "epoch": 1}\n', '"epoch": 1'),
        (b"long " * 10_000 + b"\n", "'long long "),
    ],
)
def test_a_line_that_is_no_event_ends_the_worker_and_is_shown(store, in_each_worker, line, shown):
    in_each_worker(WRITES_TO_THE_STREAM.replace("LINE", repr(line)).replace("THEN", "pass"))
    stop = threading.Event()
    in_time = threading.Timer(20, stop.set)
    in_time.start()
    result = run_experiment(an_experiment(), store, None, stop)
    in_time.cancel()
    assert result.status == "failed" and result.problem.kind == "no event"
    assert "sent a line that is no event" in result.problem.sentence
    assert shown in result.problem.sentence and len(result.problem.sentence) < 200
    assert not workers_below(psutil.Process())


def test_a_worker_that_dies_within_a_line_is_told_by_its_signal(store, in_each_worker):
    lines = WRITES_TO_THE_STREAM.replace("LINE", 'b\'{"event": "prog\'')
    in_each_worker(lines.replace("THEN", "os.kill(os.getpid(), signal.SIGKILL)"))
    result = run_experiment(an_experiment(), store)
    assert result.problem.kind == "signal" and result.problem.signal == "SIGKILL"


def test_a_task_that_is_not_on_the_list_is_refused():
    order = {"task": {"name": "rm -rf"}, "parent": os.getpid(), "started_s": 0.0}
    words = [sys.executable, "-m", "kfit_teach.worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as worker:
        worker.stdin.write(json.dumps(order) + "\n")
        worker.stdin.flush()
        told = read_event(worker.stdout.readline())
    assert isinstance(told, Failed) and told.problem.error == "ValidationError"
    assert "rm -rf" in told.problem.sentence and "'train in turns'" in told.problem.sentence


PARENT = """
import ctypes, os, sys
from pathlib import Path
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.wire import PhaseBegan
from kfit_teach.front.running.runner import run_experiment

def watch(event):
    if isinstance(event, PhaseBegan):
        print(event.phase, flush=True)

run_experiment(Experiment.model_validate_json(sys.argv[1]), Path(sys.argv[2]), watch)
"""


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("SIGKILL", "import"),
        ("SIGKILL", "first epoch"),
        *(
            pytest.param(name, "first epoch", marks=pytest.mark.long)
            for name in ("SIGTERM", "SIGSEGV", "SIGINT")
        ),
    ],
)
def test_no_worker_outlives_its_parent(store, name, phase):
    words = [sys.executable, "-c", PARENT, an_experiment().model_dump_json(), str(store)]
    parent = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        # Whoever runs the tests in the background may have SIGINT switched off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    with parent:
        while parent.stdout.readline().strip() != phase:
            assert parent.poll() is None
        workers = workers_below(psutil.Process(parent.pid))
        assert len(workers) == 1
        os.kill(parent.pid, getattr(signal, name))
        parent.wait(5)
    _, alive = psutil.wait_procs(workers, timeout=2)
    assert not alive


@pytest.mark.long
def test_the_curve_from_outside_agrees_with_the_kernels_mark(store):
    result = run_experiment(an_experiment(epochs=20), store)
    highest_seen = max(mib for _, mib in result.curve)
    assert highest_seen <= result.memory.peak_mib + 1
    assert highest_seen >= 0.97 * result.memory.peak_mib


def test_fifty_tasks_leave_no_descriptor_thread_or_child(in_each_worker):
    in_each_worker("import os; os._exit(3)")
    this, task = psutil.Process(), ImportLibrary(library="keras")

    def held():
        return this.num_fds(), threading.active_count(), len(this.children())

    assert run_task(task)[1].sentence == "The worker ended with exit code 3."
    before = held()
    for _ in range(50):
        run_task(task)
    time.sleep(0.2)  # the reader threads see the end of their pipes
    assert held() == before
