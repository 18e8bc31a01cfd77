"""How call_times is shown: milliseconds a call as bars, tall where a size is new."""

from typing import ClassVar, Literal

from kfit_teach.common.demonstrations.call_times import Piece, Settings
from kfit_teach.common.words import listed, say, say_counted, to_say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

TRACED_HATCH, TRACED_COLOUR = "xx", "#D55E00"


class CallTimes(Demonstrated):
    """Calls of train_on_batch, timed one by one."""

    title: ClassVar[str] = to_say("Which call is slow?")

    demonstration: Literal["call_times"] = "call_times"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    def slow_calls(self) -> list[int]:
        """Number the calls, from 1, during which the step was traced."""
        return [number for number, call in enumerate(self.pieces, 1) if call.traced]

    def draw(self):
        """Draw a bar a call; those that traced are hatched."""
        figure = wide_figure(5)
        panel = figure.subplots()
        for number, call in enumerate(self.pieces, 1):
            look = LOOK_OF["train_on_batch"]
            colour, hatch = (TRACED_COLOUR, TRACED_HATCH) if call.traced else (look.colour, "")
            panel.bar(number, call.ms, 0.7, color=colour, hatch=hatch, edgecolor="white")
            panel.annotate(f"{call.ms:.1f} ms", (number, call.ms), (0, 4), ha="center",
                           textcoords="offset points", fontsize=LABEL_POINTS)  # fmt: skip
        sizes = self.settings.sizes
        panel.set(xlim=(0.4, len(sizes) + 0.6), xlabel=say("images in the batch of each call"),
                  ylabel=say("milliseconds a call"), xticks=range(1, len(sizes) + 1))  # fmt: skip
        panel.set_xticklabels(map(str, sizes))
        panel.margins(y=0.15)
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        tidy(panel)
        return figure

    def _message(self) -> str:
        slow = self.slow_calls()
        if not self.pieces:
            return say("Waiting for the first call")
        if not slow:
            return say("No call was traced")
        return say_counted("Call {calls} was traced: its size was new",
                           "Calls {calls} were traced: their sizes were new", len(slow),
                           calls=listed([str(number) for number in slow]))  # fmt: skip

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


SHOWN = CallTimes
