"""One progress bar a lane while a comparison runs: its phase, then its batches.

Beside a bar stand the images/s so far and the resident memory as they are seen from outside. They
are there to be watched; what is taken from a run is what its own process measured.
"""

import time

SECONDS_BETWEEN_TEXTS = 0.1
WORDS_FOR_PHASE = {
    "import": "starting",
    "build": "starting",
    "data": "handing over the data",
    "first batch": "first batch",
    "return": "finishing",
    "evaluate": "evaluating",
    "ceiling": "the bare step, for the ceiling",
}


class LaneBars:
    """Turns a worker's events into progress bars; a context manager.

    Args:
        bar: what makes a bar, from kfit_teach.common.progress.
    """

    def __init__(self, bar):
        self._make_bar = bar
        self._bars, self._pace_of = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for bar in self._bars.values():
            bar.close()

    def show(self, experiment, event):
        """Show one event of one lane."""
        bar = self._bar_of(experiment)
        pace = self._pace_of.setdefault(experiment.name, Pace(experiment))
        pace.note(event)
        if event["event"] == "progress":
            bar.update(pace.batches - bar.n)
        if pace.is_news(event):
            bar.set_postfix_str(pace.text())

    def end(self, result):
        """Show how a lane ended."""
        bar = self._bar_of(result.experiment)
        bar.set_postfix_str(result.status)
        bar.close()

    def _bar_of(self, experiment):
        """Find the lane's bar, or make it."""
        if experiment.name not in self._bars:
            batches = experiment.epochs * experiment.steps_per_epoch
            self._bars[experiment.name] = self._make_bar(batches, experiment.name, "batches")
        return self._bars[experiment.name]


class Pace:
    """What can be seen of a lane while it runs.

    Args:
        experiment: Experiment.
    """

    def __init__(self, experiment):
        self._experiment = experiment
        self._phase, self._epoch, self._mib = "starting", 0, 0
        self.batches = 0
        self._first = None  # (when, batches) of the first progress that was told
        self._last, self._next_text_s = None, 0.0

    def note(self, event):
        """Take one event in."""
        kind = event["event"]
        if kind == "phase":
            self._phase = WORDS_FOR_PHASE.get(event["phase"], "")
        elif kind == "memory":
            self._mib = event["mib"]
        elif kind == "progress":
            steps = self._experiment.steps_per_epoch
            self._epoch = event["epoch"]
            self.batches = (event["epoch"] - 1) * steps + event["batch"]
            self._last = (time.monotonic(), self.batches)
            self._first = self._first or self._last

    def is_news(self, event):
        """Tell whether the text is worth writing again: at each phase, else ten times a second."""
        now = time.monotonic()
        if event["event"] != "phase" and now < self._next_text_s:
            return False
        self._next_text_s = now + SECONDS_BETWEEN_TEXTS
        return True

    @property
    def images_per_s(self):
        """Images/s since the first batch, 0 where too little was seen."""
        if not self._first or self._last[0] - self._first[0] < SECONDS_BETWEEN_TEXTS:
            return 0
        (start, before), (end, after) = self._first, self._last
        return (after - before) * self._experiment.batch_size / (end - start)

    def text(self):
        """Say where the lane is, such as "epoch 2 of 3, 312 images/s, 540 MiB"."""
        where = self._phase or f"epoch {max(1, self._epoch)} of {self._experiment.epochs}"
        told = [where]
        if self.images_per_s and not self._phase:
            told.append(f"{self.images_per_s:.0f} images/s")
        if self._mib:
            told.append(f"{self._mib:.0f} MiB")
        return ", ".join(told)
