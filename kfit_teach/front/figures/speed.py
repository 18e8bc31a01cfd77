"""Images/s as bars: the blocks where speed was measured in blocks, else the single runs."""

import statistics
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.common.result import WORDS_FOR_STATUS
from kfit_teach.common.words import say, say_counted, write_number
from kfit_teach.front.figures.canvas import PAPER, label_once
from kfit_teach.front.figures.style import LOOK_OF, RECORDED, SMALL_POINTS
from kfit_teach.front.ranking import Lane, Ranking

MOST_NAMES_IN_A_LINE = 11
WIDTH = 0.7  # of a bar
# Where a result recorded elsewhere stands beside the bars, these make room for it.
WIDTH_BESIDE, MIDDLE_BESIDE, WIDTH_RECORDED, MIDDLE_RECORDED = 0.56, -0.12, 0.18, 0.3


@dataclass(frozen=True)
class SpeedBar:
    """What stands at one lane's place of the speed panel, in images/s; 0 is what is not known."""

    lane: Lane
    speeds: tuple[float, ...] = ()  # one a block, or that of the single run
    plain: float = 0  # without the pauses between epochs
    ceiling: float = 0  # of the bare step
    why_empty: str = ""  # why there are no speeds, in a word or two
    note: str = ""  # what else is to be known of the speed

    @property
    def speed(self) -> float:
        """Median of the speeds, 0 where there are none."""
        return statistics.median(self.speeds) if self.speeds else 0

    @property
    def share(self) -> float:
        """The speed in percent of the ceiling; 0 where one of them is missing."""
        return 100 * self.speed / self.ceiling if self.ceiling else 0

    @property
    def interval(self) -> tuple[float, float] | tuple[()]:
        """The 95 % interval of the geometric mean; empty for fewer than two blocks."""
        if len(self.speeds) < 2:
            return ()
        known = ratio_interval(self.speeds)
        return known.low, known.high

    @property
    def top(self) -> float:
        """The highest that anything but the ceiling is drawn here."""
        return max(self.plain, *self.speeds, *self.interval, 0)


def speed_bars(ranking: Ranking) -> list[SpeedBar]:
    """Say what the speed panel shows, lane by lane."""
    lanes = ranking.lanes_and_control
    return [_bar_of_turns(lane) if lane.turns else bar_of_run(lane) for lane in lanes]


def _bar_of_turns(lane):
    speeds = tuple(turn.images_per_s for turn in lane.turns)
    plain = statistics.median(turn.images_per_s_without_pauses for turn in lane.turns)
    ceiling = statistics.median(turn.ceiling_images_per_s for turn in lane.turns)
    return SpeedBar(lane, speeds, plain, ceiling)


def bar_of_run(lane: Lane) -> SpeedBar:
    """Say what there is to show of a single run."""
    result = lane.result
    if not lane.is_measured:
        return SpeedBar(lane, why_empty=say(WORDS_FOR_STATUS[result.status]).replace(" ", "\n"))
    note = "" if lane.is_done else _when_stopped(result)
    timing, ceiling = result.timing, result.ceiling.images_per_s if result.ceiling else 0
    if not timing.images_per_s:
        return SpeedBar(lane, ceiling=ceiling, why_empty=note or say("no steady\nstate"))
    plain = timing.images_per_s_without_pauses
    return SpeedBar(lane, (timing.images_per_s,), plain, ceiling, note=note)


def _when_stopped(result):
    return say("stopped after\n{ended} of {asked} epochs", ended=result.epochs_ended or 0,
               asked=result.experiment.epochs)  # fmt: skip


def speed_in_words(bars: list[SpeedBar]) -> str:
    """Tell what the speed panel shows in one sentence; "" where no bar has a speed."""
    lanes = ", ".join(_in_words(bar) for bar in bars if bar.speeds)
    if not lanes:
        return ""
    blocks = _blocks_in_words(bars)
    if not blocks:
        return say("Images/s: {lanes}.", lanes=lanes)
    return say("Images/s, median of {blocks}: {lanes}.", blocks=blocks, lanes=lanes)


def _in_words(bar):
    told = {"lane": bar.lane.label.replace("\n", " "), "speed": bar.speed, "share": bar.share}
    if bar.note:
        when = bar.note.replace("\n", " ")
        return say("{lane} {speed:.0f} ({when})", when=when, **told)
    if bar.share > 100:
        return say("{lane} {speed:.0f} (at the ceiling)", **told)
    if bar.share:
        return say("{lane} {speed:.0f} ({share:.0f} % of the bare step)", **told)
    return say("{lane} {speed:.0f}", **told)


def _blocks_in_words(bars):
    """Count the blocks; "" where each lane ran once."""
    blocks = max(len(bar.speeds) for bar in bars)
    return say_counted("{number} block", "{number} blocks", blocks) if blocks > 1 else ""


