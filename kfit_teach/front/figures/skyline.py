"""The memory of several ways into training, lane beside lane, and the budget as a wall over them.

Every lane has its own stretch of the one axis below; within it time runs, at one scale for all.
"""

from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kfit_teach.common.words import say
from kfit_teach.front.figures.canvas import PAPER, tidy, wide_figure
from kfit_teach.front.figures.memory import Stage, heights_of_names
from kfit_teach.front.figures.style import (
    BUDGET_COLOUR,
    BUDGET_LINE_STYLE,
    LABEL_POINTS,
    LOOK_OF,
    SMALL_POINTS,
    TITLE_POINTS,
)

INCHES_HIGH = 6.2
SHARE_OF_A_SLOT = 0.84  # that time takes; the rest is air
ROOM_FOR_NAMES = 0.75  # left of the first lane, in slots
LEAST_SECONDS = 1.0  # shown, so that a run of a moment is not drawn as broad as one of a second


@dataclass(frozen=True)
class Lane:
    """One way: its name in two lines, its curve as (seconds, MiB), and what stands at it."""

    function: str
    given: str
    curve: list[tuple[float, float]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    step: tuple[float, float] | None = None  # (seconds, MiB) when the first batch was trained on
    note: str = ""
    broke_off: bool = False
    has_wall: bool = False
    is_spared: bool = False  # it has no wall where others have one


def draw(lanes: list[Lane], message: str, array_mib: float, budget_mib: int) -> Figure:
    """Draw the lanes that are there so far, each in its slot."""
    figure = wide_figure(INCHES_HIGH)
    panel = figure.subplots()
    longest_s = max([LEAST_SECONDS, *(lane.curve[-1][0] for lane in lanes if lane.curve)])
    highest = max([3.3 * array_mib, 1.3 * budget_mib,
                   *(mib for lane in lanes for _, mib in lane.curve)])  # fmt: skip
    panel.set_xlim(-ROOM_FOR_NAMES, len(lanes))
    panel.set_ylim(0, 1.18 * highest)
    _draw_multiples(panel, array_mib)
    _draw_wall(panel, lanes, budget_mib)
    for place, lane in enumerate(lanes):
        if lane.curve:
            _draw_lane(panel, place, lane, longest_s, budget_mib)
    panel.set_ylabel(say("MiB more than before training"))
    panel.set_xlabel(say("each way in a process of its own; in each, time runs to the right, up "
                         "to {seconds:.1f} s", seconds=longest_s))  # fmt: skip
    panel.set_xticks([place + SHARE_OF_A_SLOT / 2 for place in range(len(lanes))],
                     [_name_below(lane) for lane in lanes])  # fmt: skip
    panel.tick_params(axis="x", length=0)
    tidy(panel)
    figure.suptitle(message, fontsize=TITLE_POINTS + 4, fontweight="bold")
    return figure


def _name_below(lane: Lane) -> str:
    name = say("{function}\n{given}", function=lane.function, given=lane.given)
    return say("{name}\n(no budget)", name=name) if lane.is_spared else name


def _draw_multiples(panel: Axes, array_mib: float) -> None:
    """Rule the panel at the array's size, and at twice and three times that."""
    times = panel.secondary_yaxis("right", functions=(lambda mib: mib / array_mib,
                                                      lambda share: share * array_mib))  # fmt: skip
    times.set_yticks([1, 2, 3], [say("1 array"), say("2 arrays"), say("3 arrays")],
                     fontsize=SMALL_POINTS)  # fmt: skip
    times.spines["right"].set_visible(False)
    for multiple in (1, 2, 3):
        panel.axhline(multiple * array_mib, color="0.6", linestyle=":", linewidth=1.5, zorder=0)


def _draw_wall(panel: Axes, lanes: list[Lane], budget_mib: int) -> None:
    """Close off what lies above the budget, over the lanes that have one."""
    walled = [place for place, lane in enumerate(lanes) if lane.has_wall]
    if not (budget_mib and walled):
        return
    left, right, top = walled[0] - 0.08, walled[-1] + 1, panel.get_ylim()[1]
    panel.fill_between([left, right], budget_mib, top, facecolor="0.93", edgecolor="0.8",
                       hatch="//", linewidth=0, zorder=0)  # fmt: skip
    panel.plot([left, right], [budget_mib] * 2, color=BUDGET_COLOUR, linewidth=4, zorder=4,
               linestyle=BUDGET_LINE_STYLE)  # fmt: skip
    panel.annotate(say("memory budget: {mib} MiB", mib=budget_mib), (right, budget_mib), (-6, 8),
                   textcoords="offset points", ha="right", va="bottom", fontsize=LABEL_POINTS,
                   color="black", bbox=PAPER, zorder=5)  # fmt: skip


def _draw_lane(
    panel: Axes, place: int, lane: Lane, longest_s: float, budget_mib: int
) -> None:  # fmt: skip
    """Draw one lane as a filled curve, with its stages, its end and its note."""
    look, wide = LOOK_OF[lane.function], SHARE_OF_A_SLOT / longest_s
    across = [place + at * wide for at, _ in lane.curve]
    mib = [held for _, held in lane.curve]
    panel.fill_between(across, mib, facecolor=look.colour, alpha=0.3, hatch=look.hatch,
                       edgecolor=look.colour, linewidth=0, zorder=2)  # fmt: skip
    panel.plot(across, mib, color=look.colour, linewidth=2.5, zorder=3)
    if lane.broke_off:
        panel.plot(across[-1], mib[-1], "X", color=look.colour, markeredgecolor="black",
                   markersize=16, zorder=6)  # fmt: skip
        panel.annotate(lane.note, (across[-1], min(mib[-1], budget_mib)), (13, -6), va="top",
                       textcoords="offset points", fontsize=SMALL_POINTS, bbox=PAPER,
                       zorder=5)  # fmt: skip
    elif lane.note:
        panel.annotate(lane.note, ((place + across[-1]) / 2, max(mib)), (0, 6), ha="center",
                       textcoords="offset points", va="bottom", fontsize=SMALL_POINTS,
                       bbox=PAPER, zorder=5)  # fmt: skip
    _draw_stages(panel, place, lane, wide)


def _draw_stages(panel: Axes, place: int, lane: Lane, wide: float) -> None:
    """Ring each stage; names stand at the left while memory rises, and that of the last below."""
    heights = heights_of_names(lane.stages, *panel.get_ylim())
    for stage, height in zip(lane.stages, heights, strict=True):
        across = place + stage.seconds * wide
        panel.plot(across, stage.mib, "o", color=LOOK_OF[lane.function].colour,
                   markerfacecolor="white", markersize=9, zorder=6)  # fmt: skip
        panel.annotate(say(stage.kind), (across, height), (-9, 0), ha="right", va="center",
                       textcoords="offset points", fontsize=SMALL_POINTS, bbox=PAPER,
                       zorder=6)  # fmt: skip
    if lane.step:
        seconds, mib = lane.step
        across = place + seconds * wide
        panel.plot(across, mib, "s", color=LOOK_OF[lane.function].colour,
                   markerfacecolor="white", markersize=9, zorder=6)  # fmt: skip
        panel.annotate(say("the first\nstep"), (across, mib), (across, 0.4 * mib), ha="center",
                       va="center", fontsize=SMALL_POINTS, bbox=PAPER, zorder=5,
                       arrowprops={"arrowstyle": "-", "color": "0.4"})  # fmt: skip
