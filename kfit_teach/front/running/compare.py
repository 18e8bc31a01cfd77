"""Runs the lanes of a comparison, one after the other, each in a fresh process."""

import importlib.util

from kfit_teach.common.problems import BadInput
from kfit_teach.front.running.runner import run_experiment


def require_libraries(names):
    """Refuse libraries that are not installed, before anything is started.

    Args:
        names: library names.

    Raises:
        BadInput: one of them is missing.
    """
    for name in names:
        if importlib.util.find_spec(name) is None:
            other = "tf_keras" if name == "keras" else "keras"
            raise BadInput(
                f"The library {name!r} is not installed, but this comparison needs it; "
                f"run: pip install {name}, or choose the library {other!r}"
            )


def run_lanes(experiments, store, watch=None, stop=None, warm=None, weights_files=None):
    """Run experiments in turn.

    Args:
        experiments: list of Experiment.
        store: path of the stored images.
        watch: called with (experiment, event) while a lane runs.
        stop: a threading.Event; once it is set, the running lane is ended and no other starts.
        warm: WarmStart whose worker is taken where one waits, or None.
        weights_files: list of paths, one an experiment, that its weights are written to, or None.

    Yields:
        Result, one an experiment, until all are done or stop is set.
    """
    files = weights_files or [None] * len(experiments)
    for experiment, file in zip(experiments, files, strict=True):
        if stop and stop.is_set():
            return
        lane_watch = None if watch is None else _watch_of(watch, experiment)
        yield run_experiment(experiment, store, lane_watch, stop, warm, file)


def _watch_of(watch, experiment):
    """Bind the lane to the watcher."""
    return lambda event: watch(experiment, event)
