"""One lane as a row: its name, a progress bar, and in words where it is or how it ended."""

import html

import ipywidgets as widgets

from kfit_teach.front.panels import pages


class LaneRow:
    """A row of widgets that can be used like the house's other progress bars.

    Args:
        name: the lane's.
    """

    def __init__(self, name):
        self.n = 0
        self._name = widgets.HTML(f"<b>{html.escape(name)}</b>", layout={"width": "20em"})
        self._bar = widgets.IntProgress(tooltip=name, layout={"width": "14em"})
        self._text = widgets.HTML("waiting").add_class("kfit-lane-text")
        self._ending = widgets.HTML()
        line = widgets.Box([self._name, self._bar, self._text], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([line, self._ending]).add_class("kfit-lane")

    def begin(self, total, text="waiting"):
        """Start anew, with so many units to do."""
        self.n = 0
        self._bar.max, self._bar.value, self._bar.bar_style = total, 0, ""
        self._text.value, self._ending.value = html.escape(text), ""
        return self

    def update(self, count=1):
        """Count on."""
        self.n += count
        self._bar.value = self.n

    def set_postfix_str(self, text):
        """Say where the lane is."""
        self._text.value = html.escape(text)

    def end(self, result):
        """Say how the lane ended: in one sentence, the traceback folded away."""
        styles = {"done": "success", "stopped": "", "failed": "danger", "over budget": "warning"}
        self._bar.bar_style = styles[result.status]
        if result.status == "done":
            speed = result.timing.images_per_s
            steady = f", {speed:.0f} images/s" if speed else ""
            peak = f", peak {result.memory.peak_extra_mib:.0f} MiB over the base"
            self._text.value = html.escape(f"done{steady}{peak}")
        elif result.problem:
            self._text.value = html.escape(result.status)
            self._ending.value = pages.section(
                pages.paragraph(result.problem.sentence),
                pages.folded("Traceback", result.problem.traceback),
            )

    @property
    def text(self):
        """What stands beside the bar."""
        return html.unescape(self._text.value)

    def close(self):
        """Leave the row as it is, to be read."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
