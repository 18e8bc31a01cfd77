"""How call_times is shown: milliseconds a call as bars, tall where the step was traced."""

import textwrap
from typing import ClassVar, Literal

from matplotlib.patches import Patch

from kfit_teach.common.demonstrations.call_times import Piece, Settings
from kfit_teach.common.words import listed, say, say_counted, to_say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import legend_below, tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

# All calls are of train_on_batch, so all have its colour; those that were traced are darker.
TRACED_HATCH, TRACED_COLOUR = "xx", "#00543D"
LETTERS_OF_MESSAGE = 56  # a line


class CallTimes(Demonstrated):
    """Calls of train_on_batch, timed one by one."""

    title: ClassVar[str] = to_say("Which call is slow?")

    demonstration: Literal["call_times"] = "call_times"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    def slow_calls(self) -> list[int]:
        """Number the calls, from 1, during which the step was traced."""
        return [number for number, call in enumerate(self.pieces, 1) if call.traced]

    def new_calls(self) -> list[int]:
        """Number the calls, from 1, whose batch had a size that no call before had."""
        sizes = [call.images for call in self.pieces]
        return [place + 1 for place, size in enumerate(sizes) if size not in sizes[:place]]

    def draw(self):
        """Draw a bar a call; those that traced are hatched."""
        figure = wide_figure(5.4)
        panel = figure.subplots()
        for number, call in enumerate(self.pieces, 1):
            panel.bar(number, call.ms, 0.7, **_look(call.traced))
            panel.annotate(say("{ms:.0f} ms", ms=call.ms), (number, call.ms), (0, 4), ha="center",
                           textcoords="offset points", fontsize=LABEL_POINTS)  # fmt: skip
        sizes = self.settings.sizes
        panel.set(xlim=(0.4, len(sizes) + 0.6), ylabel=say("milliseconds a call"),
                  xlabel=say("calls of train_on_batch, one after the other: images in the batch"),
                  xticks=range(1, len(sizes) + 1))  # fmt: skip
        panel.set_xticklabels(map(str, sizes))
        if not self.pieces:
            panel.set_yticks([])
        panel.margins(y=0.15)
        # In two lines where it is long, so that it is whole on a projector, too.
        message = textwrap.fill(self._message(), LETTERS_OF_MESSAGE)
        figure.suptitle(message, fontsize=TITLE_POINTS + 4, fontweight="bold")
        tidy(panel)
        signs = [Patch(**_look(True), label=say("traced: the step was written as a graph first")),
                 Patch(**_look(False), label=say("not traced"))]  # fmt: skip
        legend_below(figure, signs, columns=2, frameon=False)
        return figure

    def _message(self) -> str:
        if not self.pieces:
            return say("Waiting for the first call")
        slow = self.slow_calls()
        if not slow:
            return say("No call was traced")
        spared = [number for number in self.new_calls() if number not in slow]
        if spared:
            return say("{traced}; {spared} not, though new in size too", traced=_traced(slow),
                       spared=_calls(spared))  # fmt: skip
        if set(slow) <= set(self.new_calls()):
            return say_counted("{traced}: its size was new", "{traced}: their sizes were new",
                               len(slow), traced=_traced(slow))  # fmt: skip
        return _traced(slow)

    def tell(self) -> str:
        """Say what the bars show."""
        calls = [say("{images} images {ms:.1f} ms", images=call.images, ms=call.ms)
                 for call in self.pieces]  # fmt: skip
        return say("Bars of milliseconds a call. {message}. {calls}.", message=self._message(),
                   calls=", ".join(calls))  # fmt: skip

    def verdicts(self) -> list[Card]:
        """Say which calls were slow, and by how much."""
        fast = [call.ms for call in self.pieces if not call.traced]
        slow = [call.ms for call in self.pieces if call.traced]
        if not (fast and slow):
            return [Card("first", self._message())]
        detail = say("They took {slow:.0f} ms and more; no other took more than {fast:.1f} ms.",
                     slow=min(slow), fast=max(fast))  # fmt: skip
        return [Card("first", self._message(), detail)]

    def table(self) -> Table:
        """Lay out every call."""
        rows = [[str(number), str(call.images), f"{call.ms:.1f}",
                 say("traced") if call.traced else ""]
                for number, call in enumerate(self.pieces, 1)]  # fmt: skip
        return Table([say("call"), say("images"), say("ms"), ""], rows,
                     ["right", "right", "right", "left"])  # fmt: skip


def _traced(calls: list[int]) -> str:
    return say_counted("Call {calls} was traced", "Calls {calls} were traced", len(calls),
                       calls=_numbers(calls))  # fmt: skip


def _calls(calls: list[int]) -> str:
    return say_counted("call {calls} was", "calls {calls} were", len(calls),
                       calls=_numbers(calls))  # fmt: skip


def _numbers(calls: list[int]) -> str:
    return listed([str(number) for number in calls])


def _look(traced: bool) -> dict:
    """Choose how the bar of a call is drawn."""
    look = LOOK_OF["train_on_batch"]
    colour, hatch = (TRACED_COLOUR, TRACED_HATCH) if traced else (look.colour, "")
    return {"facecolor": colour, "hatch": hatch, "edgecolor": "white"}


SHOWN = CallTimes
