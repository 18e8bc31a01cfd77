"""How staircase is shown: images a second as stairs, each with its factor over the one before."""

import statistics
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from kfit_teach.common.demonstrations.staircase import STAIRS, Piece, Settings
from kfit_teach.common.measuring.statistics import RatioInterval, ratio_interval
from kfit_teach.common.words import say, to_say, write_number
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import tidy, wide_figure
from kfit_teach.front.figures.style import LOOK_OF, SMALL_POINTS, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

FIRST, ASKED, CEILING = "csv_tutorial", "memory_map", "ceiling"
# A difference smaller than this is none that matters, however sure it is.
MARGIN = 0.05
BARE = {"color": "white", "edgecolor": "black", "hatch": "xx"}


@dataclass(frozen=True)
class Climb:
    """From one stair to another."""

    before: str
    after: str
    known: RatioInterval | None  # images/s of `after` over `before`; None: fewer than two rounds

    @property
    def kind(self) -> str:
        """What is shown: "faster", "slower", "alike", "not shown", or "" where nothing is known."""
        if not self.known:
            return ""
        if self.known.low > 1 + MARGIN:
            return "faster"
        if self.known.high < 1 - MARGIN:
            return "slower"
        within = self.known.low >= 1 - MARGIN and self.known.high <= 1 + MARGIN
        return "alike" if within else "not shown"


