"""compare(): runs the lanes of a comparison, one after the other, and measures their speed."""

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.flowers import open_flowers, resolve_images
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.flowers.store import prepare_images, store_path
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.problems import validated
from kfit_teach.common.progress import progress_bar, tell
from kfit_teach.common.wire import LaneEnded
from kfit_teach.common.words import say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.running.alone import the_machine_alone
from kfit_teach.front.running.compare import require_libraries, run_lanes
from kfit_teach.front.running.lane_bars import LaneBars
from kfit_teach.front.running.measure import LaneDied, measure_blocks
from kfit_teach.front.running.runner import LaneInterrupted
from kfit_teach.front.running.weights import weight_distances


class Interrupted(KeyboardInterrupt):
    """A comparison was interrupted: Ctrl-C, or a notebook's kernel was.

    Args:
        comparison: holds what was measured, also of the lane that ran.
    """

    def __init__(self, comparison: Comparison):
        super().__init__()
        self.comparison, self._is_shown = comparison, False

    def __str__(self) -> str:
        if any(result.timing for result in self.comparison.results):
            return say("Interrupted; what was measured is above.")
        return say("Interrupted before anything was measured.")

    def _render_traceback_(self) -> list[str]:
        """Show what was measured, then one sentence; IPython asks for this, not for a traceback.

        It asks twice: to show it, and to keep it in its history.
        """
        from IPython.display import display

        if self.comparison.results and not self._is_shown:
            self._is_shown = True
            display(self.comparison)
        return [str(self)]


def compare(path=None, bar=progress_bar, **settings):
    """Train the same network through the training functions, each in a fresh process.

    Args:
        path: where the real images are (.tgz or folder); else the usual places.
        bar: what makes progress bars; kfit_teach.common.progress.no_progress_bar draws none.
        **settings: those of ComparisonSettings, such as library="keras" or epochs=3.

    Returns:
        Comparison; a lane that failed is in it, with the reason.

    Raises:
        BadInput: a setting is out of its bounds, or images or a library are missing.
        Interrupted: Ctrl-C; the worker has been ended. It is a KeyboardInterrupt that holds the
            comparison, with what was measured until then.

    >>> import kfit_teach as kt
    >>> comparison = kt.compare(library="keras", functions=["fit", "train_on_batch"],
    ...                         images="synthetic", image_size=16)
    >>> print(comparison.same_weights("keras").answer)
    yes
    """
    comparison = prepare_comparison(path, bar, **settings)
    try:
        run_comparison(comparison, bar=bar)
    except KeyboardInterrupt:
        raise Interrupted(comparison) from None
    return comparison


def prepare_comparison(path=None, bar=progress_bar, **settings) -> Comparison:
    """Check the settings and make the images ready; start nothing, so there are no results yet.

    Raises:
        BadInput: a setting is out of its bounds, or images or a library are missing.
    """
    settings = validated(ComparisonSettings, **settings)
    require_libraries(settings.libraries)
    settings = resolve_images(settings, path)
    stored, checked = prepare_images(settings.images, settings.image_size, path, bar)
    flowers = open_flowers(settings, stored, checked)
    forms = {LOADERS[experiment.loader].form for experiment in settings.experiments()}
    for form in forms - {None}:
        prepare_form(form, flowers, path, bar)
    return Comparison(created=datetime.now(UTC), settings=settings, images_checked=checked)


def run_comparison(
    comparison, watch=None, stop=None, bar=progress_bar, warm=None, alone=False, tell=tell
):
    """Run every lane; each result is added as soon as its lane has ended.

    Args:
        comparison: from `prepare_comparison`.
        watch: called with (experiment, event) while a lane runs, and at its end with LaneEnded,
            which holds its Result (kfit_teach.common.wire).
        stop: a threading.Event; once it is set, the running lane is ended and no other starts.
        bar: what makes progress bars.
        warm: WarmStart whose waiting worker is used, or None.
        alone: whether to wait for other measured runs even where no blocks are measured.
        tell: called with a sentence where another measured run has to be waited for.

    Raises:
        KeyboardInterrupt: Ctrl-C; the worker has been ended. Results so far are kept, and what the
            lane that ran had measured.
    """
    settings = comparison.settings
    store = store_path(settings.images, settings.image_size)
    with contextlib.ExitStack() as lock:
        if settings.measure or alone:
            lock.enter_context(the_machine_alone(tell, stop=stop))
        with LaneBars(bar) as bars, _weights_files(comparison) as files:

            def watch_both(experiment, event):
                bars.show(experiment, event)
                if watch:
                    watch(experiment, event)

            def end(result):
                comparison.results.append(result)
                bars.end(result)
                if watch:
                    watch(result.experiment, LaneEnded(result=result))

            lanes = settings.experiments()
            try:
                for result in run_lanes(lanes, store, watch_both, stop, warm, files):
                    end(result)
            except LaneInterrupted as interrupted:
                end(interrupted.result)
                raise
        if settings.measure:
            _measure(comparison, store, stop, bar)


@contextlib.contextmanager
def _weights_files(comparison):
    """Give a file for each lane's weights; in the end, note how far apart these are."""
    lanes = comparison.settings.experiments()
    with tempfile.TemporaryDirectory(prefix="kfit_teach_") as folder:
        files = [Path(folder) / f"{place}.npy" for place in range(len(lanes))]
        try:
            yield files
        finally:
            file_of = {
                result.experiment: file if result.status == "done" else None
                for result, file in zip(comparison.results, files, strict=False)
            }
            for library in comparison.libraries:
                lanes = [result.experiment for result in comparison.results_of(library)]
                comparison.weight_distances[library] = weight_distances(map(file_of.get, lanes))


def _measure(comparison, store, stop, bar):
    """Add blocks, one library after the other; lanes that failed take no part."""
    settings = comparison.settings
    for library in comparison.libraries:
        lanes = [r.experiment for r in comparison.results_of(library) if r.status == "done"]
        if not lanes or (stop and stop.is_set()):
            continue
        turns = settings.blocks * (len(lanes) + 1)
        label = say("{library}, {blocks} blocks", library=library, blocks=settings.blocks)
        with bar(turns, label, say("turns")) as progress:
            blocks = measure_blocks(lanes, store, settings.blocks, progress.update, stop)
            try:
                for block in blocks:
                    comparison.blocks.append(block)
            except LaneDied as ended:
                comparison.measuring_problems[library] = str(ended)
