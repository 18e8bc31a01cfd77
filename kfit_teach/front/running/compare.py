"""Runs the lanes of a comparison, one after the other, each in a fresh process."""

import importlib.util
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.problems import BadInput
from kfit_teach.common.result import Result
from kfit_teach.common.wire import Seen
from kfit_teach.common.words import say
from kfit_teach.front.running.runner import run_experiment
from kfit_teach.front.running.warm import WarmStart


def require_libraries(names: Iterable[str]) -> None:
    """Refuse libraries that are not installed, before anything is started.

    Raises:
        BadInput: one of them is missing.
    """
    for name in names:
        if importlib.util.find_spec(name) is None:
            other = "tf_keras" if name == "keras" else "keras"
            raise BadInput(
                say(
                    "The library {name!r} is not installed, but this comparison needs it; "
                    "run: pip install {name}, or choose the library {other!r}",
                    name=name,
                    other=other,
                )
            )


def run_lanes(
    experiments: list[Experiment],
    store: Path,
    watch: Callable[[Experiment, Seen], None] | None = None,
    stop: threading.Event | None = None,
    warm: WarmStart | None = None,
    weights_files: list[Path] | None = None,
) -> Iterator[Result]:
    """Run experiments in turn; yield one result an experiment, until all are done.

    Args:
        experiments: the lanes.
        store: the stored images.
        watch: called with each event while a lane runs.
        stop: once it is set, the running lane is ended and no other starts.
        warm: whose worker is taken where one waits.
        weights_files: one an experiment, that its weights are written to.

    Raises:
        LaneInterrupted: Ctrl-C; it holds the result of the lane that ran.
    """
    files = weights_files or [None] * len(experiments)
    for experiment, file in zip(experiments, files, strict=True):
        if stop and stop.is_set():
            return
        lane_watch = partial(watch, experiment) if watch else None
        yield run_experiment(experiment, store, lane_watch, stop, warm, file)
