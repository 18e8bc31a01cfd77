"""One experiment, from the compiled model to what was noted of its run."""

import hashlib
from dataclasses import dataclass

from kfit_teach.experiment import Experiment
from kfit_teach.flowers import Flowers, open_flowers
from kfit_teach.measuring.coverage import coverage_of_epoch
from kfit_teach.measuring.timing import Stamp, gaps_between_epochs, queued_seconds, take_stamp
from kfit_teach.training import functions, loaders
from kfit_teach.training.models import build_model
from kfit_teach.training.recorder import Notes, Recorder, make_recorder


def compiled_model(keras, experiment):
    """Build the model and attach what notes its steps.

    Returns:
        (model, notes).
    """
    model = build_model(keras, experiment)
    notes = Notes(experiment)
    notes.attach(model)
    # Every training function starts from the same state of the random generators.
    keras.utils.set_random_seed(experiment.seed)
    return model, notes


def train(keras, model, notes, experiment, store, begin, send):
    """Obtain the data, call the training function, note everything.

    Args:
        keras: the module keras or tf_keras.
        model, notes: from `compiled_model`.
        experiment: Experiment.
        store: path of the stored images.
        begin: called with the name of each phase as it begins.
        send: called with each event.

    Returns:
        Run.
    """

    def report(epoch, batch):
        if epoch == batch == 1:
            begin("first epoch")
        send({"event": "progress", "epoch": epoch, "batch": batch})

    flowers = open_flowers(experiment, store, checked="")
    recorder = make_recorder(keras, report)
    call = prepared_call(model, flowers, experiment, recorder)
    begin("first batch")
    queued, start = queued_seconds(), take_stamp()
    call()
    end, queued_end = take_stamp(), queued_seconds()
    begin("return")
    waited = None if queued is None else queued_end - queued
    return Run(experiment, flowers, recorder, notes, start, end, waited)


def prepared_call(model, flowers, experiment, recorder):
    """Load what the training function needs; return the call, ready to be clocked."""
    function, loader = experiment.training_function, experiment.loader
    if loader == "arrays":
        images, labels = loaders.load_arrays(flowers, experiment)
        if function == "fit":
            return lambda: functions.fit_on_arrays(model, images, labels, experiment, recorder)
        batches = loaders.batches_of_arrays(images, labels, experiment)
    else:
        batches = loaders.batches_of_generator(flowers, experiment)
    return lambda: _function_on_batches(experiment)(model, batches, experiment, recorder)


def _function_on_batches(experiment):
    """Choose the function; Keras 3 has no fit_generator, so there its lane calls fit."""
    if experiment.training_function == "train_on_batch":
        return functions.train_on_batch
    if experiment.call == "fit_generator":
        return functions.fit_generator
    return functions.fit_on_batches


@dataclass(frozen=True)
class Run:
    """What was noted of one call of a training function.

    Args:
        experiment: Experiment.
        flowers: the images at hand.
        recorder: when batches and epochs ended.
        notes: what the compiled step wrote down.
        start, end: stamps around the call.
        waited_s: run-queue wait of all threads during the call, or None.
    """

    experiment: Experiment
    flowers: Flowers
    recorder: Recorder
    notes: Notes
    start: Stamp
    end: Stamp
    waited_s: float | None

    def timing(self, phases):
        """Work out the times, as kfit_teach.experiment.Timing takes them."""
        epochs = self.recorder.epoch_ends
        wall = self.end.wall_s - self.start.wall_s
        return {
            "phases_s": phases,
            "start_up_s": phases["first batch"],
            "first_batch_s": self.recorder.batch_ends[0][0] - self.start.wall_s,
            "first_epoch_s": epochs[0].wall_s - self.start.wall_s,
            "call_s": wall,
            "gaps_s": gaps_between_epochs(self.recorder.batch_ends),
            "contention": None if self.waited_s is None else self.waited_s / wall,
            **self._steady_state(epochs[0], epochs[-1]),
        }

    def _steady_state(self, first, last):
        """Measure from the end of the first epoch to the end of the last."""
        images = sum(len(numbers) for numbers in self._numbers[1:])
        steps = sum(len(ends) for ends in self.recorder.batch_ends[1:])
        if not images:
            return dict.fromkeys(("images_per_s", "ms_per_step", "cpu_ms_per_image")) | {
                "steady_images": 0
            }
        wall, cpu = last.wall_s - first.wall_s, last.cpu_s - first.cpu_s
        return {
            "steady_images": images,
            "images_per_s": images / wall,
            "ms_per_step": 1000 * wall / steps,
            "cpu_ms_per_image": 1000 * cpu / images,
        }

    @property
    def _numbers(self):
        """One array of image numbers an epoch, in the order trained on."""
        return self.notes.numbers_by_epoch([len(ends) for ends in self.recorder.batch_ends])

    def who_was_seen(self, most_numbers):
        """Say which images each epoch trained on, in full for the first `most_numbers`."""
        by_epoch = self._numbers
        epochs_in_full = max(1, most_numbers // len(self.flowers))
        return {
            "coverage": [
                coverage_of_epoch(seen, self.flowers.numbers)
                | {"order_sha256": hashlib.sha256(seen.tobytes()).hexdigest()}
                for seen in by_epoch
            ],
            "seen": [seen.tolist() for seen in by_epoch[:epochs_in_full]],
        }
