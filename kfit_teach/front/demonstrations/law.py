"""How law is shown: who waits for whom, as blocks in time, and the sum or the maximum beside it."""

import statistics
from dataclasses import dataclass
from typing import ClassVar, Literal

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from kfit_teach.common.demonstrations.law import Piece, Settings
from kfit_teach.common.words import listed, say, to_say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import PAPER, legend_below, tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, SMALL_POINTS, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

FUNCTIONS = ("train_on_batch", "fit")
# Where between maximum (0) and sum (1) a measured step may lie to be called one of them.
NEAR = 0.3
# Below this share of the sum, maximum and sum lie too close together to be told apart.
TOO_CLOSE = 0.15
TURNS_SHOWN = 4.5  # of loader and step, one after the other
SUBJECT_OF = {"train_on_batch": "first", "fit": "second"}
LOADER = {"facecolor": "0.45", "edgecolor": "0.2"}
WAITS = {"facecolor": "white", "edgecolor": "0.6", "hatch": "////", "linewidth": 0}

KIND_OF_LAW = {
    "sum": to_say("the sum of loader and step"),
    "maximum": to_say("as long as the longer of the two"),
    "between": to_say("between the longer of the two and their sum"),
    "more": to_say("longer than loader and step together"),
    "too close": to_say("sum and maximum lie too close together to tell which"),
}


@dataclass(frozen=True)
class Law:
    """What one function came to.

    Args:
        function: "fit" or "train_on_batch".
        ms: from one step to the next, with the loader; the median of the rounds.
        low, high: of the rounds.
        loader_ms: the loader alone; step_ms: the function on a batch that was ready.
    """

    function: str
    ms: float
    low: float
    high: float
    loader_ms: float
    step_ms: float

    @property
    def sum_ms(self) -> float:
        """Loader and step, one after the other."""
        return self.loader_ms + self.step_ms

    @property
    def longer_ms(self) -> float:
        """The longer of the two."""
        return max(self.loader_ms, self.step_ms)

    @property
    def kind(self) -> str:
        """Which of the two it is nearer to; a key of KIND_OF_LAW."""
        between = self.sum_ms - self.longer_ms
        if between < TOO_CLOSE * self.sum_ms:
            return "too close"
        place = (self.ms - self.longer_ms) / between
        if place > 1 + NEAR:
            return "more"
        return "maximum" if place < NEAR else "sum" if place > 1 - NEAR else "between"


