"""The last runs side by side as small pictures on one scale: one column a run, titled by what
differs between them and by how many networks came out.

It takes whole Comparisons (kfit_teach.front.comparison), and needs of each only `settings` and
`rankings()`.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import listed, say, say_counted, write_number
from kfit_teach.front.differing import what_differs
from kfit_teach.front.figures.accuracy import BLIND, accuracies_of, is_blind
from kfit_teach.front.figures.canvas import PAPER, figure_in_rows, tidy
from kfit_teach.front.figures.speed import speed_bars
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, SMALL_POINTS, TITLE_POINTS
from kfit_teach.front.networks import networks
from kfit_teach.front.ranking import Lane

FEWEST, MOST = 2, 4
INCHES_OF_A_LANE, INCHES_AROUND, INCHES_OF_TITLES = 0.4, 1.0, 1.3
LETTERS_ACROSS = 90  # of the small pictures' titles together


@dataclass(frozen=True)
class Bar:
    """One lane's bar in one small picture."""

    value: float | None  # None where there is nothing to draw
    low: float = 0.0  # of its interval, where it has one
    high: float = 0.0


@dataclass(frozen=True)
class Run:
    """One comparison as a column."""

    title: str
    lanes: dict[str, Lane]  # by the names beside the rows
    bars: dict[str, dict[str, Bar]]  # quantity to name to bar
    data_mib: float
    ended: int  # how many of its lanes ended well
    networks: int  # how many different networks came out of these

    @property
    def networks_in_words(self) -> str:
        """Say how many runs ended, and how many networks came out."""
        runs = say_counted("{number} run", "{number} runs", self.ended)
        networks = say_counted("{number} network", "{number} networks", self.networks)
        return say("{runs}, {networks}", runs=runs, networks=networks)


@dataclass(frozen=True)
class Quantity:
    """What one row of small pictures shows."""

    label: Callable[[], str]
    form: str
    level: Callable[[Run], tuple[float, str]] | None = None  # a dotted line, and its name


QUANTITIES = {
    "accuracy": Quantity(
        lambda: say("share of the test images named rightly"), ".2f",
        lambda run: (BLIND, say("guessing blindly")),
    ),
    "speed": Quantity(lambda: say("images/s"), ".0f"),
    "memory": Quantity(
        lambda: say("MiB more than before training, at the peak"), ".0f",
        lambda run: (run.data_mib, say("the data")),
    ),
}  # fmt: skip


def draw(comparisons: list, with_networks: bool = True) -> Figure:
    """Draw two to four Comparisons side by side.

    Args:
        comparisons: kfit_teach.front.comparison.Comparison.
        with_networks: whether it tells how many networks came out.

    Raises:
        BadInput: they are fewer or more.
    """
    runs = _runs(comparisons)
    names = list(dict.fromkeys(name for run in runs for name in run.lanes))
    quantities = _quantities(runs)
    heights = [INCHES_AROUND + INCHES_OF_A_LANE * len(names)] * len(quantities)
    heights[0] += INCHES_OF_TITLES
    figure, rows = figure_in_rows(heights)
    figure.suptitle(message(runs, with_networks), fontsize=TITLE_POINTS + 3, fontweight="bold")
    for row, quantity in zip(rows, quantities, strict=True):
        panels = row.subplots(1, len(runs), sharex=True, sharey=True)
        for panel, run in zip(panels, runs, strict=True):
            _draw_panel(panel, run, quantity, names)
            tidy(panel)
        panels[0].set_yticks(range(len(names)), names)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        longest = max(0, *(panel.dataLim.x1 for panel in panels))  # -inf where none has a bar
        panels[0].set_xlim(0, 1.25 * longest or 1)
        row.supxlabel(QUANTITIES[quantity].label(), fontsize=LABEL_POINTS)
        if row is rows[0]:
            _write_titles(panels, runs, with_networks)
    return figure


