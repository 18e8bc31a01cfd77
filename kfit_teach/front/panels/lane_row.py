"""One lane as a row: its name, a progress bar, and in words where it is or how it ended.

A message to the page costs the kernel and the page their time, so a row moves at most twice a
second, and while a clock runs not at all: then the page itself fills its bar.
"""

import html
import time

import ipywidgets as widgets

from kfit_teach.common.result import WORDS_FOR_STATUS, Result
from kfit_teach.common.words import say
from kfit_teach.front.telling import pages

SECONDS_BETWEEN_MOVES = 0.5


class LaneRow:
    """A row of widgets that can be used like the house's other progress bars.

    Args:
        name: of the lane.
    """

    rests = True  # while a clock runs

    def __init__(self, name: str):
        self.n, self._next_move_s = 0, 0.0
        self._filling = ""  # the CSS class under which the bar fills by itself
        self.expected_s = None  # how long the clock will run, in seconds, where that is known
        self._name = widgets.HTML(f"<b>{html.escape(name)}</b>", layout={"width": "20em"})
        self._bar = widgets.IntProgress(tooltip=name, layout={"width": "14em"})
        self._text = widgets.HTML(say("waiting")).add_class("kfit-lane-text")
        self._ending = widgets.HTML()
        line = widgets.Box([self._name, self._bar, self._text], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([line, self._ending]).add_class("kfit-lane")

    def begin(self, total: int, text: str | None = None) -> "LaneRow":
        """Start anew, with so many units to do."""
        self.n, self._next_move_s = 0, 0.0
        self._stop_filling()
        self._bar.max, self._bar.value, self._bar.bar_style = total, 0, ""
        self._text.value, self._ending.value = html.escape(text or say("waiting")), ""
        return self

    def update(self, count: int = 1) -> None:
        """Count on."""
        self.n += count
        now_s = time.monotonic()
        if now_s >= self._next_move_s or self.n >= self._bar.max:
            self._next_move_s = now_s + SECONDS_BETWEEN_MOVES
            self._bar.value = self.n

    def set_postfix_str(self, text: str) -> None:
        """Say where the lane is."""
        self._text.value, self._bar.value = html.escape(text), self.n

    def fill_by_itself(self) -> None:
        """Let the bar fill by style in the time that is expected; nothing is sent meanwhile."""
        if not self.expected_s:
            return
        about = say("about {seconds:.0f} s", seconds=max(1, self.expected_s))
        self._text.value += f" ({html.escape(about)})"
        self._filling = f"kfit-for-{max(1, round(self.expected_s))}"  # page.js sees to it
        self._bar.add_class(self._filling)

    def _stop_filling(self) -> None:
        self._bar.remove_class(self._filling)

    def end(self, result: Result) -> None:
        """Say how the lane ended: in one sentence, the traceback folded away."""
        self._stop_filling()
        self._bar.value = self._bar.max if result.status == "done" else self.n
        styles = {"done": "success", "stopped": "", "failed": "danger", "over budget": "warning"}
        self._bar.bar_style = styles[result.status]
        if result.status == "done":
            self._text.value = html.escape(_done(result))
        elif result.problem:
            self._text.value = html.escape(_not_done(result))
            self._ending.value = pages.section(
                pages.paragraph(result.problem.sentence),
                pages.folded(say("Traceback"), result.problem.traceback),
            )

    @property
    def text(self) -> str:
        """What stands beside the bar."""
        return html.unescape(self._text.value)

    def close(self) -> None:
        """Leave the row as it is, to be read."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def _not_done(result: Result) -> str:
    """Say how a run ended that did not end well, and after how many epochs where that is known."""
    if not result.epochs_ended:
        return say(WORDS_FOR_STATUS[result.status])
    return say("{ended} after {number} of {epochs} epochs; these are kept",
               ended=say(WORDS_FOR_STATUS[result.status]), number=result.epochs_ended,
               epochs=result.experiment.epochs)  # fmt: skip


def _done(result: Result) -> str:
    """Say what a run came to in a line."""
    speed, peak = result.timing.images_per_s, result.memory.peak_extra_mib
    told = [say("done")]
    if result.diverged_at:
        told = [say("diverged: from step {step} on its loss is no number", step=result.diverged_at)]
    if speed:
        told.append(say("{speed:.0f} images/s", speed=speed))
    told.append(say("needed {peak:.0f} MiB more than before training", peak=peak))
    return ", ".join(told)