class LawShown(Demonstrated):
    """A loader and a step of known times, one after the other or side by side."""

    title: ClassVar[str] = to_say("Who waits for whom?")

    demonstration: Literal["law"] = "law"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    # Facts

    def turns_of(self, function: str | None, with_loader: bool) -> list[Piece]:
        """List the turns of one kind, round by round."""
        return [one for one in self.pieces
                if one.function == function and one.with_loader == with_loader]  # fmt: skip

    def law_of(self, function: str) -> Law | None:
        """Lay together what is known of a function; None before its first round is over."""
        loader, step = self.turns_of(None, True), self.turns_of(function, False)
        rounds = [statistics.fmean(turn.ms) for turn in self.turns_of(function, True)]
        if not (loader and step and rounds):
            return None
        alone = [statistics.median(statistics.fmean(turn.ms) for turn in turns)
                 for turns in (loader, step)]  # fmt: skip
        return Law(function, statistics.median(rounds), min(rounds), max(rounds), *alone)

    def laws(self) -> list[Law]:
        """List what is known of both functions."""
        return [law for law in map(self.law_of, FUNCTIONS) if law]

    # The picture

    def draw(self):
        """Draw the blocks of both functions, and beside them what a step took."""
        figure = wide_figure(6.2)
        timeline, measured = figure.subplots(1, 2, width_ratios=[1.9, 1])
        laws = {law.function: law for law in self.laws()}
        for place, function in enumerate(FUNCTIONS):
            turns = self.turns_of(function, True)
            if turns:
                _draw_blocks(timeline, place, function, turns[-1], self._seconds_shown())
            if function in laws:
                _draw_measured(measured, place, laws[function])
        names = [say("{function}\nloader", function=one) for one in FUNCTIONS]
        _label_rows(timeline, names)
        timeline.set(xlim=(0, 1000 * self._seconds_shown()), xlabel=say("milliseconds"))
        timeline.set_title(say("Blocks carry the number of their batch"))
        measured.set(ylim=(2, 0), yticks=[], xlabel=say("milliseconds from one step to the next"))
        longest = [max(law.sum_ms, law.high) for law in laws.values()]
        measured.set_xlim(0, 1.35 * max(longest, default=self._ms_expected()))
        measured.set_title(say("What a step took"))
        for panel in (timeline, measured):
            tidy(panel)
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        legend_below(figure, _signs(), 4)
        return figure

    def _ms_expected(self) -> float:
        return max(10.0, self.settings.loader_ms + self.settings.step_ms)

    def _seconds_shown(self) -> float:
        law = self.law_of("train_on_batch")
        return TURNS_SHOWN * (law.ms if law else self._ms_expected()) / 1000

    def _message(self) -> str:
        laws = self.laws()
        if not laws:
            return say("Waiting for the first steps")
        told = [say("{function}: {ms:.0f} ms a step", function=law.function, ms=law.ms)
                for law in laws]  # fmt: skip
        if {law.kind for law in laws} <= {"sum", "maximum"}:
            told = [say(MESSAGE_OF[law.kind], function=law.function, ms=law.ms) for law in laws]
        return ". ".join(told)

    def tell(self) -> str:
        """Say what the picture shows."""
        laws = [say("{function}: loader alone {loader_ms:.1f} ms, step alone {step_ms:.1f} ms, "
                    "with the loader {ms:.1f} ms a step: {kind}.", function=law.function,
                    loader_ms=law.loader_ms, step_ms=law.step_ms, ms=law.ms,
                    kind=say(KIND_OF_LAW[law.kind])) for law in self.laws()]  # fmt: skip
        what = say("Blocks in time, two rows a function: when the step was at work, and when the "
                   "loader was. {message}.", message=self._message())  # fmt: skip
        return " ".join([what, *laws])

    # Words

    def verdicts(self) -> list[Card]:
        """Say for each function what a step came to."""
        return [Card(SUBJECT_OF[law.function],
                     say(MESSAGE_OF[law.kind], function=law.function, ms=law.ms),
                     say("The loader alone took {loader_ms:.1f} ms, the step alone {step_ms:.1f} "
                         "ms: together {sum_ms:.1f}, the longer {longer_ms:.1f}. Rounds: "
                         "{low:.1f} to {high:.1f} ms.", loader_ms=law.loader_ms,
                         step_ms=law.step_ms, sum_ms=law.sum_ms, longer_ms=law.longer_ms,
                         low=law.low, high=law.high)) for law in self.laws()]  # fmt: skip

    def table(self) -> Table:
        """Lay out both functions beside what was expected of them."""
        rows = [[law.function, *(f"{ms:.1f}" for ms in (law.loader_ms, law.step_ms, law.longer_ms,
                                                       law.sum_ms)),
                 say("{ms:.1f} ({low:.1f} to {high:.1f})", ms=law.ms, low=law.low, high=law.high)]
                for law in self.laws()]  # fmt: skip
        heads = ["", say("loader alone, ms"), say("step alone, ms"), say("the longer"),
                 say("the sum"), say("measured (rounds)")]  # fmt: skip
        return Table(heads, rows, ["left", *["right"] * 5])

    def sentences(self) -> list[str]:
        """Say what a waiting step stands for, and where a kind cannot be told."""
        told = [say("A step waits until {ms} ms are over, as if another device computed; its "
                    "network is {network}.", ms=self.settings.step_ms,
                    network=self.settings.network)] if self.settings.step_ms else []  # fmt: skip
        unclear = [law.function for law in self.laws() if law.kind == "too close"]
        if unclear:
            why = say(KIND_OF_LAW["too close"])
            told.append(say("Of {functions}: {why}. Give loader and step more alike times.",
                            functions=listed(unclear), why=why))  # fmt: skip
        return told

    def numbers(self) -> dict[str, float]:
        """Give what a class may compare: a step over the sum, which no machine's speed is in."""
        return {say("{function}: a step over loader and step", function=law.function):
                law.ms / law.sum_ms for law in self.laws()}  # fmt: skip