def _write_titles(panels, runs, with_networks):
    """Write over each column what differs, and, bold, how many networks came out."""
    for panel, run in zip(panels, runs, strict=True):
        above = textwrap.fill(run.title, LETTERS_ACROSS // len(runs))
        if not with_networks:
            panel.set_title(above, fontsize=TITLE_POINTS, fontweight="bold", pad=22)
            continue
        panel.set_title(run.networks_in_words, fontsize=TITLE_POINTS, fontweight="bold", pad=22)
        panel.annotate(above, (0.5, 1), (0, 42), xycoords="axes fraction",
                       textcoords="offset points", ha="center", va="bottom",
                       fontsize=TITLE_POINTS)  # fmt: skip


def tell(comparisons: list, with_networks: bool = True) -> str:
    """Say what the figure shows."""
    runs, told = _runs(comparisons), []
    for run in runs:
        lanes = [_lanes_in_words(run, quantity) for quantity in _quantities(runs)]
        words = "; ".join([run.networks_in_words, *lanes] if with_networks else lanes)
        told.append(say("{run}: {words}.", run=run.title, words=words))
    what = say("The last {number} runs side by side, bars on one scale. {message}.",
               number=len(runs), message=message(runs, with_networks))  # fmt: skip
    return " ".join([what, *told])


def message(runs: list[Run], with_networks: bool = True) -> str:
    """Say in plain words what the runs come to together."""
    known = [(run.title, bar) for run in runs for bar in run.bars["accuracy"].values() if bar.value]
    if not known and not with_networks:
        return say("What each run cost")
    if not known:
        networks = [str(run.networks) for run in runs]
        return say("Networks that came out: {numbers}", numbers=listed(networks))
    best, worst = (find(known, key=lambda one: one[1].value) for find in (max, min))
    if best[1].low <= worst[1].high or best[0] == worst[0]:
        return say("No run names flowers better than another")
    told = {"best": best[0], "high": best[1].value, "worst": worst[0], "low": worst[1].value}
    if is_blind(worst[1].low):
        return say("Accuracy {high:.2f} ({best}) against {low:.2f} ({worst}), no better than "
                   "guessing", **told)  # fmt: skip
    return say("Accuracy {high:.2f} ({best}) against {low:.2f} ({worst})", **told)


def _runs(comparisons):
    """Make the columns."""
    if not FEWEST <= len(comparisons) <= MOST:
        raise BadInput(say(
            "{number} runs cannot be laid side by side, but {fewest} to {most} can; run the panel "
            "again with other settings.", number=len(comparisons), fewest=FEWEST,
            most=MOST))  # fmt: skip
    titles = what_differs([comparison.settings for comparison in comparisons])
    with_library = any(len(comparison.rankings()) > 1 for comparison in comparisons)
    return [_run(title, comparison, with_library)
            for title, comparison in zip(titles, comparisons, strict=True)]  # fmt: skip


def _run(title, comparison, with_library):
    lanes, bars = {}, {quantity: {} for quantity in QUANTITIES}
    found = networks(comparison.rankings())
    for ranking in comparison.rankings():
        taken = accuracies_of(ranking)
        of_lane = {name: Bar(*known) for name, *known in (taken.lanes if taken else ())}
        for lane, speed in zip(ranking.lanes, speed_bars(ranking), strict=False):  # no control
            name = f"{ranking.library} {lane.name}" if with_library else lane.name
            lanes[name], result = lane, lane.result
            bars["accuracy"][name] = of_lane.get(lane.name, Bar(None))
            bars["speed"][name] = Bar(speed.speed or None)
            bars["memory"][name] = Bar(result.memory and result.memory.peak_extra_mib)
    ended = sum(len(network.lanes) for network in found)
    return Run(title, lanes, bars, comparison.settings.data_bytes / MIB, ended, len(found))


def _quantities(runs):
    """Name the rows: accuracy where any run has one, else speed; and memory."""
    has_accuracy = any(
        bar.value is not None for run in runs for bar in run.bars["accuracy"].values()
    )
    return ["accuracy" if has_accuracy else "speed", "memory"]


def _draw_panel(panel, run, quantity, names):
    """Draw one small picture: a bar a lane, with its number at its end."""
    kind, bars = QUANTITIES[quantity], run.bars[quantity]
    for place, name in enumerate(names):
        if name not in bars or bars[name].value is None:
            _write(panel, 0, place, say("not run") if name not in bars else say("none"), "0.35")
            continue
        bar, look = bars[name], LOOK_OF[run.lanes[name].function]
        panel.barh(place, bar.value, height=0.72, color=look.colour, hatch=look.hatch,
                   edgecolor="white")  # fmt: skip
        if bar.high:
            ends = [[bar.value - bar.low], [bar.high - bar.value]]
            panel.errorbar(bar.value, place, xerr=ends, fmt="none", ecolor="black", capsize=4,
                           elinewidth=2, capthick=2)  # fmt: skip
        _write(panel, bar.high or bar.value, place, write_number(bar.value, kind.form))
    if kind.level:
        level, name = kind.level(run)
        panel.axvline(level, color="black", linestyle=":", linewidth=2)
        panel.annotate(name, (level, 1), (3, 1), xycoords=("data", "axes fraction"),
                       textcoords="offset points", fontsize=SMALL_POINTS)  # fmt: skip
    panel.tick_params(axis="y", length=0)


def _write(panel, value, place, text, colour="black"):
    panel.annotate(text, (value, place), (5, 0), textcoords="offset points", va="center",
                   fontsize=LABEL_POINTS, color=colour, bbox=PAPER, zorder=4)  # fmt: skip


def _lanes_in_words(run, quantity):
    """Tell one small picture's numbers."""
    label, form = QUANTITIES[quantity].label(), QUANTITIES[quantity].form
    lanes = [say("{lane} {value}", lane=name, value=write_number(bar.value, form))
             for name, bar in run.bars[quantity].items() if bar.value is not None]  # fmt: skip
    return say("{quantity}: {lanes}", quantity=label, lanes=", ".join(lanes) or say("none"))
