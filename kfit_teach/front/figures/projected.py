"""One panel a picture, for a projector: as wide as the window, with type for the last row.

The inches are fewer than elsewhere and the dots more, so that the same letters come out larger.
"""

import textwrap

from matplotlib.figure import Figure

from kfit_teach.common.words import say, to_say
from kfit_teach.front.figures.accuracy import accuracies_of, accuracy_in_words, draw_accuracy
from kfit_teach.front.figures.canvas import legend_below, signs_of, tidy
from kfit_teach.front.figures.loss import draw_loss, loss_title
from kfit_teach.front.figures.memory import draw_memory, memory_in_words
from kfit_teach.front.figures.speed import bar_of_run, draw_speed, speed_bars, speed_in_words
from kfit_teach.front.figures.style import TITLE_POINTS
from kfit_teach.front.ranking import Lane, Ranking

SIZE_INCHES, DOTS_PER_INCH = (9.6, 4.65), 400 / 3  # 1280 x 620 dots
LETTERS_OF_A_TITLE = 74
COLUMNS = 3
TITLES = {"speed": to_say("Speed"), "memory": to_say("Memory"), "accuracy": to_say("Accuracy")}


KINDS = ("speed", "memory", "loss", "accuracy")


def kinds_of(ranking: Ranking) -> list[str]:
    """Name the pictures that there are of one library's results."""
    losses = any(lane.result.losses for lane in ranking.lanes)
    taken = accuracies_of(ranking)
    return ["speed", "memory", *(["loss"] if losses else []), *(["accuracy"] if taken else [])]


def draw(kind: str, ranking: Ranking, recorded: list[Lane], title: str) -> Figure:
    """Draw one of these pictures under its title.

    Args:
        kind: one that `kinds_of` names.
        ranking: one library's results.
        recorded: that library's lanes as another machine recorded them, in grey; may be empty.
        title: the message.
    """
    figure = Figure(SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    panel = figure.subplots()
    if kind == "speed":
        draw_speed(panel, speed_bars(ranking), [bar_of_run(lane) for lane in recorded])
    elif kind == "memory":
        draw_memory(panel, ranking, recorded, with_names=len(ranking.lanes) > COLUMNS)
    elif kind == "loss":
        draw_loss(panel, ranking)
    else:
        draw_accuracy(panel, ranking, accuracies_of(ranking))
    panel.set_title("")
    title = textwrap.fill(title, LETTERS_OF_A_TITLE)
    figure.suptitle(title, fontsize=TITLE_POINTS, fontweight="bold")
    tidy(panel)
    signs = signs_of([panel])
    if signs:
        legend_below(figure, signs, COLUMNS, handlelength=3, columnspacing=1.2)
    return figure


def own_title(kind: str, ranking: Ranking) -> str:
    """Say what one of these pictures shows where nothing may be said of it."""
    if kind == "loss":
        return loss_title([lane.result.losses for lane in ranking.lanes if lane.result.losses])
    return say(TITLES[kind])


def tell(kind: str, ranking: Ranking) -> str:
    """Say in words what one of these pictures shows."""
    if kind == "speed":
        return speed_in_words(speed_bars(ranking)) or say("No lane has a speed.")
    if kind == "memory":
        return memory_in_words(ranking)
    if kind == "loss":
        return say("Lines of loss by step.")
    return accuracy_in_words(ranking)
