"""Resident memory over the compiled base against time, with the data and the budget."""

from matplotlib.axes import Axes

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.result import Result
from kfit_teach.common.words import say
from kfit_teach.front.figures.canvas import label_ends, label_once
from kfit_teach.front.figures.style import BUDGET_COLOUR, BUDGET_LINE_STYLE, LOOK_OF, RECORDED
from kfit_teach.front.ranking import Lane, Ranking

MIB = 2**20


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
    label_once(panel)
    panel.set_xlabel(say("seconds since the model was compiled"))
    panel.set_ylabel(say("MiB over the compiled base"))
    panel.set_ylim(0, 1.1 * max(highest_level, panel.dataLim.y1))
    panel.set_title(say("Memory"))
    if with_names:
        label_ends(panel, [(lane.name, seconds[-1], mib[-1]) for lane, seconds, mib in curves])
    if not curves:
        panel.set_xticks([])


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
        start_s, end_s = (result.timing.phases_s[phase] for phase in ("data", "return"))
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
