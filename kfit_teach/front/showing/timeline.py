"""When each batch ended, and when the loader was at work or waited for: one row a lane.

The first batch takes so long, since the step is traced in it, that batches cannot be seen beside
it. So there are two panels: the whole call, and from close by what follows its first epoch.
"""

import itertools
import statistics
from dataclasses import dataclass

from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

from kfit_teach.common.loaders import HANDS_OVER
from kfit_teach.front.showing.plots import (
    PAPER,
    counted,
    names_under_bars,
    tidy,
    wide_figure,
    write_title,
)
from kfit_teach.front.showing.style import LABEL_POINTS, LOOK_OF, SMALL_POINTS

# The panel from close by shows at most so many batches of the fastest lane's epoch; slower lanes
# may stretch it so many times, or the fastest lane's batches could not be told apart.
MOST_BATCHES = 40
MOST_STRETCHED = 3
# Beyond so many batches, their edges in the whole call would be one smear; beyond so many spans of
# the loader, these.
MOST_EDGES, MOST_SPANS = 100, 40
INCHES_A_ROW = 0.95
BATCHES, LOADER = (0.08, 0.42), (0.56, 0.28)  # (top, height) in a row of height 1
WAITING = {"facecolor": "white", "edgecolor": "black", "hatch": "////"}
BUSY = {"facecolor": "0.25", "edgecolor": "0.25"}
FIRST_BATCH = {"facecolor": "white", "edgecolor": "0.35", "hatch": "xx"}


def timeline_figure(results, title):
    """Draw the batches of one library's lanes over time, and their loaders below them.

    Args:
        results: list of Result of one library.
        title: what the results rest on.

    Returns:
        matplotlib Figure.
    """
    figure = wide_figure(2.2 + INCHES_A_ROW * len(results))
    write_title(figure, title)
    whole, close = figure.subplots(1, 2, width_ratios=[1, 1.3])
    _draw_whole(whole, results)
    _draw_close(close, results)
    for panel in (whole, close):
        panel.set_ylim(len(results), 0)
        panel.tick_params(axis="y", length=0)
        for border in range(1, len(results)):
            panel.axhline(border, color="0.8", linewidth=1)
        tidy(panel)
    figure.legend(handles=_legend(results), loc="outside lower center", ncols=3,
                  fontsize=LABEL_POINTS)  # fmt: skip
    return figure


def timeline_alt(results, title):
    """Tell what `timeline_figure` shows, in words.

    Args:
        results: list of Result of one library.
        title: what the results rest on.

    Returns:
        A few sentences.
    """
    told = [_in_words(*pair) for pair in zip(names_under_bars(results), results, strict=True)]
    return f"A timeline of batches, one row a lane. {title}. " + " ".join(told)


def _in_words(name, result):
    name, ends = name.replace("\n", " "), _ends(result)
    if not ends:
        return f"{name}: {result.status}."
    steps = [later - earlier for earlier, later in itertools.pairwise(ends)]
    usual = f", a usual batch {1000 * statistics.median(steps):.0f} ms" if steps else ""
    spent = sum(end - start for start, end in result.loader_spans_s)
    doing = "waited for batches" if _waits(result) else "the loader was busy"
    loader = f"{doing} for {spent:.2f} s" if result.loader_spans_s else _why_unseen(result)
    return f"{name}: first batch {ends[0]:.2f} s{usual}; {loader}."


def _ends(result):
    """List when batches ended, over all epochs."""
    return [end for ends in result.batch_ends_s for end in ends]


def _waits(result):
    """Tell whether the spans are waits: train_on_batch draws its batches itself, and waits."""
    return result.experiment.training_function == "train_on_batch"


def _why_unseen(result):
    """Say why there is no loader to be seen."""
    kind = HANDS_OVER[result.experiment.loader]
    reasons = {"arrays": "whole arrays: no loader", "dataset": "threads of tf.data: not seen"}
    return reasons.get(kind, "other processes: not seen")


