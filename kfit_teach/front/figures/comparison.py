"""The main figure: one row of panels a library: images/s, memory over time, loss by step."""

from matplotlib.figure import Figure

from kfit_teach.common.words import say
from kfit_teach.front.figures import canvas
from kfit_teach.front.figures.loss import draw_loss
from kfit_teach.front.figures.memory import draw_memory
from kfit_teach.front.figures.speed import bar_of_run, draw_speed, speed_bars, speed_in_words
from kfit_teach.front.ranking import Lane, Ranking

# So many loaders of one training function get a row of bars as wide as the figure, and names beside
# their lines, which all have one colour.
LOADERS_THAT_NEED_A_ROW = 3
INCHES_HIGH, INCHES_HIGH_WITH_TWO_ROWS = 5, 9.4


def draw(rankings: list[Ranking], recorded: list[Ranking] = ()) -> Figure:
    """Draw all libraries; speeds and memory recorded on another machine are drawn in grey."""
    lanes_recorded = {ranking.library: ranking.lanes for ranking in recorded}
    heights = [INCHES_HIGH_WITH_TWO_ROWS if _needs_a_row(r) else INCHES_HIGH for r in rankings]
    figure, rows = canvas.figure_in_rows(heights)
    for row, ranking in zip(rows, rankings, strict=True):
        canvas.write_title(row, ranking.title)
        _draw_library(row, ranking, lanes_recorded.get(ranking.library, []))
    return figure


def tell(rankings: list[Ranking], sentences: list[str]) -> str:
    """Say what the figure shows, with the sentences that are said of each library's results."""
    told = [
        say("{title}. {speeds} {sentences}", title=ranking.title,
            speeds=speed_in_words(speed_bars(ranking)), sentences=said)
        for ranking, said in zip(rankings, sentences, strict=True)
    ]  # fmt: skip
    what = say("Bars of images per second, lines of memory over time, lines of loss by step.")
    return " ".join([what, *told])


def _needs_a_row(ranking: Ranking) -> bool:
    return ranking.view == "loaders" and len(ranking.lanes) >= LOADERS_THAT_NEED_A_ROW


def _draw_library(row, ranking: Ranking, recorded: list[Lane]) -> None:
    """Draw one library's panels and the legends below them."""
    bars, in_two_rows = speed_bars(ranking), _needs_a_row(ranking)
    if in_two_rows:
        above, below = row.subfigures(2, 1)
        panels = (above.subplots(), *below.subplots(1, 2, width_ratios=[1.7, 1]))
        legends = [(above, panels[:1], 4), (below, panels[1:2], 5)]
    else:
        # Bars get the width that the names under them need.
        panels = row.subplots(1, 3, width_ratios=[max(1, len(bars) / 2.4), 1, 1])
        legends = [(row, [panels[1], panels[0]], 3)]
    speed, memory, loss = panels
    draw_speed(speed, bars, [bar_of_run(lane) for lane in recorded])
    draw_memory(memory, ranking, recorded, with_names=in_two_rows)
    draw_loss(loss, ranking)
    for panel in panels:
        canvas.tidy(panel)
    for place, explained, columns in legends:
        signs = canvas.signs_of(explained)
        if signs:
            canvas.legend_below(place, signs, columns, handlelength=3.5, columnspacing=1.5)
