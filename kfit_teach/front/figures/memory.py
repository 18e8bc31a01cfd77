"""Resident memory over the compiled base against time, with the data and the budget."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.result import Result
from kfit_teach.common.words import say, to_say
from kfit_teach.front.figures.canvas import (
    PAPER,
    SHARE_OF_A_LETTER,
    label_ends,
    label_once,
    spread,
)
from kfit_teach.front.figures.style import (
    BUDGET_COLOUR,
    BUDGET_LINE_STYLE,
    LOOK_OF,
    RECORDED,
    SMALL_POINTS,
)
from kfit_teach.front.ranking import Lane, Ranking

MIB = 2**20
INCHES_OF_A_NAME = 1.1  # of a stage


def draw_memory(panel: Axes, ranking: Ranking, recorded: list[Lane], with_names: bool) -> None:
    """Draw the lanes whose compiled base is known; in grey, those recorded on another machine."""
    for lane in recorded:
        seconds, mib = curve_over_base(lane.result)
        panel.plot(seconds, mib, marker=LOOK_OF[lane.function].marker, markersize=5, zorder=1,
                   markevery=max(1, len(mib) // 5), **RECORDED | {"linewidth": 1.5})  # fmt: skip
    curves = [(lane, *curve_over_base(lane.result)) for lane in ranking.lanes]
    curves = [curve for curve in curves if curve[1]]
    for curve in curves:
        _draw_curve(panel, *curve, by_loader=ranking.view == "loaders")
    highest_level = _draw_levels(panel, ranking.lanes[0].experiment)
    for lane, seconds, mib in curves:
        if lane.result.budget_end:
            panel.plot(seconds[-1], mib[-1], "X", color=LOOK_OF[lane.function].colour,
                       markeredgecolor="black", markersize=15, zorder=5, clip_on=False,
                       label=say("ended over budget"))  # fmt: skip
    stages = [(lane, stages_on(seconds, mib, lane.experiment.data_bytes / MIB))
              for lane, seconds, mib in curves if has_stages(lane.experiment)]  # fmt: skip
    label_once(panel)
    panel.set_xlabel(say("seconds since the model was compiled"))
    panel.set_ylabel(say("MiB more than before training"))
    panel.set_ylim(0, 1.1 * max(highest_level, panel.dataLim.y1))
    if any(found for _, found in stages):
        _draw_stages(panel, stages)
        make_room_at_the_left(panel)
    panel.set_title(_title(stages))
    if with_names:
        label_ends(panel, [(lane.name, seconds[-1], mib[-1]) for lane, seconds, mib in curves])
    if not curves:
        panel.set_xticks([])


def memory_in_words(ranking: Ranking) -> str:
    """Tell what the memory panel shows: what it is held against, and each lane's highest point."""
    lanes = [say("{lane} {mib:.0f} MiB", lane=lane.name, mib=lane.result.memory.peak_extra_mib)
             for lane in ranking.measured]  # fmt: skip
    return say("Lines of memory over time, at the most: {lanes}; the data is {mib:.0f} MiB.",
               lanes=", ".join(lanes) or say("no lane"),
               mib=ranking.lanes[0].experiment.data_bytes / MIB)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A copy of the data that one lane came to hold, seen on its curve."""

    kind: str  # one of STAGES
    seconds: float
    mib: float


# What fit over arrays comes to hold, one after the other, each as large as the data.
STAGES = (to_say("your images"), to_say("the copy"), to_say("the tensor"))
SHORT_OF_IT, LET_GO = 0.15, 0.4  # shares of the data: so nearly reached, so far fallen
LEAST_DATA_MIB = 12  # of smaller data the copies cannot be told from the library's own memory


def stages_on(seconds: Sequence[float], mib: Sequence[float], data_mib: float) -> list[Stage]:
    """Find on a curve where fit over arrays came to hold its data once, twice and three times.

    That is before the curve first falls, as the copy is let go; what rises later is the step's. The
    tensor is there only once the copy is gone, so nobody takes a step that allocates for it.

    Args:
        seconds, mib: the curve, MiB over the compiled base.
        data_mib: the images as one float32 array.

    >>> [stage.kind for stage in stages_on(range(5), [0, 20, 41, 60, 42], data_mib=20)]
    ['your images', 'the copy', 'the tensor']
    >>> [stage.kind for stage in stages_on(range(5), [0, 20, 41, 42, 60], data_mib=20)]
    ['your images', 'the copy']
    """
    if data_mib < LEAST_DATA_MIB:
        return []
    highest, rise = 0.0, len(mib)
    for place, held in enumerate(mib):
        highest = max(highest, held)
        if held < highest - LET_GO * data_mib:
            rise = place
            break
    seen = STAGES if rise < len(mib) else STAGES[:2]
    found = []
    for times, kind in enumerate(seen, 1):
        least = (times - SHORT_OF_IT) * data_mib
        at = next((place for place in range(rise) if mib[place] >= least), None)
        if at is not None:
            height = min(mib[at], times * data_mib)
            found.append(Stage(kind, _seconds_at(height, seconds, mib, at), height))
    return found


def _seconds_at(height, seconds, mib, place):
    """Say when the line to a place of a curve was at a height, which it first reaches there."""
    before = max(0, place - 1)
    rise = mib[place] - mib[before]
    share = (height - mib[before]) / rise if rise else 1.0
    return seconds[before] + share * (seconds[place] - seconds[before])


def has_stages(experiment: Experiment) -> bool:
    """Tell whether a lane copies its data as `stages_on` expects."""
    return experiment.loader == "arrays" and experiment.training_function == "fit"


def _title(stages):
    """Say how many times fit held the data where that could be seen."""
    most = max((len(found) for _, found in stages), default=0)
    if most == len(STAGES):
        return say("Memory: fit held your images three times")
    return say("Memory")


def make_room_at_the_left(panel: Axes) -> None:
    """Leave room for names left of the curves' beginning; time begins at 0 all the same."""
    inches = panel.get_window_extent().width / panel.get_figure(root=True).dpi
    share = min(0.35, INCHES_OF_A_NAME / inches)
    right = panel.dataLim.x1 * 1.04
    panel.set_xlim(-right * share / (1 - share), right)
    panel.xaxis.set_major_locator(_FromZero(nbins=6, steps=[1, 2, 5, 10]))


