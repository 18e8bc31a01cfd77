"""One experiment, from the compiled model to what was noted of its run."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from kfit_teach.common.endings import Phase
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import Flowers, open_flowers
from kfit_teach.common.measuring.coverage import coverage_of_epoch
from kfit_teach.common.measuring.timing import Stamp, queued_seconds, take_stamp, timing_of
from kfit_teach.common.result import EpochCoverage, Timing, Waiting
from kfit_teach.common.wire import EpochEnded, Event, Progress
from kfit_teach.worker.training import functions, loaders
from kfit_teach.worker.training.models import build_model
from kfit_teach.worker.training.recorder import Notes, Recorder, make_recorder


def compiled_model(keras: ModuleType, experiment: Experiment) -> tuple:
    """Build the model and attach the Notes of its steps; give both."""
    model = build_model(keras, experiment)
    notes = Notes(experiment)
    notes.attach(model)
    # Every training function starts from the same state of the random generators.
    keras.utils.set_random_seed(experiment.seed)
    return model, notes


def train_once(
    keras: ModuleType,
    model,
    notes: Notes,
    experiment: Experiment,
    store: Path,
    begin: Callable[[Phase], None],
    send: Callable[[Event], None],
) -> "Run":
    """Obtain the data, call the training function, note everything.

    The model and its notes come from `compiled_model`; `begin` is called with each phase.
    """

    def report(epoch: int, batch: int) -> None:
        if epoch == batch == 1:
            begin("first epoch")
        send(Progress(epoch=epoch, batch=batch))

    def end_epoch() -> None:
        ended.append(recorder.epoch_ended(notes, start, ended))
        send(ended[-1])

    ended: list[EpochEnded] = []
    flowers = open_flowers(experiment, store, checked="")
    recorder = make_recorder(keras, report, end_epoch)
    call, spans = prepared_call(keras, model, flowers, experiment, recorder)
    begin("first batch")
    queued, start = queued_seconds(), take_stamp()
    call()
    end, queued_end = take_stamp(), queued_seconds()
    begin("return")
    waited = None if queued is None else queued_end - queued
    return Run(experiment, flowers, recorder, notes, ended, spans, start, end, waited)


def prepared_call(
    keras: ModuleType, model, flowers: Flowers, experiment: Experiment, recorder: Recorder
) -> tuple[Callable[[], None], list[tuple[float, float]]]:
    """Open the loader; give the call, ready to be clocked.

    Beside it comes a list that fills with (start, end) of each batch made, or, in the
    train_on_batch loop, of each wait for one.
    """
    source = loaders.open_source(keras, flowers, experiment)
    if experiment.training_function == "train_on_batch":
        waits = []
        batches = loaders.clocked(loaders.batches_by_hand(source, experiment), waits)
        return lambda: functions.train_on_batch(model, batches, experiment, recorder), waits
    if source.hands_over == "arrays":
        images, labels = source.value
        return (
            lambda: functions.fit_on_arrays(model, images, labels, experiment, recorder),
            source.spans,
        )
    function = _fit_function(experiment, source.hands_over)
    return lambda: function(model, source.value, experiment, recorder), source.spans


def _fit_function(experiment: Experiment, hands_over: str) -> Callable:
    """Choose the function; Keras 3 has no fit_generator, so there its lane calls fit."""
    if experiment.call == "fit_generator":
        return functions.fit_generator
    return functions.fit_on_batches if hands_over == "batches" else functions.fit_on_dataset


@dataclass(frozen=True)
class Run:
    """What was noted of one call of a training function.

    Args:
        ended: its epochs.
        spans: (start, end) of each batch made, or of each wait, in seconds.
        start, end: stamps around the call.
        waited_s: run-queue wait of all threads during the call, or None.
    """

    experiment: Experiment
    flowers: Flowers
    recorder: Recorder
    notes: Notes
    ended: list[EpochEnded]
    spans: list[tuple[float, float]]
    start: Stamp
    end: Stamp
    waited_s: float | None

    def timing(self, phases: dict[Phase, float], waited: bool) -> Timing:
        """Work out the times; a process that had waited for its task tells nothing of starting."""
        wall = self.end.wall_s - self.start.wall_s
        contention = None if self.waited_s is None else self.waited_s / wall
        return timing_of(self.ended, phases, waited, wall, contention)

    @property
    def _numbers(self) -> list[np.ndarray]:
        """One array of image numbers an epoch, in the order trained on."""
        return self.notes.numbers_by_epoch([len(ends) for ends in self.recorder.batch_ends])

    def waiting(self, ceiling_ms_per_step: float) -> Waiting | None:
        """Tell how long a step waited for its batch.

        Within fit the wait cannot be seen from Python: there it is the step's time less that of
        the bare step. None where there is one epoch only.
        """
        epochs = self.recorder.epoch_ends
        steps = sum(len(ends) for ends in self.recorder.batch_ends[1:])
        if not steps:
            return None
        first, last = epochs[0].wall_s, epochs[-1].wall_s
        spent = sum(end - start for start, end in self.spans if first <= start <= last)
        clocked = self.experiment.training_function == "train_on_batch"
        derived = 1000 * (last - first) / steps - ceiling_ms_per_step
        seen = bool(self.spans) and not clocked and not self.experiment.multiprocessing
        return Waiting(
            ms_per_step=1000 * spent / steps if clocked else derived,
            how="clocked" if clocked else "derived",
            loader_busy_ms_per_step=1000 * spent / steps if seen else None,
        )

    def batch_ends_s(self, most_batches: int) -> list[list[float]]:
        """When batches ended, in seconds from the call; one list for each of the first epochs."""
        epochs = max(1, most_batches // self.experiment.steps_per_epoch)
        start = self.start.wall_s
        return [
            [round(end - start, 4) for end in ends] for ends in self.recorder.batch_ends[:epochs]
        ]

    def loader_spans_s(self, most_batches: int) -> list[tuple[float, float]]:
        """When the first batches were made, in seconds from the call."""
        start = self.start.wall_s
        return [
            (round(begun - start, 4), round(end - start, 4))
            for begun, end in self.spans[:most_batches]
        ]

    def coverage(self) -> list[EpochCoverage]:
        """Say which images each epoch trained on."""
        return [
            EpochCoverage(
                order_sha256=hashlib.sha256(seen.tobytes()).hexdigest(),
                **coverage_of_epoch(seen, self.flowers.numbers),
            )
            for seen in self._numbers
        ]

    def seen(self, most_numbers: int) -> list[list[int]]:
        """List the images that each epoch trained on, in order, for the first epochs."""
        epochs = max(1, most_numbers // len(self.flowers))
        return [seen.tolist() for seen in self._numbers[:epochs]]

    def losses(self) -> list[float]:
        """Give the loss of every batch, in order."""
        return self.notes.losses()
