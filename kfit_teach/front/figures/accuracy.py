"""Test accuracy as bars, each with its 95 % interval, over the line of blind guessing."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.words import say, write_number
from kfit_teach.front import verdicts
from kfit_teach.front.figures.canvas import PAPER, tidy, wide_figure, write_message
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, SMALL_POINTS
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.verdicts import Accuracies

BLIND = 1 / len(CLASS_NAMES)
LEAST_TOP = 0.25  # the axis reaches so far at least, so that a small accuracy looks small
INCHES_HIGH = 5.4


def draw(ranking: Ranking) -> Figure:
    """Draw one library's accuracies."""
    figure = wide_figure(INCHES_HIGH)
    panel = figure.subplots()
    taken = accuracies_of(ranking)
    write_message(figure, panel, message(taken, ranking.view), ranking.title)
    draw_accuracy(panel, ranking, taken)
    tidy(panel)
    return figure


def tell(ranking: Ranking) -> str:
    """Say what the figure shows."""
    return say("{message}. {accuracies} {title}.", title=ranking.title,
               message=message(accuracies_of(ranking), ranking.view),
               accuracies=accuracy_in_words(ranking))  # fmt: skip


def accuracy_in_words(ranking: Ranking) -> str:
    """Tell what the panel shows in one sentence."""
    taken, lanes = accuracies_of(ranking), []
    for lane in ranking.lanes:
        known = _of(taken, lane.name)
        lanes.append(_in_words(*known) if known else say("{lane} none", lane=lane.name))
    return say("Bars of accuracy on the test images, over the line of guessing blindly "
               "({blind:.2f}): {lanes}.", blind=BLIND, lanes=", ".join(lanes))  # fmt: skip


def accuracies_of(ranking: Ranking) -> Accuracies | None:
    """Find the fact about one library's accuracies; None where none was taken."""
    return next(verdicts.accuracies(ranking), None)


def message(taken: Accuracies | None, view: str) -> str:
    """Say in plain words what the accuracies come to."""
    if taken is None:
        return say("No accuracy was taken")
    highest = max(taken.lanes, key=lambda lane: lane[1])
    if all(is_blind(low) for _, _, low, _ in taken.lanes):
        return say("Accuracy {accuracy:.2f}: no better than guessing blindly", accuracy=highest[1])
    if len(taken.lanes) == 1:
        return say("{accuracy:.0f} of 100 flowers are named rightly", accuracy=100 * highest[1])
    if taken.overlap == "all" and view == "loaders":
        return say("No loader names flowers better than another")
    if taken.overlap == "all":
        return say("No function names flowers better than another")
    lowest = min(taken.lanes, key=lambda lane: lane[1])
    return say("{best} names more flowers rightly than {worst}", best=highest[0], worst=lowest[0])


def is_blind(low: float) -> bool:
    """Tell whether an interval with this low end holds, or lies below, blind guessing."""
    return low <= BLIND


def draw_accuracy(panel: Axes, ranking: Ranking, taken: Accuracies | None) -> None:
    """Draw a bar a lane, with its interval, and the line of blind guessing."""
    lanes, top = ranking.lanes, LEAST_TOP
    for place, lane in enumerate(lanes):
        known = _of(taken, lane.name)
        if not known:
            _write(panel, place, BLIND, say("none taken"))
            continue
        _, accuracy, low, high = known
        look = LOOK_OF[lane.function]
        panel.bar(place, accuracy, width=0.6, color=look.colour, hatch=look.hatch,
                  edgecolor="white")  # fmt: skip
        panel.errorbar(place, accuracy, [[accuracy - low], [high - accuracy]], fmt="none",
                       ecolor="black", elinewidth=2.5, capsize=8, capthick=2.5)  # fmt: skip
        _write(panel, place, high, write_number(accuracy, ".2f"))
        top = max(top, high)
    edge = 0.6 if len(lanes) > 1 else 1.2
    panel.set_xlim(-edge, len(lanes) - 1 + edge)
    panel.set_ylim(0, min(1.12, 1.18 * top))
    panel.axhline(BLIND, color="black", linestyle=":", linewidth=2.5)
    panel.annotate(say("guessing\nblindly: {blind:.2f}", blind=BLIND), (1.01, BLIND),
                   xycoords=("axes fraction", "data"), va="center",
                   fontsize=LABEL_POINTS)  # fmt: skip
    panel.set_xticks(range(len(lanes)), [_name(lane, len(lanes)) for lane in lanes])
    panel.set_ylabel(say("share of the test images\nnamed rightly, 95 % interval"))


def _of(taken, name):
    """Find one lane's numbers: its name, accuracy, and both ends of its interval."""
    return next((lane for lane in taken.lanes if lane[0] == name), None) if taken else None


def _name(lane, lanes):
    return lane.label.replace("_", "_\n") if lanes > 8 else lane.label


def _in_words(name, accuracy, low, high):
    return say("{lane} {accuracy:.2f} [{low:.2f}, {high:.2f}]", lane=name, accuracy=accuracy,
               low=low, high=high)  # fmt: skip


def _write(panel, place, height, text):
    panel.annotate(text, (place, height), (0, 8), textcoords="offset points", ha="center",
                   va="bottom", fontsize=SMALL_POINTS + 2, bbox=PAPER, zorder=5)  # fmt: skip
