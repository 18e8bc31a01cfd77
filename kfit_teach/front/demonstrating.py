"""demonstrate(): does a demonstration, one run after the other, each in a fresh process."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from kfit_teach.common import demonstrations, endings, wire
from kfit_teach.common.demonstration import Run
from kfit_teach.common.flowers import resolve_images
from kfit_teach.common.flowers.store import prepare_images, store_path
from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.problems import validated
from kfit_teach.common.progress import progress_bar, tell
from kfit_teach.common.result import WORDS_FOR_STATUS
from kfit_teach.common.words import say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen, note_piece, run_of
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.running.alone import the_machine_alone
from kfit_teach.front.running.compare import require_libraries
from kfit_teach.front.running.runner import Worker


def demonstrate(name: str, path=None, bar=progress_bar, **settings) -> Demonstrated:
    """Do a demonstration of a lesson, such as "one_step", without its panel.

    Args:
        name: one of kfit_teach.common.demonstrations.names().
        path: where the real images are (.tgz or folder); else the usual places.
        bar: what makes progress bars; kfit_teach.common.progress.no_progress_bar draws none.
        **settings: the demonstration's own; `kfit-teach demonstrate NAME --help` lists them.

    Returns:
        Demonstrated; a run that failed is in it, with the reason.

    Raises:
        BadInput: there is no such demonstration, a setting is out of its bounds, or images or a
            library are missing.
        KeyboardInterrupt: Ctrl-C; the worker has been ended.
    """
    shown = prepare_demonstration(name, path, bar, **settings)
    run_demonstration(shown, bar=bar)
    return shown


def prepare_demonstration(name: str, path=None, bar=progress_bar, **settings) -> Demonstrated:
    """Check the settings and make the images ready; start nothing, so nothing is told yet.

    Raises:
        BadInput: as `demonstrate`.
    """
    settings = validated(demonstrations.demonstration(name).Settings, **settings)
    require_libraries(dict.fromkeys(run.library for run in settings.runs()))
    settings = resolve_images(settings, path)
    _, checked = prepare_images(settings.images, settings.image_size, path, bar)
    return shown_as(name)(demonstration=name, created=datetime.now(UTC), settings=settings,
                          images_checked=checked)  # fmt: skip


def run_demonstration(
    shown: Demonstrated,
    watch: Callable[[RunSeen, wire.Seen], None] | None = None,
    stop: threading.Event | None = None,
    bar=progress_bar,
    warm=None,
    tell: Callable[[str], None] = tell,
) -> None:
    """Do every run; what each tells is added piece by piece.

    Args:
        shown: from `prepare_demonstration`.
        watch: called with (RunSeen, event) after each event was noted, and at a run's end with
            (RunSeen, None).
        stop: once it is set, the run is ended and no other begins.
        bar: what makes progress bars.
        warm: WarmStart whose waiting worker is used, or None.
        tell: called with a sentence where another measured run has to be waited for.

    Raises:
        KeyboardInterrupt: Ctrl-C; the worker has been ended. What was told so far is kept.
    """
    with the_machine_alone(tell, stop=stop):
        for run in shown.settings.runs():
            if stop and stop.is_set():
                return
            with bar(1, run.name, say("runs")) as progress:
                progress.set_postfix_str(say("running"))
                seen = _do(shown, run, watch, stop, warm)
                progress.set_postfix_str(say(WORDS_FOR_STATUS[seen.status]))
                progress.update(1)
            if watch:
                watch(seen, None)


def _do(shown, run: Run, watch, stop, warm) -> RunSeen:
    """Do one run, and note what it tells and how it ended."""
    seen, started_s = run_of(shown, run), time.monotonic()
    task = wire.Demonstrate(
        demonstration=shown.demonstration, settings=shown.settings.model_dump(mode="json"),
        run=run.name, library=run.library, memory_budget=run.memory_budget,
        store=store_path(shown.settings.images, shown.settings.image_size),
    )  # fmt: skip
    waiting = warm.take(run.library) if warm else None
    if waiting:
        waiting.give(task, run.memory_budget)
    with waiting or Worker(task, run.memory_budget) as worker:

        def note(event: wire.Seen) -> None:
            _note(shown, seen, event)
            if watch:
                watch(seen, event)
            if isinstance(event, wire.ClockRuns) and event.runs:
                worker.send(f"{wire.GO}\n")

        seen.problem = endings.Stopped()
        try:
            last = worker.run(note, stop)
            seen.problem, seen.budget_end = worker.problem(last, stop), worker.budget_end(last)
            seen.status = _status(seen)
        finally:
            seen.seconds, seen.curve = time.monotonic() - started_s, worker.curve
    if seen.budget_end:
        seen.problem = endings.OverBudget(budget_mib=run.memory_budget / MIB, end=seen.budget_end,
                                          cause=seen.problem)  # fmt: skip
    return seen


def _note(shown: Demonstrated, seen: RunSeen, event: wire.Seen) -> None:
    if isinstance(event, wire.PieceMade):
        note_piece(shown, seen, event.piece)
    elif isinstance(event, wire.MachineTold):
        seen.machine = event.machine
    elif isinstance(event, wire.BaseSettled):
        seen.base_mib = event.base_mib
    elif isinstance(event, wire.MemorySeen):
        seen.curve.append((event.at_s, event.mib))


def _status(seen: RunSeen) -> str:
    if seen.problem is None:
        return "done"
    if seen.budget_end:
        return "over budget"
    return "stopped" if seen.problem.kind == "stopped" else "failed"