class _FromZero(MaxNLocator):
    """Ticks of times, none of them before the beginning."""

    def tick_values(self, low, high):
        return [tick for tick in super().tick_values(low, high) if tick >= 0]


def _draw_stages(panel, lanes_with_stages):
    """Name the stages where they happen, left of the curve, where no other one is."""
    for lane, stages in lanes_with_stages:
        heights = heights_of_names(stages, *panel.get_ylim())
        for stage, height in zip(stages, heights, strict=True):
            panel.plot(stage.seconds, stage.mib, "o", color=LOOK_OF[lane.function].colour,
                       markerfacecolor="white", markersize=8, zorder=6)  # fmt: skip
            panel.annotate(say(stage.kind), (stage.seconds, height), (-8, 0), ha="right",
                           textcoords="offset points", va="center", fontsize=SMALL_POINTS,
                           bbox=PAPER, zorder=6)  # fmt: skip


def heights_of_names(stages: list[Stage], low: float, high: float) -> list[float]:
    """Say at which MiB of a panel from low to high the names stand: none over another."""
    shares = spread([(stage.mib - low) / (high - low) for stage in stages], SHARE_OF_A_LETTER)
    return [low + share * (high - low) for share in shares]


def _draw_curve(panel, lane, seconds, mib, by_loader):
    """Draw one lane; of several loaders, only line styles tell them apart."""
    look = LOOK_OF[lane.function]
    panel.plot(seconds, mib, color=look.colour, linewidth=2, markevery=max(1, len(mib) // 8),
               linestyle=LOADERS[lane.loader].line_style, marker="" if by_loader else look.marker,
               label=lane.name if by_loader else lane.experiment.label)  # fmt: skip


def _draw_levels(panel, experiment: Experiment) -> float:
    """Draw what memory is held against, the data and the budget, and give the highest, in MiB.

    Their names stand in the legend, where no curve can cross them.
    """
    data_mib, budget_mib = experiment.data_bytes / MIB, (experiment.memory_budget or 0) / MIB
    label = say("the data: {mib:.0f} MiB", mib=data_mib)
    panel.axhline(data_mib, color="black", linestyle=":", linewidth=2.5, label=label)
    if budget_mib:
        label = say("memory budget: {mib:.0f} MiB", mib=budget_mib)
        panel.axhline(budget_mib, color=BUDGET_COLOUR, linestyle=BUDGET_LINE_STYLE, linewidth=2.5,
                      label=label)  # fmt: skip
    return max(data_mib, budget_mib)


def curve_over_base(result: Result) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Shift a memory curve, seconds and MiB, to the compiled base; empty where that is unknown."""
    if result.memory:
        base_mib = result.memory.base_mib
        phases = result.timing.phases_s
        start_s, end_s = phases["data"], phases.get("return", float("inf"))  # if it was stopped
    elif result.budget_end and result.curve:
        base_mib = result.curve[-1][1] - result.budget_end.at_mib
        start_s, end_s = _last_time_at(base_mib, result.curve), float("inf")
    else:
        return (), ()
    points = [(at - start_s, mib - base_mib) for at, mib in result.curve if start_s <= at <= end_s]
    return tuple(zip(*points, strict=True)) or ((), ())


def _last_time_at(mib, curve):
    """Find when a curve last was at a height or below: there the lane left its base."""
    return max((at for at, held in curve if held <= mib + 1), default=curve[0][0])
