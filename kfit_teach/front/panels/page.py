"""A panel's own script in the page: keys, focus, the projector, and a sign that the page is open.

ipywidgets have no say in any of these. The script and its style lie beside this file.
"""

from pathlib import Path

import anywidget
import traitlets

from kfit_teach.common.words import say

_HERE = Path(__file__).parent


class Page(anywidget.AnyWidget):
    """What the panel knows of the page that shows it, and asks of it.

    Args:
        projected: whether the panel fills the window, one thing at a time.
        awaited: whether a worker waits for this panel; only then does the page tell of itself.
        seen: counted up by the page, every 20 seconds while a worker waits.
        words: what stands on the projector's buttons.
    """

    _esm = _HERE / "page.js"
    _css = _HERE / "page.css"
    projected = traitlets.Bool(False).tag(sync=True)
    awaited = traitlets.Bool(False).tag(sync=True)
    seen = traitlets.Int(0).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self):
        super().__init__(words={
            "project": say("Projector"), "leave": say("Leave the projector"),
            "back": say("Back"), "next": say("Next"), "help": say("one thing at a time, large"),
        })  # fmt: skip
        self.add_class("kfit-page")

    def bring_into_view(self, kind: str) -> None:
        """Scroll to what has the CSS class kfit-KIND in this panel; the focus stays where it is."""
        self.send({"show": f".kfit-{kind}"})
