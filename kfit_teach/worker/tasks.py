"""What a worker can be asked to do. Keras is imported here and below, once a task needs it."""

import contextlib
import os
import queue
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kfit_teach.common import wire
from kfit_teach.common.endings import Phase
from kfit_teach.common.measuring import memory
from kfit_teach.common.result import Ceiling, MemoryUse, Result
from kfit_teach.worker.training import libraries

_MOST_KEPT = 20_000
# For a task, or a sign that somebody is still there: a page that was closed need not hold 600 MiB.
# A page that is open gives one every 20 s, or, where the browser has put it to sleep, every 60 s.
MOST_SECONDS_TO_WAIT = 75


@dataclass(frozen=True)
class Link:
    """What ties a task to the process that asked for it.

    Args:
        send: sends an event.
        lines: what comes on standard input.
        started_s: when the task's clock started, on the monotonic clock.
        taken_s: when the worker read the task.
        waited: whether the process had been waiting for it, so that it tells nothing of starting.
    """

    send: Callable[[wire.Event], None]
    lines: queue.SimpleQueue
    started_s: float
    taken_s: float
    waited: bool = False


def import_library(task: wire.ImportLibrary, link: Link) -> wire.LibraryImported:
    """Import one library and tell how long that took; `kfit-teach doctor` asks this."""
    start = time.monotonic()
    libraries.load_library(task.library)
    import_s = time.monotonic() - start
    return wire.LibraryImported(import_s=import_s, machine=libraries.describe_machine())


def train(task: wire.Train, link: Link) -> Result:
    """Run one experiment."""
    phases = {}

    def begin(phase: Phase, now_s: float | None = None) -> None:
        phases[phase] = (now_s or time.monotonic()) - link.started_s
        link.send(wire.PhaseBegan(phase=phase, at_s=phases[phase]))

    begin("import", link.taken_s)
    experiment = task.experiment
    keras = libraries.load_library(experiment.library)
    from kfit_teach.worker.training import evaluation
    from kfit_teach.worker.training.ceiling import BareStep
    from kfit_teach.worker.training.run import compiled_model, train_once

    begin("build")
    model, notes = compiled_model(keras, experiment)
    machine = libraries.describe_machine()
    base = memory.settle_base()
    settled = {"base_mib": base.resident_mib, "mark_mib": base.mark_mib}
    link.send(wire.BaseSettled(**settled, machine=machine))
    if experiment.memory_budget:
        memory.limit_growth(experiment.memory_budget)
    begin("data")
    run = train_once(keras, model, notes, experiment, task.store, begin, link.send)
    peak_mib = memory.peak_mib()  # before the weights are copied out
    memory.lift_limit()
    timing = run.timing(dict(phases), link.waited)
    weights_sha256 = evaluation.sha256_of_weights(model)
    coverage, seen, losses = run.coverage(), run.seen(_MOST_KEPT), run.losses()
    begin("evaluate")
    moved = evaluation.keep_weights(keras, model, experiment, task.weights_file)
    accuracy = None
    if experiment.evaluate:
        accuracy = evaluation.test_accuracy(model, experiment, task.store)
    begin("ceiling")  # last, since it trains the model on
    images_per_s, ms_per_step = BareStep(model, notes, run.flowers, experiment).clock()
    speed = timing.images_per_s
    return Result(
        experiment=experiment,
        status="done",
        timing=timing,
        memory=MemoryUse(
            base_mib=base.resident_mib,
            peak_mib=peak_mib,
            counted=base.counts(peak_mib),
            data_mib=experiment.data_bytes / memory.MIB,
        ),
        machine=machine,
        ceiling=Ceiling(
            images_per_s=images_per_s, ms_per_step=ms_per_step, share=speed and speed / images_per_s
        ),
        waiting=run.waiting(ms_per_step),
        coverage=coverage,
        seen=seen,
        losses=losses,
        batch_ends_s=run.batch_ends_s(_MOST_KEPT),
        loader_spans_s=run.loader_spans_s(_MOST_KEPT),
        weights_sha256=weights_sha256,
        weights_moved=moved and moved.weights,
        statistics_moved=moved and moved.statistics,
        test_accuracy=accuracy,
    )


def train_in_turns(task: wire.TrainInTurns, link: Link) -> None:
    """Train on and on, one turn whenever a line of standard input asks for it."""
    keras = libraries.load_library(task.experiment.library)
    from kfit_teach.worker.training import turns

    turns.train_in_turns(keras, task.experiment, task.store, task.turns, link.lines, link.send)


def judge(task: wire.Judge, link: Link) -> wire.Judged:
    """Judge a learner's answer to an exercise, within limits of memory and of files."""
    keras = libraries.load_library(task.library)
    from kfit_teach.worker.judging import judge_of
    from kfit_teach.worker.judging.learners_code import Printed, refuse_processes

    judge_answer = judge_of(task.exercise)
    source = task.source.read_text(encoding="utf-8")
    os.environ["KFIT_TEACH_JUDGING"] = "1"  # a check within the answer must not start another
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115 (nobody is there to answer)
    memory.limit_files()
    refuse_processes()
    base = memory.settle_base()
    link.send(wire.BaseSettled(base_mib=base.resident_mib, mark_mib=base.mark_mib))
    memory.limit_growth(task.memory_budget)
    with contextlib.redirect_stdout(Printed()) as printed:
        judged = judge_answer(keras, source)
    return judged.model_copy(update={"details": judged.details + printed.told()})


def demonstrate(task: wire.Demonstrate, link: Link) -> None:
    """Do one run of a demonstration, and send each piece as soon as it is made."""
    keras = libraries.load_library(task.library)
    from kfit_teach.worker.demonstrating import demonstration_of
    from kfit_teach.worker.demonstrating.stage import Stage

    link.send(wire.MachineTold(machine=libraries.describe_machine()))
    settings, pieces_of = demonstration_of(task)
    stage = Stage(task, settings, link.send, link.lines, link.started_s)
    for piece in pieces_of(keras, settings, stage):
        link.send(wire.PieceMade(piece=piece.model_dump(mode="json")))


def wait(task: wire.Wait, link: Link) -> Result | wire.LibraryImported | wire.Judged | None:
    """Import one library, then wait for a task and run it.

    An empty line is a sign that somebody is still there; without one it leaves after a while.
    """
    libraries.load_library(task.library)
    import kfit_teach.worker.training.run  # noqa: F401 (what a training task imports next)

    link.send(wire.Ready())
    try:
        line = "\n"
        while not line.strip():
            line = link.lines.get(timeout=MOST_SECONDS_TO_WAIT)
    except queue.Empty:
        os._exit(0)
    order = wire.read_order(line)
    given = Link(link.send, link.lines, order.started_s, time.monotonic(), waited=True)
    return TASKS[order.task.name](order.task, given)


TASKS = {
    "train": train,
    "train in turns": train_in_turns,
    "import": import_library,
    "wait": wait,
    "judge": judge,
    "demonstrate": demonstrate,
}