def draw_speed(panel: Axes, bars: list[SpeedBar], recorded: list[SpeedBar]) -> None:
    """Draw images/s as bars, each with its blocks, their interval, and the bare step's line.

    Bars recorded on another machine are narrow and grey, beside those of the same name.
    """
    speed_recorded = {bar.lane.label: bar.speed for bar in recorded if bar.speed}
    is_beside = any(bar.lane.label in speed_recorded for bar in bars)
    shift, width = (MIDDLE_BESIDE, WIDTH_BESIDE) if is_beside else (0, WIDTH)
    for place, bar in enumerate(bars):
        look = LOOK_OF[bar.lane.function]
        filled = {"color": look.colour, "hatch": look.hatch, "edgecolor": "white"}
        hollow = {"fill": False, "edgecolor": look.colour, "linewidth": 2}
        looks = hollow if bar.lane.is_control else filled
        panel.bar(place + shift, bar.speed, width=width, **looks)
    for place, bar in enumerate(bars):
        _draw_beside_bar(panel, place + shift, width / WIDTH, bar)
    for place, bar in enumerate(bars):
        speed = speed_recorded.get(bar.lane.label)
        if speed:
            panel.bar(place + MIDDLE_RECORDED, speed, width=WIDTH_RECORDED,
                      color=RECORDED["color"], label=say("recorded elsewhere"))  # fmt: skip
    label_once(panel)
    highest = max(0, *(max(bar.top, bar.ceiling) for bar in bars), *speed_recorded.values())
    notes = any(bar.note for bar in bars if bar.speeds)
    panel.set_ylim(0, (1.45 if notes else 1.2) * highest or 1)
    if not highest:
        panel.set_yticks([])
    for place, bar in enumerate(bars):
        _write_on_bar(panel, place + shift, bar, highest)
    panel.set_xticks(range(len(bars)), _names_under(bars))
    edge = 0.6 if len(bars) > 1 else 1  # one bar alone is no wall
    panel.set_xlim(-edge, len(bars) - 1 + edge)
    panel.set_ylabel(say("images/s, steady state"))
    blocks, title = _blocks_in_words(bars), say("Speed: one run each")
    panel.set_title(say("Speed: median of {blocks}", blocks=blocks) if blocks else title)


def _names_under(bars):
    """Name the bars; where there are many, names of several words in a line a word."""
    end = "_\n" if len(bars) > MOST_NAMES_IN_A_LINE else "_"
    return [bar.lane.label.replace("_", end) for bar in bars]


def _draw_beside_bar(panel, place, scale, bar):
    """Draw what belongs to a bar: pauses, blocks, interval, ceiling."""
    if bar.plain > 1.05 * bar.speed:
        panel.bar(place, bar.plain, fill=False, edgecolor=LOOK_OF[bar.lane.function].colour,
                  width=scale * WIDTH, linestyle=":", linewidth=2,
                  label=say("without pauses between epochs"))  # fmt: skip
    if bar.interval:
        across = place + scale * np.linspace(-0.28, 0.12, len(bar.speeds))
        panel.plot(across, bar.speeds, "o", color="white", markeredgecolor="black", markersize=6,
                   label=say("one block"))  # fmt: skip
        low, high = bar.interval
        middle = (low + high) / 2
        panel.errorbar(place + scale * 0.24, middle, (high - low) / 2, fmt="none", ecolor="black",
                       elinewidth=2.5, capsize=5, capthick=2.5,
                       label=say("95 % interval (geometric mean)"))  # fmt: skip
    if bar.ceiling:
        label = say("ceiling: the bare step (% reached)")
        ends = [place - scale * 0.42, place + scale * 0.42]
        panel.plot(ends, 2 * [bar.ceiling], color="black", linewidth=3, solid_capstyle="butt",
                   label=label)  # fmt: skip


def _share_in_words(bar):
    """Write the share of the ceiling; nobody trains above it, though a run may have been lucky."""
    if not bar.share:
        return ""
    return say("at the\nceiling") if bar.share > 100 else say("{share:.0f} %", share=bar.share)


def _write_on_bar(panel, place, bar, highest):
    """Write the speed into the bar, or over it where it is low; the share over everything."""
    speed = write_number(bar.speed, ".0f")
    above = "\n".join(filter(None, [bar.note if bar.speeds else "", _share_in_words(bar)]))
    if not bar.speeds:
        _write(panel, place, 0, bar.why_empty)
    elif bar.speed >= 0.2 * highest:
        _write(panel, place, 0, speed)
    elif bar.ceiling and bar.top < bar.ceiling < bar.top + 0.2 * highest:
        above = "\n".join(filter(None, [speed, above]))  # no room between bar and ceiling
    else:
        _write(panel, place, bar.top, speed)
    if above:
        _write(panel, place, max(bar.top, bar.ceiling), above)


def _write(panel, place, height, text):
    """Write text just over a height, so that it can be read on bars and lines."""
    panel.annotate(text, (place, height), (0, 8), textcoords="offset points", ha="center",
                   va="bottom", fontsize=SMALL_POINTS, bbox=PAPER, zorder=5)  # fmt: skip
