"""One lane as a row: its name, a progress bar, and in words where it is or how it ended."""

import html

import ipywidgets as widgets

from kfit_teach.common.result import WORDS_FOR_STATUS, Result
from kfit_teach.common.words import say
from kfit_teach.front.telling import pages


class LaneRow:
    """A row of widgets that can be used like the house's other progress bars."""

    def __init__(self, name: str):
        self.n = 0
        self._name = widgets.HTML(f"<b>{html.escape(name)}</b>", layout={"width": "20em"})
        self._bar = widgets.IntProgress(tooltip=name, layout={"width": "14em"})
        self._text = widgets.HTML(say("waiting")).add_class("kfit-lane-text")
        self._ending = widgets.HTML()
        line = widgets.Box([self._name, self._bar, self._text], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([line, self._ending]).add_class("kfit-lane")

    def begin(self, total: int, text: str | None = None) -> "LaneRow":
        """Start anew, with so many units to do."""
        self.n = 0
        self._bar.max, self._bar.value, self._bar.bar_style = total, 0, ""
        self._text.value, self._ending.value = html.escape(text or say("waiting")), ""
        return self

    def update(self, count: int = 1) -> None:
        """Count on."""
        self.n += count
        self._bar.value = self.n

    def set_postfix_str(self, text: str) -> None:
        """Say where the lane is."""
        self._text.value = html.escape(text)

    def end(self, result: Result) -> None:
        """Say how the lane ended: in one sentence, the traceback folded away."""
        styles = {"done": "success", "stopped": "", "failed": "danger", "over budget": "warning"}
        self._bar.bar_style = styles[result.status]
        if result.status == "done":
            self._text.value = html.escape(_done(result))
        elif result.problem:
            self._text.value = html.escape(say(WORDS_FOR_STATUS[result.status]))
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


def _done(result: Result) -> str:
    """Say what a run came to in a line."""
    speed, peak = result.timing.images_per_s, result.memory.peak_extra_mib
    if not speed:
        return say("done, peak {peak:.0f} MiB over the base", peak=peak)
    return say("done, {speed:.0f} images/s, peak {peak:.0f} MiB over the base", speed=speed,
               peak=peak)  # fmt: skip
