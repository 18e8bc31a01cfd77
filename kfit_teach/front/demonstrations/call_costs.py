"""How call_costs is shown: milliseconds a batch as bars, a group a library."""

import statistics
from typing import ClassVar, Literal

from kfit_teach.common.demonstrations.call_costs import Piece, Settings
from kfit_teach.common.words import listed, say, to_say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

WAYS = {
    "fit": to_say("a step within fit"),
    "train_on_batch": to_say("a call of train_on_batch"),
    "fit_per_batch": to_say("a call of fit for each batch"),
}
FUNCTION_OF = {"fit": "fit", "train_on_batch": "train_on_batch", "fit_per_batch": "fit"}


class CallCosts(Demonstrated):
    """What one small batch costs, by the way it is called."""

    title: ClassVar[str] = to_say("What does a call cost?")

    demonstration: Literal["call_costs"] = "call_costs"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    def rounds_of(self, library: str, way: str) -> list[float]:
        """List the ms of each round."""
        return [one.ms for run in self.runs if run.library == library for one in run.pieces
                if one.way == way]  # fmt: skip

    def ms_of(self, library: str, way: str) -> float | None:
        """Give the median of the rounds, in ms; None before the first."""
        rounds = self.rounds_of(library, way)
        return statistics.median(rounds) if rounds else None

    def draw(self):
        """Draw a panel a library, a bar a way, over one scale."""
        libraries = [run.library for run in self.settings.runs()]
        figure = wide_figure(4.6)
        panels = figure.subplots(1, len(libraries), sharex=True, squeeze=False)[0]
        longest = max((one.ms for one in self.pieces), default=1)
        for panel, library in zip(panels, libraries, strict=True):
            for place, way in enumerate(WAYS):
                rounds = self.rounds_of(library, way)
                if rounds:
                    _draw_bar(panel, place, way, rounds)
            panel.set(xlim=(0, 1.25 * longest), ylim=(len(WAYS) - 0.4, -0.6), title=library,
                      xlabel=say("milliseconds a batch"))  # fmt: skip
            panel.set_yticks(range(len(WAYS)), [say(words) for words in WAYS.values()]
                             if panel is panels[0] else [])  # fmt: skip
            tidy(panel)
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        return figure

    def _message(self) -> str:
        known = [(library, ms) for library in ("keras", "tf_keras")
                 if (ms := self.ms_of(library, "train_on_batch"))]  # fmt: skip
        if not known:
            return say("Waiting for the first calls")
        told = [say("{ms:.1f} ms in {library}", ms=ms, library=library) for library, ms in known]
        return say("A call of train_on_batch: {told}", told=listed(told))

    def tell(self) -> str:
        """Say what the bars show."""
        told = [say("{library}, {way}: {ms:.1f} ms", library=run.library, way=say(words), ms=ms)
                for run in self.runs for way, words in WAYS.items()
                if (ms := self.ms_of(run.library, way))]  # fmt: skip
        return say("Bars of milliseconds a batch. {message}. {told}.", message=self._message(),
                   told="; ".join(told) or say("nothing yet"))  # fmt: skip

    def verdicts(self) -> list[Card]:
        """Say what train_on_batch costs in each library, and fit called for each batch."""
        made = []
        if self.pieces:
            made.append(Card("first", self._message()))
        for run in self.runs:
            once, often = (self.ms_of(run.library, way) for way in ("fit", "fit_per_batch"))
            if once and often:
                made.append(Card("second", say(
                    "{library}: a call of fit for each batch costs {factor:.0f} times a step "
                    "within fit", library=run.library, factor=often / once)))  # fmt: skip
        return made

    def table(self) -> Table:
        """Lay out every way, a column a library, with the range of the rounds."""
        rows = []
        for way, words in WAYS.items():
            cells = [_range_of(self.rounds_of(run.library, way)) for run in self.runs]
            rows.append([say(words), *cells])
        heads = [say("ms a batch: median (rounds)"), *(run.library for run in self.runs)]
        return Table(heads, rows, ["left", *["right"] * len(self.runs)])


def _range_of(rounds: list[float]) -> str:
    if not rounds:
        return "-"
    return say("{ms:.2f} ({low:.2f} to {high:.2f})", ms=statistics.median(rounds),
               low=min(rounds), high=max(rounds))  # fmt: skip


def _draw_bar(panel, place: int, way: str, rounds: list[float]) -> None:
    look, middle = LOOK_OF[FUNCTION_OF[way]], statistics.median(rounds)
    hatch = "xx" if way == "fit_per_batch" else look.hatch
    panel.barh(place, middle, 0.6, color=look.colour, hatch=hatch, edgecolor="white")
    panel.plot([min(rounds), max(rounds)], [place, place], color="black", linewidth=2)
    panel.annotate(say("{ms:.1f} ms", ms=middle), (max(rounds), place), (8, 0),
                   textcoords="offset points", va="center", fontsize=LABEL_POINTS)  # fmt: skip


SHOWN = CallCosts
