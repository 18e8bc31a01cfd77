"""Results as figures: images/s, memory over time, loss by step; and what all figures share.

Every function takes data and returns a Figure; none trains, shows or touches global state. The
same figure serves a projector and a page, so letters are large and nothing is told by colour
alone. Other figures have files of their own: timeline, coverage_strip, growth_plot.
"""

import base64
import html
import io
import statistics
import textwrap
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from kfit_teach.common.flowers import NAME_OF_KIND
from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.front.showing.style import (
    BUDGET_COLOUR,
    BUDGET_LINE_STYLE,
    INCHES_HIGH_PER_LIBRARY,
    INCHES_HIGH_WITH_TWO_ROWS,
    INCHES_WIDE,
    LABEL_POINTS,
    LETTERS_A_LINE,
    LINE_STYLE_OF,
    LOADERS_THAT_NEED_A_ROW,
    LOOK_OF,
    SMALL_POINTS,
    TITLE_POINTS,
)
from kfit_teach.front.verdicts import names_of_lanes, speed_without_pauses

MIB = 2**20
RECORDED = {"color": "0.55", "linewidth": 4, "linestyle": (0, (1, 0.6))}
# Height of a line of small letters as a share of a panel, with some air.
SHARE_OF_A_LETTER = 0.08
# Paper behind letters that stand on hatches or lines.
PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}


def comparison_figure(results_by_library, title_of, blocks_of=None, recorded_of=None):
    """Draw one row of panels a library: images/s, memory over time, loss by step.

    Args:
        results_by_library: dict of library name to list of Result.
        title_of: dict of library name to the row's title.
        blocks_of: dict of library name to list of Block, where speeds were measured.
        recorded_of: dict of library name to list of Result of another machine, drawn in grey.

    Returns:
        matplotlib Figure.
    """
    bars_of = {
        library: speed_bars(results, (blocks_of or {}).get(library, []))
        for library, results in results_by_library.items()
    }
    heights = [
        INCHES_HIGH_WITH_TWO_ROWS if _need_a_row(bars) else INCHES_HIGH_PER_LIBRARY
        for bars in bars_of.values()
    ]
    figure = wide_figure(sum(heights))
    rows = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for row, (library, results) in zip(rows, results_by_library.items(), strict=True):
        write_title(row, title_of[library])
        _draw_library(row, results, bars_of[library], (recorded_of or {}).get(library, []))
    return figure


def wide_figure(inches_high):
    """Make an empty figure of the house's width, with air between its panels and at its edges."""
    figure = Figure(figsize=(INCHES_WIDE, inches_high), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)
    return figure