def _draw_whole(panel, results):
    """Draw each lane from its call to its return: the first batch, then epoch after epoch."""
    for place, result in enumerate(results):
        if not result.batch_ends_s:
            _write(panel, place, 0.5, result.status)
            continue
        last = _draw_epochs(panel, place, result)
        if len(result.loader_spans_s) > MOST_SPANS:
            _write(panel, place, LOADER[0] + LOADER[1] / 2, _share_in_words(result, last))
        else:
            _draw_loader(panel, place, result, 0, last, edge=0.4)
        if result.timing and last < result.timing.call_s:
            middle = place + BATCHES[0] + BATCHES[1] / 2
            panel.plot([last, result.timing.call_s], 2 * [middle], color="black", linewidth=1.5)
    names = [_row_name(*pair) for pair in zip(names_under_bars(results), results, strict=True)]
    panel.set_yticks([place + 0.46 for place in range(len(results))], names)
    panel.set_xlim(left=0)
    panel.set_xlabel("seconds since the call")
    panel.set_title(_title_of_whole(results))
    if not any(result.batch_ends_s for result in results):
        panel.set_xticks([])


def _share_in_words(result, last):
    """Say how much of the time since the first batch the loader took.

    Hundreds of spans, each drawn wide enough to be seen, would look as if there was no pause.
    """
    first = result.batch_ends_s[0][0]
    spent = sum(end - start for start, end in result.loader_spans_s if first <= start <= last)
    doing = "waiting" if _waits(result) else "loader busy"
    return f"{doing} {100 * spent / max(last - first, 1e-9):.1f} % after the first batch"


def _row_name(name, result):
    """Name a row, and say how long the first batch took."""
    ends = _ends(result)
    return f"{name}\nfirst batch {ends[0]:.2f} s" if ends else name


def _title_of_whole(results):
    """Say what is dark and light, and how many epochs are here where not all are."""
    kept = max((len(result.batch_ends_s) for result in results), default=0)
    asked = results[0].experiment.epochs
    epochs = "epochs" if kept in (0, asked) else f"the first {kept} of {asked} epochs,"
    return f"The whole call: {epochs} dark and light in turn"


def _draw_epochs(panel, place, result):
    """Draw the first batch and the epochs of one lane; give the end of the last."""
    first = result.batch_ends_s[0][0]
    panel.broken_barh([(0, first)], _at(place, BATCHES), **FIRST_BATCH)
    starts = [first, *(ends[-1] for ends in result.batch_ends_s)]
    for number, (start, end) in enumerate(itertools.pairwise(starts)):
        panel.broken_barh([(start, end - start)], _at(place, BATCHES), **_shade(result, number))
    top, height = _at(place, BATCHES)
    if len(_ends(result)) <= MOST_EDGES:
        panel.vlines(_ends(result), top, top + height, color="white", linewidth=0.5)
    panel.vlines(starts[1:], top - 0.04, top + height + 0.04, color="black", linewidth=1.5)
    return starts[-1]


def _at(place, part):
    """Place one part of a row: (top, height)."""
    return place + part[0], part[1]


def _shade(result, number):
    """Give the function's look, dark for even numbers and light for odd ones."""
    look = LOOK_OF[result.experiment.training_function]
    light = [1 - 0.35 * (1 - part) for part in to_rgb(look.colour)]
    colour = light if number % 2 else look.colour
    return {"facecolor": colour, "edgecolor": "white", "linewidth": 0, "hatch": look.hatch}


def _draw_loader(panel, place, result, start, end, edge):
    """Draw between two instants when the loader was busy, or was waited for."""
    looks = WAITING if _waits(result) else BUSY
    spans = [
        (max(begun, start) - start, min(ended, end) - max(begun, start))
        for begun, ended in result.loader_spans_s
        if ended >= start and begun <= end
    ]
    # The edge has a width in points, so that the shortest span is seen too.
    panel.broken_barh(spans, _at(place, LOADER), linewidth=edge, **looks)


def _write(panel, place, height, text):
    """Write words into a row, at its left."""
    panel.annotate(text, (0.01, place + height), xycoords=("axes fraction", "data"), va="center",
                   fontsize=SMALL_POINTS, bbox=PAPER, zorder=5)  # fmt: skip


