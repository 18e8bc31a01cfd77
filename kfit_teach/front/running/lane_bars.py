"""One progress bar a lane while a comparison runs: its phase, then its batches.

Beside a bar stand the images/s so far and the resident memory as they are seen from outside. They
are there to be watched; what is taken from a run is what its own process measured. A bar that is a
widget rests while a clock runs: what is sent to a page and drawn there takes the processors' time
from the run (docs/measuring.md). A line on a terminal takes none that was found.
"""

import time
from collections.abc import Callable

from kfit_teach.common.endings import Phase
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.result import WORDS_FOR_STATUS, Result
from kfit_teach.common.wire import MemorySeen, PhaseBegan, Progress, Seen
from kfit_teach.common.words import say, to_say

SECONDS_BETWEEN_TEXTS = 0.1
WORDS_FOR_PHASE: dict[Phase, str] = {
    "start": to_say("starting"),
    "import": to_say("starting"),
    "build": to_say("starting"),
    "data": to_say("handing over the data"),
    "first batch": to_say("first batch"),
    "first epoch": to_say("epoch {epoch} of {epochs}"),
    "return": to_say("finishing"),
    "evaluate": to_say("evaluating"),
    "ceiling": to_say("the bare step, for the ceiling"),
}
# From the call of the training function to the end of the lane, clocks run.
CLOCKED_PHASES: tuple[Phase, ...] = ("first batch", "first epoch", "return", "evaluate", "ceiling")
LAST_PHASE_BEFORE_THE_CLOCK: Phase = "data"
RESTING = to_say("training; nothing moves here while the clock runs")


def clock_begins(event: Seen) -> bool:
    """Tell whether nothing may be drawn from this event on."""
    return isinstance(event, PhaseBegan) and event.phase in CLOCKED_PHASES


class LaneBars:
    """Turns a worker's events into progress bars; a context manager.

    Args:
        bar: what makes a bar, from kfit_teach.common.progress.
    """

    def __init__(self, bar: Callable):
        self._make_bar = bar
        self._bars, self._pace_of = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for bar in self._bars.values():
            bar.close()

    def show(self, experiment: Experiment, event: Seen) -> None:
        """Show one event of one lane."""
        bar = self._bar_of(experiment)
        pace = self._pace_of.setdefault(experiment.name, Pace(experiment))
        pace.note(event)
        if getattr(bar, "rests", False) and pace.clock_is_near:
            if isinstance(event, PhaseBegan) and event.phase == LAST_PHASE_BEFORE_THE_CLOCK:
                bar.set_postfix_str(say(RESTING))
            return
        if isinstance(event, Progress):
            bar.update(pace.batches - bar.n)
        if pace.is_news(event):
            bar.set_postfix_str(pace.text())

    def end(self, result: Result) -> None:
        """Show how a lane ended."""
        bar = self._bar_of(result.experiment)
        bar.set_postfix_str(say(WORDS_FOR_STATUS[result.status]))
        bar.close()

    def _bar_of(self, experiment: Experiment):
        """Find the lane's bar, or make it."""
        if experiment.name not in self._bars:
            batches = experiment.epochs * experiment.steps_per_epoch
            self._bars[experiment.name] = self._make_bar(batches, experiment.name, say("batches"))
        return self._bars[experiment.name]


class Pace:
    """What can be seen of a lane while it runs."""

    def __init__(self, experiment: Experiment):
        self._experiment = experiment
        self._phase: Phase = "start"
        self._epoch = self._mib = self.batches = 0
        self._first = None  # (when, batches) of the first progress that was told
        self._last, self._next_text_s = None, 0.0

    def note(self, event: Seen) -> None:
        """Take one event in."""
        if isinstance(event, PhaseBegan):
            self._phase = event.phase
        elif isinstance(event, MemorySeen):
            self._mib = event.mib
        elif isinstance(event, Progress):
            self._epoch = event.epoch
            self.batches = (event.epoch - 1) * self._experiment.steps_per_epoch + event.batch
            self._last = (time.monotonic(), self.batches)
            self._first = self._first or self._last

    @property
    def clock_is_near(self) -> bool:
        """Whether a clock runs, or is about to."""
        return self._phase in (LAST_PHASE_BEFORE_THE_CLOCK, *CLOCKED_PHASES)

    def is_news(self, event: Seen) -> bool:
        """Tell whether the text is worth writing again: at each phase, else ten times a second."""
        now = time.monotonic()
        if not isinstance(event, PhaseBegan) and now < self._next_text_s:
            return False
        self._next_text_s = now + SECONDS_BETWEEN_TEXTS
        return True

    @property
    def images_per_s(self) -> float:
        """Images/s since the first batch, 0 where too little was seen."""
        if not self._first or self._last[0] - self._first[0] < SECONDS_BETWEEN_TEXTS:
            return 0
        (start, before), (end, after) = self._first, self._last
        return (after - before) * self._experiment.batch_size / (end - start)

    def text(self) -> str:
        """Say where the lane is, such as "epoch 2 of 3, 312 images/s, 540 MiB"."""
        words, epochs = WORDS_FOR_PHASE[self._phase], self._experiment.epochs
        told = [say(words, epoch=max(1, self._epoch), epochs=epochs)]
        if self.images_per_s and self._phase == "first epoch":
            told.append(say("{speed:.0f} images/s", speed=self.images_per_s))
        if self._mib:
            told.append(say("{mib:.0f} MiB", mib=self._mib))
        return ", ".join(told)