def write_title(figure, title):
    """Write a title over a figure, or over a part as wide; a long one in lines of like length."""
    lines = -(-len(title) // LETTERS_A_LINE)
    letters = LETTERS_A_LINE if lines == 1 else len(title) // lines + 12  # 12: the longest word
    title = title.replace(" px", "\N{NO-BREAK SPACE}px")  # no line begins with a unit
    figure.suptitle(textwrap.fill(title, letters), fontsize=TITLE_POINTS)


def _need_a_row(bars):
    """Tell whether these are too many loaders for a panel beside two others."""
    functions = [bar.function for bar in bars if not bar.control]
    return len(functions) >= LOADERS_THAT_NEED_A_ROW and len(set(functions)) == 1


def _draw_library(row, results, bars, recorded):
    """Draw one library's panels and the legends below them; what was recorded goes first."""
    if _need_a_row(bars):
        above, below = row.subfigures(2, 1)
        panels = (above.subplots(), *below.subplots(1, 2, width_ratios=[1.7, 1]))
        legends = [(above, panels[:1], 4), (below, panels[1:2], 5)]
    else:
        # Bars get the width that the names under them need.
        panels = row.subplots(1, 3, width_ratios=[max(1, len(bars) / 2.4), 1, 1])
        legends = [(row, [panels[1], panels[0]], 3)]
    names = names_of_lanes(results)
    _draw_recorded_memory(panels[1], recorded)
    draw_speed(panels[0], bars, speed_bars(recorded, []))
    draw_memory(panels[1], results, names, with_names=_need_a_row(bars))
    draw_loss(panels[2], results, names)
    for panel in panels:
        tidy(panel)
    for place, explained, columns in legends:
        _draw_legend(place, explained, columns)


def _draw_legend(place, panels, columns):
    """Put one legend for some panels below them."""
    entries = [panel.get_legend_handles_labels() for panel in panels]
    artists = [artist for artists, _ in entries for artist in artists]
    labels = [label for _, labels in entries for label in labels]
    if labels:
        place.legend(artists, labels, loc="outside lower center", ncols=columns,
                     fontsize=LABEL_POINTS, handlelength=3.5, columnspacing=1.5)  # fmt: skip


@dataclass(frozen=True)
class SpeedBar:
    """What stands at one place of the speed panel.

    Args:
        name: what stands under it.
        function: the training function, which says how it looks.
        control: whether it is the first lane's second run.
        speeds: images/s, one a block, or that of the single run; empty where there is none.
        plain: images/s without the pauses between epochs, or 0.
        ceiling: images/s of the bare step, or 0.
        why_empty: why there are no speeds, in a word or two.
    """

    name: str
    function: str
    control: bool = False
    speeds: list[float] = field(default_factory=list)
    plain: float = 0
    ceiling: float = 0
    why_empty: str = ""

    @property
    def speed(self):
        """Median of the speeds, 0 where there are none."""
        return statistics.median(self.speeds) if self.speeds else 0

    @property
    def share(self):
        """The speed as a share of the ceiling, as text; empty where one of them is missing."""
        return f"{100 * self.speed / self.ceiling:.0f} %" if self.speed and self.ceiling else ""

    @property
    def interval(self):
        """(low, high): the 95 % interval of the geometric mean; None for fewer than two blocks."""
        if len(self.speeds) < 2:
            return None
        known = ratio_interval(self.speeds)
        return known.low, known.high

    @property
    def top(self):
        """The highest that anything is drawn here."""
        return max(self.plain, self.ceiling, *self.speeds, *(self.interval or ()), 0)


def speed_bars(results, blocks):
    """Say what the speed panel shows: the blocks where there are some, else the single runs.

    Args:
        results: list of Result of one library.
        blocks: list of Block of the same library; may be empty.

    Returns:
        list of SpeedBar, one a lane; the control's last, where there are blocks.
    """
    turns_of = {}
    for block in blocks:
        for turn in block.turns:
            key = (turn.training_function, turn.loader, turn.control)
            turns_of.setdefault(key, []).append(turn)
    bars = []
    for name, result in zip(names_under_bars(results), results, strict=True):
        lane = result.experiment
        turns = turns_of.get((lane.training_function, lane.loader, False))
        bars.append(_bar_of_turns(name, turns) if turns else _bar_of_run(name, result))
    controls = [turns for (_, _, is_control), turns in turns_of.items() if is_control]
    return bars + [_bar_of_turns("control", turns) for turns in controls]


def names_under_bars(results):
    """Name lanes; where the functions are the names, say what keras really calls.

    Args:
        results: list of Result of one library.

    Returns:
        list of str, some of two lines.
    """
    return [
        result.experiment.label.replace(": ", ":\n")
        if name == result.experiment.training_function
        else name
        for name, result in zip(names_of_lanes(results), results, strict=True)
    ]


def _bar_of_turns(name, turns):
    return SpeedBar(
        name,
        turns[0].training_function,
        turns[0].control,
        [turn.images_per_s for turn in turns],
        statistics.median(turn.images_per_s_without_pauses for turn in turns),
        statistics.median(turn.ceiling_images_per_s for turn in turns),
    )


def _bar_of_run(name, result):
    function = result.experiment.training_function
    if result.status != "done":
        return SpeedBar(name, function, why_empty=result.status.replace(" ", "\n"))
    ceiling = result.ceiling.images_per_s if result.ceiling else 0
    if not result.timing.images_per_s:
        return SpeedBar(name, function, ceiling=ceiling, why_empty="no steady\nstate")
    speeds, plain = [result.timing.images_per_s], speed_without_pauses(result)
    return SpeedBar(name, function, speeds=speeds, plain=plain, ceiling=ceiling)


def speed_in_words(bars):
    """Tell what the speed panel shows.

    Args:
        bars: list of SpeedBar.

    Returns:
        One sentence, or "" where no bar has a speed.

    >>> speed_in_words([SpeedBar("fit", "fit", speeds=[90.0], ceiling=100.0)])
    'Images/s: fit 90 (90 % of the bare step).'
    """
    told = [
        f"{bar.name.replace(chr(10), ' ')} {bar.speed:.0f}"
        + (f" ({bar.share} of the bare step)" if bar.share else "")
        for bar in bars
        if bar.speeds
    ]
    blocks = max((len(bar.speeds) for bar in bars), default=0)
    what = f"Images/s, median of {blocks} blocks" if blocks > 1 else "Images/s"
    return f"{what}: {', '.join(told)}." if told else ""


def draw_speed(panel, bars, recorded=()):
    """Draw images/s as bars, each with its blocks, their interval, and the bare step's line.

    Args:
        panel: matplotlib Axes.
        bars: list of SpeedBar.
        recorded: list of SpeedBar of another machine; those of the same name get a grey line.
    """
    blocks = max((len(bar.speeds) for bar in bars), default=0)
    for place, bar in enumerate(bars):
        look = LOOK_OF[bar.function]
        filled = {"color": look.colour, "hatch": look.hatch, "edgecolor": "white"}
        hollow = {"fill": False, "edgecolor": look.colour, "linewidth": 2}
        panel.bar(place, bar.speed, width=0.7, **(hollow if bar.control else filled))
    for place, bar in enumerate(bars):
        _draw_beside_bar(panel, place, bar)
    speed_recorded = {bar.name: bar.speed for bar in recorded}
    for place, bar in enumerate(bars):
        if speed_recorded.get(bar.name):
            panel.plot([place - 0.48, place + 0.48], 2 * [speed_recorded[bar.name]], zorder=4,
                       label="recorded elsewhere", **RECORDED)  # fmt: skip
    _label_once(panel)
    highest = max((bar.top for bar in bars), default=0)
    highest = max(highest, *speed_recorded.values(), 0)
    panel.set_ylim(0, 1.2 * highest or 1)
    if not highest:
        panel.set_yticks([])
    for place, bar in enumerate(bars):
        _write_on_bar(panel, place, bar, highest)
    panel.set_xticks(range(len(bars)), [bar.name for bar in bars])
    edge = 0.6 if len(bars) > 1 else 1  # one bar alone is no wall
    panel.set_xlim(-edge, len(bars) - 1 + edge)
    panel.set_ylabel("images/s, steady state")
    panel.set_title(f"Speed: median of {blocks} blocks" if blocks > 1 else "Speed: one run each")


def _draw_beside_bar(panel, place, bar):
    """Draw what belongs to a bar: pauses, blocks, interval, ceiling."""
    if bar.plain > 1.05 * bar.speed:
        panel.bar(place, bar.plain, fill=False, edgecolor=LOOK_OF[bar.function].colour, width=0.7,
                  linestyle=":", linewidth=2, label="without pauses between epochs")  # fmt: skip
    if len(bar.speeds) > 1:
        across = np.linspace(-0.28, 0.12, len(bar.speeds)) + place
        panel.plot(across, bar.speeds, "o", color="white", markeredgecolor="black", markersize=6,
                   label="one block")  # fmt: skip
        low, high = bar.interval
        middle = (low + high) / 2
        panel.errorbar(place + 0.24, middle, (high - low) / 2, fmt="none", ecolor="black",
                       elinewidth=2.5, capsize=5, capthick=2.5,
                       label="95 % interval (geometric mean)")  # fmt: skip
    if bar.ceiling:
        panel.plot([place - 0.42, place + 0.42], 2 * [bar.ceiling], color="black", linewidth=3,
                   solid_capstyle="butt", label="ceiling: the bare step (% reached)")  # fmt: skip


def _label_once(panel):
    """Keep one entry a kind for the legend."""
    seen = set()
    artists, labels = panel.get_legend_handles_labels()
    for artist, label in zip(artists, labels, strict=True):
        if label in seen:
            artist.set_label("_" + label)
        seen.add(label)


def _write_on_bar(panel, place, bar, highest):
    """Write the speed into the bar, or over it where it is low; the share over everything."""
    speed, share, low = f"{bar.speed:.0f}", bar.share, bar.speed < 0.2 * highest
    own_top = max(bar.plain, *bar.speeds, *(bar.interval or ()), 0)
    if not bar.speeds:
        _write(panel, place, 0, bar.why_empty)
    elif not low:
        _write(panel, place, 0, speed)
    elif bar.ceiling and own_top < bar.ceiling < own_top + 0.2 * highest:
        share = f"{speed}\n{share}"  # no room between the bar and its ceiling
    else:
        _write(panel, place, own_top, speed)
    if share:
        _write(panel, place, bar.top, share)


def _write(panel, place, height, text):
    """Write text just over a height, so that it can be read on bars and lines."""
    panel.annotate(text, (place, height), (0, 8), textcoords="offset points", ha="center",
                   va="bottom", fontsize=SMALL_POINTS, bbox=PAPER, zorder=5)  # fmt: skip


def draw_memory(panel, results, names, with_names=False):
    """Draw resident memory over the compiled base against time, with the data and the budget.

    Args:
        panel: matplotlib Axes.
        results: list of Result; those whose compiled base is not known are left out.
        names: what each lane is called.
        with_names: whether the names stand at the lines' ends too.
    """
    curves = [
        (name, result, *curve_over_base(result))
        for name, result in zip(names, results, strict=True)
    ]
    curves = [curve for curve in curves if curve[2]]
    for curve in curves:
        _draw_curve(panel, *curve)
    levels = _draw_levels(panel, results[0].experiment)
    for _, result, seconds, mib in curves:
        if result.budget_end:
            _draw_budget_end(panel, result, seconds[-1], mib[-1])
    _label_once(panel)
    panel.set_xlabel("seconds since the model was compiled")
    panel.set_ylabel("MiB over the compiled base")
    panel.set_ylim(0, 1.1 * max(*levels, panel.dataLim.y1))
    panel.set_title("Memory")
    if with_names:
        label_ends(panel, [(name, seconds[-1], mib[-1]) for name, _, seconds, mib in curves])
    if not curves:
        panel.set_xticks([])


def _draw_recorded_memory(panel, recorded):
    """Draw the memory of another machine's lanes in grey, with their functions' markers."""
    for result in recorded:
        seconds, mib = curve_over_base(result)
        marker = LOOK_OF[result.experiment.training_function].marker
        panel.plot(seconds, mib, marker=marker, markevery=max(1, len(mib) // 5), markersize=5,
                   zorder=1, **RECORDED | {"linewidth": 1.5})  # fmt: skip


def _named_by_loader(name, result):
    """Tell whether lanes differ in their loaders, so that only line styles tell them apart."""
    return name == result.experiment.loader


def _draw_curve(panel, name, result, seconds, mib):
    """Draw one lane's memory."""
    lane = result.experiment
    look = LOOK_OF[lane.training_function]
    by_loader = _named_by_loader(name, result)
    panel.plot(
        seconds, mib, color=look.colour, linewidth=2, linestyle=LINE_STYLE_OF[lane.loader],
        marker="" if by_loader else look.marker, markevery=max(1, len(mib) // 8),
        label=name if by_loader else lane.label,
    )  # fmt: skip


def _draw_budget_end(panel, result, seconds, mib):
    """Cross out the point at which a lane was ended over its budget."""
    panel.plot(
        seconds, mib, "X", color=LOOK_OF[result.experiment.training_function].colour,
        markeredgecolor="black", markersize=15, zorder=5, clip_on=False, label="ended over budget",
    )  # fmt: skip


def _draw_levels(panel, experiment):
    """Draw what memory is held against, the data and the budget, and list their heights.

    Their names stand in the legend, where no curve can cross them.
    """
    levels = [("the data", experiment.data_bytes / MIB, "black", ":")]
    if experiment.memory_budget:
        budget_mib = experiment.memory_budget / MIB
        levels.append(("memory budget", budget_mib, BUDGET_COLOUR, BUDGET_LINE_STYLE))
    for name, mib, colour, style in levels:
        panel.axhline(
            mib, color=colour, linestyle=style, linewidth=2.5, label=f"{name}: {mib:.0f} MiB"
        )
    return [0, *(mib for _, mib, *_ in levels)]


def curve_over_base(result):
    """Shift a memory curve so that both axes start at the compiled base.

    Args:
        result: Result.

    Returns:
        (seconds, MiB), tuples of the same length; empty where the base is not known, since a lane
        that failed or was stopped tells nothing of it.
    """
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


def label_ends(panel, ends):
    """Write names beside a panel, each joined to the end of its line, none over another.

    Args:
        panel: matplotlib Axes whose limits are set.
        ends: list of (name, x, y) in the panel's units.
    """
    ends = sorted(ends, key=lambda end: end[2])
    low, high = panel.get_ylim()
    heights = spread([(y - low) / (high - low) for _, _, y in ends], SHARE_OF_A_LETTER)
    for (name, x, y), height in zip(ends, heights, strict=True):
        panel.annotate(
            name, (x, y), (1.03, height), textcoords="axes fraction", va="center",
            fontsize=SMALL_POINTS, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "0.5", "linewidth": 0.8,
                        "relpos": (0, 0.5), "shrinkB": 0},
        )  # fmt: skip


def spread(heights, gap):
    """Move heights as far apart as letters need, each as little as its neighbours allow.

    Args:
        heights: sorted floats from 0 to 1.
        gap: what two of them are apart at least, where all find room from 0 to 1.

    Returns:
        list of float.

    >>> [round(height, 2) for height in spread([0.2, 0.5, 0.5], 0.1)]
    [0.2, 0.45, 0.55]
    >>> [round(height, 2) for height in spread([0.98, 0.99], 0.1)]
    [0.9, 1.0]
    """
    groups = []  # (middle, how many) of heights that stand gap by gap
    for height in heights:
        groups.append((height, 1))
        while len(groups) > 1 and _touch(*groups[-2:], gap):
            (low, below), (high, above) = groups.pop(-2), groups.pop()
            middle = (low * below + high * above) / (below + above)
            reach = (below + above - 1) * gap / 2
            groups.append((max(reach, min(1 - reach, middle)), below + above))
    return [
        middle + (place - (number - 1) / 2) * gap
        for middle, number in groups
        for place in range(number)
    ]


def _touch(lower, upper, gap):
    """Tell whether two groups of heights leave less than a gap between them."""
    return upper[0] - lower[0] < gap * (lower[1] + upper[1]) / 2 - 1e-9


def draw_loss(panel, results, names):
    """Draw each batch's own loss by step; equal curves lie on each other, all to be seen."""
    done = [pair for pair in zip(names, results, strict=True) if pair[1].losses]
    for place, (name, result) in enumerate(done):
        lane, losses = result.experiment, result.losses
        look = LOOK_OF[lane.training_function]
        by_loader = _named_by_loader(name, result)
        spacing, width = max(3, len(losses) // 8), 2 if len(losses) < 100 else 1
        panel.plot(
            range(1, len(losses) + 1), losses, color=look.colour, label=name, markersize=8,
            marker="" if by_loader else look.marker, markevery=(place * spacing // 3, spacing),
            linestyle=LINE_STYLE_OF[lane.loader] if by_loader else "-",
            linewidth=width if by_loader else width * (len(done) - place),
        )  # fmt: skip
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_xlabel("step (batch)")
    panel.set_ylabel("loss of the batch")
    curves = count_curves([result.losses for _, result in done])
    lanes = (
        f"{counted(len(done), 'lane')} on {counted(curves, 'curve')}" if done else "no lane ended"
    )
    panel.set_title(f"Loss: {lanes}")
    if not done:
        panel.set(xticks=[], yticks=[])


def count_curves(curves):
    """Count the curves that an eye can tell apart: those 2 % of the whole height apart.

    >>> count_curves([[1.0, 2.0], [1.001, 2.0], [1.5, 2.0]])
    2
    """
    if not curves:
        return 0
    lowest, highest = (find(value for curve in curves for value in curve) for find in (min, max))
    apart = []
    for curve in curves:
        alike = [
            len(other) == len(curve)
            and np.allclose(other, curve, rtol=0, atol=0.02 * (highest - lowest))
            for other in apart
        ]
        if not any(alike):
            apart.append(curve)
    return len(apart)


def counted(number, one, several=None):
    """Count something in words.

    >>> counted(1, "lane"), counted(2, "lane"), counted(2, "batch", "batches")
    ('1 lane', '2 lanes', '2 batches')
    """
    return f"{number} {one if number == 1 else several or one + 's'}"


def tidy(panel):
    """Give a panel the house's letters and lines."""
    panel.title.set_fontsize(LABEL_POINTS)
    panel.xaxis.label.set_fontsize(LABEL_POINTS)
    panel.yaxis.label.set_fontsize(LABEL_POINTS)
    panel.tick_params(labelsize=SMALL_POINTS)
    panel.spines[["top", "right"]].set_visible(False)


def contact_sheet(flowers):
    """Draw one image of each class, with its name.

    Args:
        flowers: kfit_teach.common.flowers.Flowers.

    Returns:
        matplotlib Figure.
    """
    figure = Figure(figsize=(10, 4.4), layout="constrained")
    panels = figure.subplots(3, 6).ravel()
    for panel in panels:
        panel.axis("off")
    for label, name in enumerate(flowers.class_names):
        first = int(np.argmax(flowers.labels == label))
        panels[label].imshow(flowers.read(np.array([first]))[0])
        panels[label].set_title(name, fontsize=LABEL_POINTS)
    figure.suptitle(NAME_OF_KIND[flowers.settings.images], fontsize=TITLE_POINTS)
    return figure


def as_image(figure, alt):
    """Make a figure into something that a notebook shows, with words for those who cannot see it.

    JupyterLab gives plain PNG outputs no alt text, so the picture goes into an img element.

    Args:
        figure: matplotlib Figure.
        alt: what the figure shows, in words.

    Returns:
        IPython HTML.
    """
    from IPython.display import HTML  # here: at the shell nothing needs it

    picture = base64.b64encode(figure_as(figure, "png")).decode()
    return HTML(f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}">')


def figure_as(figure, form):
    """Render a figure.

    Args:
        figure: matplotlib Figure.
        form: "png", "svg" or "pdf".

    Returns:
        The bytes of a file.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=80)
    return _with_fewer_colours(buffer) if form == "png" else buffer.getvalue()


def _with_fewer_colours(png):
    """Reduce a PNG to 256 colours: nobody sees it, and a notebook stays small."""
    smaller = io.BytesIO()
    Image.open(png).convert("RGB").quantize(256).save(smaller, format="png", optimize=True)
    return smaller.getvalue()
