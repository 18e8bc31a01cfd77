"""When each batch ended, and when the loader was at work or waited for: one row a lane.

The first batch takes so long, since the step is traced in it, that batches cannot be seen beside
it. So there are two panels: the whole call, and from close by what follows its first epoch.
"""

import itertools
import statistics

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.result import WORDS_FOR_STATUS, Result
from kfit_teach.common.words import say, say_counted
from kfit_teach.front.figures.canvas import PAPER, legend_below, tidy, wide_figure, write_title
from kfit_teach.front.figures.style import LOOK_OF, SMALL_POINTS
from kfit_teach.front.ranking import Lane, Ranking

# The panel from close by shows at most so many batches of the fastest lane's epoch; slower lanes
# may stretch it so many times, or the fastest lane's batches could not be told apart.
MOST_BATCHES, MOST_STRETCHED = 40, 3
# Beyond so many batches, their edges in the whole call would be one smear; beyond so many spans of
# the loader, these.
MOST_EDGES, MOST_SPANS = 100, 40
INCHES_A_ROW = 0.95
BATCHES, LOADER = (0.08, 0.42), (0.56, 0.28)  # (top, height) in a row of height 1
WAITING = {"facecolor": "white", "edgecolor": "black", "hatch": "////"}
BUSY = {"facecolor": "0.25", "edgecolor": "0.25"}
FIRST_BATCH = {"facecolor": "white", "edgecolor": "0.35", "hatch": "xx"}


def draw(ranking: Ranking) -> Figure:
    """Draw the batches of one library's lanes over time, and their loaders below them."""
    lanes = ranking.lanes
    figure = wide_figure(2.2 + INCHES_A_ROW * len(lanes))
    write_title(figure, ranking.title)
    whole, close = figure.subplots(1, 2, width_ratios=[1, 1.3])
    _draw_whole(whole, lanes)
    _draw_close(close, lanes)
    for panel in (whole, close):
        panel.set_ylim(len(lanes), 0)
        panel.tick_params(axis="y", length=0)
        for border in range(1, len(lanes)):
            panel.axhline(border, color="0.8", linewidth=1)
        tidy(panel)
    legend_below(figure, _signs([lane.result for lane in lanes]), 3)
    return figure


def tell(ranking: Ranking) -> str:
    """Say what the figure shows."""
    what = say("A timeline of batches, one row a lane. {title}.", title=ranking.title)
    return " ".join([what, *(_in_words(lane) for lane in ranking.lanes)])


def _in_words(lane):
    result, ends, told = lane.result, _ends(lane.result), {"lane": lane.label.replace("\n", " ")}
    if not ends:
        return say("{lane}: {status}.", status=say(WORDS_FOR_STATUS[result.status]), **told)
    told |= {"first": ends[0], "loader": _loader_in_words(result)}
    steps = [later - earlier for earlier, later in itertools.pairwise(ends)]
    if not steps:
        return say("{lane}: first batch {first:.2f} s; {loader}.", **told)
    told["usual"] = 1000 * statistics.median(steps)
    return say("{lane}: first batch {first:.2f} s, a usual batch {usual:.0f} ms; {loader}.", **told)


def _loader_in_words(result):
    if not result.loader_spans_s:
        return _why_unseen(result)
    spent = sum(end - start for start, end in result.loader_spans_s)
    if _waits(result):
        return say("waited for batches for {spent:.2f} s", spent=spent)
    return say("the loader was busy for {spent:.2f} s", spent=spent)


def _ends(result):
    """List when batches ended, over all epochs."""
    return [end for ends in result.batch_ends_s for end in ends]


def _waits(result):
    """Tell whether the spans are waits: train_on_batch draws its batches itself, and waits."""
    return result.experiment.training_function == "train_on_batch"


def _why_unseen(result):
    hands_over = LOADERS[result.experiment.loader].hands_over
    if hands_over == "arrays":
        return say("whole arrays: no loader")
    if hands_over == "dataset":
        return say("threads of tf.data: not seen")
    return say("other processes: not seen")


def _draw_whole(panel, lanes):
    """Draw each lane from its call to its return: the first batch, then epoch after epoch."""
    for place, lane in enumerate(lanes):
        result = lane.result
        if not result.batch_ends_s:
            _write(panel, place, 0.5, say(WORDS_FOR_STATUS[result.status]))
            continue
        last = _draw_epochs(panel, place, result)
        if len(result.loader_spans_s) > MOST_SPANS:
            _write(panel, place, LOADER[0] + LOADER[1] / 2, _share_in_words(result, last))
        else:
            _draw_loader(panel, place, result, 0, last, edge=0.4)
        if result.timing and last < result.timing.call_s:
            middle = place + BATCHES[0] + BATCHES[1] / 2
            panel.plot([last, result.timing.call_s], 2 * [middle], color="black", linewidth=1.5)
    panel.set_yticks([place + 0.46 for place in range(len(lanes))], map(_row_name, lanes))
    panel.set_xlim(left=0)
    panel.set_xlabel(say("seconds since the call"))
    panel.set_title(_title_of_whole([lane.result for lane in lanes]))
    if not any(lane.result.batch_ends_s for lane in lanes):
        panel.set_xticks([])


def _share_in_words(result, last):
    # Hundreds of spans, each drawn wide enough to be seen, would look as if there was no pause.
    first = result.batch_ends_s[0][0]
    spent = sum(end - start for start, end in result.loader_spans_s if first <= start <= last)
    share = 100 * spent / max(last - first, 1e-9)
    if _waits(result):
        return say("waiting {share:.1f} % after the first batch", share=share)
    return say("loader busy {share:.1f} % after the first batch", share=share)