MESSAGE_OF = {
    "sum": to_say("{function}: {ms:.0f} ms a step, the sum"),
    "maximum": to_say("{function}: {ms:.0f} ms a step, the longer of the two"),
    "between": to_say("{function}: {ms:.0f} ms a step, between the longer and the sum"),
    "more": to_say("{function}: {ms:.0f} ms a step, more than both together"),
    "too close": to_say("{function}: {ms:.0f} ms a step"),
}

STEP_ROW, LOADER_ROW = (0.08, 0.38), (0.5, 0.38)  # (top, height) in a row of height 1


def _draw_blocks(panel, place: int, function: str, turn: Piece, seconds: float) -> None:
    """Draw the steps and, below them, the loader of one turn; waiting lies behind them."""
    look = LOOK_OF[function]
    step = {"facecolor": look.colour, "hatch": look.hatch, "edgecolor": "white"}
    for spans, (top, height), looks in ((turn.steps, STEP_ROW, step),
                                        (turn.loader, LOADER_ROW, LOADER)):  # fmt: skip
        bottom = place + top
        panel.broken_barh([(0, 1000 * seconds)], (bottom, height), **WAITS)
        for number, (start, end) in enumerate(spans, 1):
            start, end = max(0, start), min(end, seconds)
            if end <= start:
                continue
            panel.broken_barh([(1000 * start, 1000 * (end - start))], (bottom, height), **looks)
            if end - start > seconds / 40:
                panel.text(500 * (start + end), bottom + height / 2, str(number), ha="center",
                           va="center", fontsize=SMALL_POINTS, bbox=PAPER)  # fmt: skip


def _draw_measured(panel, place: int, law: Law) -> None:
    """Draw what a step took, with the range of its rounds, and two marks: longer and sum."""
    look, middle = LOOK_OF[law.function], place + 0.48
    panel.barh(middle, law.ms, 0.5, color=look.colour, hatch=look.hatch, edgecolor="white")
    panel.plot([law.low, law.high], [middle, middle], color="black", linewidth=2)
    for ms, style in ((law.longer_ms, (0, (2, 1.5))), (law.sum_ms, "-")):
        panel.plot([ms, ms], [place + 0.12, place + 0.84], color="black", linewidth=2.5,
                   linestyle=style)  # fmt: skip
    panel.annotate(say("{ms:.1f} ms", ms=law.ms), (max(law.high, law.sum_ms), middle), (8, 0),
                   textcoords="offset points", va="center", fontsize=LABEL_POINTS)  # fmt: skip


def _label_rows(panel, names: list[str]) -> None:
    places = [place + top + height / 2 for place in range(len(names))
              for top, height in (STEP_ROW, LOADER_ROW)]  # fmt: skip
    panel.set(ylim=(len(names), 0), yticks=places)
    panel.set_yticklabels([word for name in names for word in name.split("\n")])
    panel.tick_params(axis="y", length=0)


def _signs() -> list:
    return [
        Patch(**LOADER, label=say("the loader makes a batch")),
        Patch(**WAITS, label=say("waits for the other")),
        Line2D([], [], color="black", linewidth=2.5, linestyle=(0, (2, 1.5)),
               label=say("the longer of the two")),
        Line2D([], [], color="black", linewidth=2.5, label=say("the sum of the two")),
    ]  # fmt: skip


SHOWN = LawShown