class Staircase(Demonstrated):
    """The same images trained from a text file, a memory map and arrays."""

    title: ClassVar[str] = to_say("From the text file to the ceiling")

    demonstration: Literal["staircase"] = "staircase"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    # Facts

    def speeds(self) -> dict[str, dict[int, float]]:
        """Give images/s by stair and round; stairs that had no turn are left out."""
        known = {name: {one.round: one.images_per_s for one in self.pieces if one.stair == name}
                 for name in STAIRS}  # fmt: skip
        return {name: rounds for name, rounds in known.items() if rounds}

    def climb(self, before: str, after: str) -> Climb:
        """Compare two stairs, round by round."""
        speeds = self.speeds()
        low, high = speeds.get(before, {}), speeds.get(after, {})
        ratios = [high[number] / low[number] for number in low if number in high]
        return Climb(before, after, ratio_interval(ratios) if len(ratios) > 1 else None)

    def climbs(self) -> list[Climb]:
        """Compare each stair with the one before it."""
        return [self.climb(*pair) for pair in pairwise(STAIRS)]

    # The picture

    def draw(self):
        """Draw a bar a stair, with the range of its rounds, and the factor to it."""
        figure = wide_figure(6)
        panel = figure.subplots()
        speeds, climbs = self.speeds(), {one.after: one for one in self.climbs()}
        top = max([max(rounds.values()) for rounds in speeds.values()], default=1)
        for place, name in enumerate(STAIRS):
            if name not in speeds:
                continue
            rounds = list(speeds[name].values())
            middle, low, high = statistics.median(rounds), min(rounds), max(rounds)
            look = LOOK_OF["fit"]
            looks = BARE if name == CEILING else {"color": look.colour, "edgecolor": "white"}
            panel.bar(place, middle, 1, **looks)
            panel.plot([place, place], [low, high], color="black", linewidth=2)
            factor = _factor(climbs[name]) if name in climbs else ""
            _label_bar(panel, place, high, factor, say("{speed:.0f} images/s", speed=middle))
        panel.set(xlim=(-0.6, len(STAIRS) - 0.4), ylim=(0, 1.25 * top), ylabel=say("images/s"))
        if not speeds:
            panel.set_yticks([])
        panel.set_xticks(range(len(STAIRS)), [say(words) for words in STAIRS.values()])
        tidy(panel)
        panel.tick_params(axis="x", length=0, labelsize=SMALL_POINTS)
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        return figure

    def _message(self) -> str:
        asked = self.climb(FIRST, ASKED)
        if asked.kind in ("faster", "slower"):
            return say("A memory map trains {ratio:.1f} times as many images a second as the "
                       "tutorial's text file", ratio=asked.known.ratio)  # fmt: skip
        if asked.kind:
            return say("Between text file and memory map, no difference was shown")
        return say("Each takes its turn") if self.pieces else say("Waiting for the first turn")

    def tell(self) -> str:
        """Say what the picture shows."""
        stairs = [say("{stair} {speed:.0f}", stair=one_line(name),
                      speed=statistics.median(rounds.values()))
                  for name, rounds in self.speeds().items()]  # fmt: skip
        return say("A staircase of images/s. {message}. {stairs}.", message=self._message(),
                   stairs="; ".join(stairs) or say("nothing yet"))  # fmt: skip

    # Words

    def verdicts(self) -> list[Card]:
        """Say how far up the memory map stands, and how far from the ceiling the arrays are."""
        made, asked = [], self.climb(FIRST, ASKED)
        if asked.kind:
            detail = say("{rounds} rounds; the ratio lies between {low:.1f} and {high:.1f}.",
                         rounds=asked.known.pairs, low=asked.known.low,
                         high=asked.known.high)  # fmt: skip
            made.append(Card("first", self._message(), detail))
        steps = [one for one in self.climbs() if one.kind == "faster"]
        if steps:
            highest = max(steps, key=lambda one: one.known.ratio)
            made.append(Card("", say("The highest stair: {stair}, {ratio:.1f} times the one before "
                                     "it", stair=one_line(highest.after),
                                     ratio=highest.known.ratio)))  # fmt: skip
        return made

    def table(self) -> Table:
        """Lay out every stair with its factor and its interval."""
        climbs = {one.after: one for one in self.climbs()}
        rows = []
        for name, rounds in self.speeds().items():
            known = climbs[name].known if name in climbs else None
            over = say("{ratio:.2f} [{low:.2f}, {high:.2f}]", ratio=known.ratio, low=known.low,
                       high=known.high) if known else ""  # fmt: skip
            kind = climbs[name].kind if name in climbs else ""
            verdict = say(WORDS_FOR_CLIMB[kind]) if kind else ""
            speed = write_number(statistics.median(rounds.values()), ".0f")
            rows.append([one_line(name), speed, over, verdict])
        heads = ["", say("images/s (median)"), say("over the one before [95 %]"), ""]
        return Table(heads, rows, ["left", "right", "right", "left"])

    def sentences(self) -> list[str]:
        """Say what was left out of the clock, and where the staircase ends."""
        told = [say("By fit, in turns, in an order drawn anew each round; the first batches of an "
                    "epoch and the pauses between epochs are not on the clock.")]  # fmt: skip
        level = self.climb("arrays", CEILING)
        if level.known:
            told.append(say("Arrays reach {percent:.0f} % of the bare step, which no loader can "
                            "pass.", percent=100 / level.known.ratio))  # fmt: skip
        return told

    def numbers(self) -> dict[str, float]:
        """Give the ratio that was asked for."""
        asked = self.climb(FIRST, ASKED)
        name = say("memory map over the tutorial's text file, images/s")
        return {name: asked.known.ratio} if asked.known else {}


WORDS_FOR_CLIMB = {
    "faster": to_say("faster"),
    "slower": to_say("slower"),
    "alike": to_say("within 5 %"),
    "not shown": to_say("no difference shown"),
}


def one_line(stair: str) -> str:
    """Name a stair in one line."""
    return say(STAIRS[stair]).replace("\n", " ")


def _label_bar(panel, place: int, height: float, factor: str, speed: str) -> None:
    """Write the speed over a bar, and the factor to it over that, larger."""
    panel.annotate(speed, (place, height), (0, 5), textcoords="offset points", ha="center",
                   va="bottom", fontsize=SMALL_POINTS)  # fmt: skip
    is_told = factor.startswith("×")
    panel.annotate(factor, (place, height), (0, 22), textcoords="offset points", ha="center",
                   va="bottom", fontsize=TITLE_POINTS if is_told else SMALL_POINTS,
                   fontweight="bold" if is_told else "normal")  # fmt: skip


def _factor(climb: Climb) -> str:
    if climb.kind in ("faster", "slower"):
        return say("× {ratio:.1f}", ratio=climb.known.ratio)
    return textwrap.fill(say(WORDS_FOR_CLIMB[climb.kind]), 14) if climb.kind else ""


SHOWN = Staircase