def _row_name(lane):
    ends = _ends(lane.result)
    if not ends:
        return lane.label
    return say("{lane}\nfirst batch {first:.2f} s", lane=lane.label, first=ends[0])


def _title_of_whole(results):
    kept = max(len(result.batch_ends_s) for result in results)
    asked = results[0].experiment.epochs
    if kept in (0, asked):
        return say("The whole call: epochs dark and light in turn")
    return say("The whole call: the first {kept} of {asked} epochs, dark and light in turn",
               kept=kept, asked=asked)  # fmt: skip


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
    _mark_epochs(panel, place, starts[1:])
    return starts[-1]


def _mark_epochs(panel, place, ends):
    top, height = _at(place, BATCHES)
    panel.vlines(ends, top - 0.04, top + height + 0.04, color="black", linewidth=1.5)


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
    spans = [(max(begun, start) - start, min(ended, end) - max(begun, start))
             for begun, ended in result.loader_spans_s
             if ended >= start and begun <= end]  # fmt: skip
    # The edge has a width in points, so that the shortest span is seen too.
    looks = WAITING if _waits(result) else BUSY
    panel.broken_barh(spans, _at(place, LOADER), linewidth=edge, **looks)


def _write(panel, place, height, text):
    """Write words into a row, at its left."""
    panel.annotate(text, (0.01, place + height), xycoords=("axes fraction", "data"), va="center",
                   fontsize=SMALL_POINTS, bbox=PAPER, zorder=5)  # fmt: skip


def ends_from_close_by(result: Result) -> list[float]:
    """List when batches ended, in seconds since the panel from close by begins."""
    start = _start_of_close_up(result)
    return [end - start for end in _ends(result) if end > start]


def _start_of_close_up(result):
    """Give the end of the first epoch, or of the first batch where there is one epoch only."""
    epochs = result.batch_ends_s
    return epochs[0][-1] if len(epochs) > 1 else epochs[0][0]


def seconds_shown(results: list[Result]) -> float:
    """Choose how long the panel from close by is: the fastest lane's batches must be told apart."""
    lengths = []
    for result in results:
        ends = ends_from_close_by(result)[: min(MOST_BATCHES, len(result.batch_ends_s[-1]))]
        lengths += ends[-1:]
    return min(max(lengths), MOST_STRETCHED * min(lengths)) if any(lengths) else 1.0


def _draw_close(panel, lanes: list[Lane]):
    """Draw the first batches of the second epoch, where the steady state begins."""
    ran = [lane.result for lane in lanes if lane.result.batch_ends_s]
    seconds = seconds_shown(ran)
    for place, lane in enumerate(lanes):
        if lane.result.batch_ends_s:
            _draw_batches(panel, place, lane.result, seconds)
    panel.set_yticks([])
    panel.set_xlim(0, seconds)
    panel.xaxis.set_major_locator(MaxNLocator(6) if ran else NullLocator())
    if any(len(result.batch_ends_s) > 1 for result in ran):
        panel.set_xlabel(say("seconds since the end of the first epoch"))
        title = say("From close by: batches dark and light in turn; the first holds the pause")
    else:
        panel.set_xlabel(say("seconds since the end of the first batch"))
        title = say("From close by: batches dark and light in turn")
    panel.set_title(title)


def _draw_batches(panel, place, result, seconds):
    """Draw one lane's batches that began within the time shown, and say how many these are."""
    start = _start_of_close_up(result)
    edges = [0, *ends_from_close_by(result)]
    shown = [pair for pair in itertools.pairwise(edges) if pair[0] < seconds]
    for number, (begun, ended) in enumerate(shown):
        batch = [(begun, min(ended, seconds) - begun)]
        panel.broken_barh(batch, _at(place, BATCHES), **_shade(result, number))
    epochs = [ends[-1] - start for ends in result.batch_ends_s]
    _mark_epochs(panel, place, [end for end in epochs if 0 < end <= seconds])
    _draw_loader(panel, place, result, start, start + seconds, edge=1)
    if not result.loader_spans_s:
        _write(panel, place, LOADER[0] + LOADER[1] / 2, _why_unseen(result))
    words = say_counted("{shown} of\n{number} batch", "{shown} of\n{number} batches",
                        len(_ends(result)), shown=len(shown))  # fmt: skip
    panel.annotate(words, (1.01, place + 0.46), xycoords=("axes fraction", "data"), va="center",
                   fontsize=SMALL_POINTS, annotation_clip=False)  # fmt: skip


def _signs(results):
    """List the signs that are there, for the legend."""
    signs = [
        Patch(label=say("first batch: the step is traced in it"), **FIRST_BATCH),
        Line2D([], [], color="black", marker="|", markersize=14, linestyle="",
               markeredgewidth=1.5, label=say("end of an epoch")),
        Line2D([], [], color="black", linewidth=1.5, label=say("until the call returns")),
    ]  # fmt: skip
    seen = [result for result in results if result.loader_spans_s]
    if not all(_waits(result) for result in seen):
        signs.append(Patch(label=say("the loader makes a batch"), **BUSY))
    if any(_waits(result) for result in seen):
        signs.append(Patch(label=say("train_on_batch waits for its batch"), **WAITING))
    return signs