@dataclass(frozen=True)
class CloseUp:
    """What the panel from close by shows of one lane.

    Args:
        start: the instant it starts from, in seconds since the call.
        ends: when the batches after it ended, of all epochs kept.
        epoch_ends: when epochs after it ended.
    """

    start: float
    ends: list[float]
    epoch_ends: list[float]


def close_up(result):
    """Choose where to look closely: after the first epoch, or after the first batch of the only.

    Args:
        result: Result with batches.

    Returns:
        CloseUp.
    """
    epochs = result.batch_ends_s
    start = epochs[0][-1] if len(epochs) > 1 else epochs[0][0]
    return CloseUp(
        start,
        [end for end in _ends(result) if end > start],
        [ends[-1] for ends in epochs if ends[-1] > start],
    )


def seconds_shown(results):
    """Choose how long the panel from close by is, for all lanes alike.

    Args:
        results: list of Result with batches.

    Returns:
        Seconds: long enough for an epoch of each lane or its first batches, but not so long that
        the fastest lane's batches could not be told apart.
    """
    lengths = []
    for result in results:
        lane = close_up(result)
        steps = min(MOST_BATCHES, len(result.batch_ends_s[-1]), len(lane.ends))
        if steps:
            lengths.append(lane.ends[steps - 1] - lane.start)
    return min(max(lengths), MOST_STRETCHED * min(lengths)) if any(lengths) else 1.0


def _draw_close(panel, results):
    """Draw the first batches of the second epoch, where the steady state begins."""
    ran = [result for result in results if result.batch_ends_s]
    seconds = seconds_shown(ran)
    for place, result in enumerate(results):
        if result.batch_ends_s:
            _draw_batches(panel, place, result, seconds)
    panel.set_yticks([])
    panel.set_xlim(0, seconds)
    panel.xaxis.set_major_locator(MaxNLocator(6) if ran else NullLocator())
    several = any(len(result.batch_ends_s) > 1 for result in ran)
    since = "the first epoch" if several else "the first batch"
    panel.set_xlabel(f"seconds since the end of {since}")
    pause = "; the first holds the pause" if several else ""
    panel.set_title(f"From close by: batches dark and light in turn{pause}")


def _draw_batches(panel, place, result, seconds):
    """Draw one lane's batches that began within the time shown, and say how many these are."""
    lane = close_up(result)
    edges = [0, *(end - lane.start for end in lane.ends)]
    shown = [pair for pair in itertools.pairwise(edges) if pair[0] < seconds]
    for number, (start, end) in enumerate(shown):
        batch = [(start, min(end, seconds) - start)]
        panel.broken_barh(batch, _at(place, BATCHES), **_shade(result, number))
    top, height = _at(place, BATCHES)
    ended = [end - lane.start for end in lane.epoch_ends if end - lane.start <= seconds]
    panel.vlines(ended, top - 0.04, top + height + 0.04, color="black", linewidth=1.5)
    _draw_loader(panel, place, result, lane.start, lane.start + seconds, edge=1)
    if not result.loader_spans_s:
        _write(panel, place, LOADER[0] + LOADER[1] / 2, _why_unseen(result))
    panel.annotate(f"{len(shown)} of\n{counted(len(_ends(result)), 'batch', 'batches')}",
                   (1.01, place + 0.46), xycoords=("axes fraction", "data"), va="center",
                   fontsize=SMALL_POINTS, annotation_clip=False)  # fmt: skip


def _legend(results):
    """Explain the signs that are there."""
    signs = [
        Patch(label="first batch: the step is traced in it", **FIRST_BATCH),
        Line2D([], [], color="black", marker="|", markersize=14, linestyle="",
               markeredgewidth=1.5, label="end of an epoch"),
        Line2D([], [], color="black", linewidth=1.5, label="until the call returns"),
    ]  # fmt: skip
    seen = [result for result in results if result.loader_spans_s]
    if not all(_waits(result) for result in seen):
        signs.append(Patch(label="the loader makes a batch", **BUSY))
    if any(_waits(result) for result in seen):
        signs.append(Patch(label="train_on_batch waits for its batch", **WAITING))
    return signs
