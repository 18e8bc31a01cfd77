"""A learner's guesses in the order they were made: numbers beside what was measured, and choices.

A number stands on a scale of times: the line in the middle is what was measured, above it is too
much, below it too little. A choice is right or wrong.
"""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from kfit_teach.common.words import say, say_counted, to_say, write_number
from kfit_teach.front.closeness import BEYOND, NEAR, Closeness
from kfit_teach.front.figures import canvas
from kfit_teach.front.figures.style import LABEL_POINTS, SMALL_POINTS, TITLE_POINTS
from kfit_teach.front.guesses import plain

# None of a training function's colours; the markers say the same again.
RIGHT, ASTRAY = "black", "#8858B0"
LOOKS = {
    "right": {"marker": "o", "color": RIGHT, "label": to_say("right, or off by a quarter at most")},
    "too much": {"marker": "^", "color": ASTRAY, "label": to_say("too much")},
    "too little": {"marker": "v", "color": ASTRAY, "label": to_say("too little")},
    "wrong": {"marker": "X", "color": ASTRAY, "label": to_say("wrong")},
}
MOST_SHOWN = 40  # the last ones
MOST_WITH_NUMBERS = 14  # more, and the numbers would stand in each other's way
MOST_TOLD = 12
INCHES_OF_NUMBERS, INCHES_OF_CHOICES, INCHES_AROUND = 4.2, 1.3, 1.6
LEAST_REACH = 4.0  # the scale shows four times too much and too little at least
FINE_TICKS, COARSE_TICKS, FINE_UP_TO = (1, 2, 4, 10, 20, 50), (1, 10, 100, 1000), 60


def draw(guesses: list[Closeness], headline: str) -> Figure:
    """Draw one mark a guess, the oldest on the left.

    Args:
        guesses: at least one, the oldest first.
        headline: the main thing about them, in words.
    """
    shown = list(enumerate(guesses, 1))[-MOST_SHOWN:]
    numbers = [(place, one) for place, one in shown if one.is_number]
    choices = [(place, one) for place, one in shown if not one.is_number]
    heights = [INCHES_OF_NUMBERS] * bool(numbers) + [INCHES_OF_CHOICES] * bool(choices)
    figure = canvas.wide_figure(sum(heights) + INCHES_AROUND)
    panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)
    panels = panels[:, 0]
    if numbers:
        _draw_numbers(panels[0], numbers)
    if choices:
        _draw_choices(panels[-1], choices)
    _name_places(panels, shown)
    panels[-1].set_xlabel(_which(len(shown), len(guesses)))
    figure.suptitle(headline, fontsize=TITLE_POINTS + 4, fontweight="bold")
    outcomes = [name for name in LOOKS if name in {one.outcome for _, one in shown}]
    signs = [Line2D([], [], linestyle="none", markersize=12,
                    **LOOKS[name] | {"label": say(LOOKS[name]["label"])})
             for name in outcomes]  # fmt: skip
    canvas.legend_below(figure, signs, len(signs))
    return figure


def _which(shown, all_):
    """Say which guesses stand there."""
    if shown < all_:
        return say("the last {shown} of your {all} guesses; under each the number of its lesson",
                   shown=shown, all=all_)  # fmt: skip
    return say("your guesses, the oldest first; under each the number of its lesson")


def _draw_numbers(panel, numbers):
    """Join each number to the line of what was measured, on a scale of times."""
    reach = max(LEAST_REACH, *(min(one.times_off, BEYOND) for _, one in numbers))
    edge = reach**1.4  # room for the words at the end
    panel.set_yscale("log")
    panel.set_ylim(1 / edge, edge)
    panel.axhspan(1 / NEAR, NEAR, color="0.9", zorder=0)
    panel.axhline(1, color="black", linewidth=1.5, linestyle=":")
    for place, one in numbers:
        height = min(max(one.times, 1 / reach), reach)
        look = LOOKS[one.outcome]
        panel.plot([place, place], [1, height], color=look["color"], linewidth=2, zorder=1)
        panel.plot(place, height, look["marker"], color=look["color"], markersize=13, zorder=2)
        if len(numbers) <= MOST_WITH_NUMBERS:
            _write_beside(panel, place, height, one)
    ticks = FINE_TICKS if reach < FINE_UP_TO else COARSE_TICKS
    ticks = [tick for tick in ticks if tick <= reach * 1.01]
    panel.set_yticks([1 / tick for tick in ticks[:0:-1]] + ticks)
    panel.minorticks_off()
    panel.yaxis.set_major_formatter(FuncFormatter(_times_in_words))
    panel.set_ylabel(say("number guessed,\nbeside what was measured"))


def _write_beside(panel, place, height, one):
    """Write what was guessed, and what was measured, at the far end from the line."""
    upwards = height >= 1
    words = say("you {guess}\nit was {measured}", guess=plain(one.guess.guess),
                measured=plain(one.guess.measured))  # fmt: skip
    panel.annotate(words, (place, height), (0, 12 if upwards else -12), ha="center",
                   textcoords="offset points", va="bottom" if upwards else "top",
                   fontsize=SMALL_POINTS)  # fmt: skip


def _times_in_words(value, _):
    """Write a tick: as measured, so many times too much, or too little."""
    if abs(value - 1) < 1e-6:
        return say("as measured")
    if value > 1:
        return say("{times} times too much", times=write_number(value, "g"))
    return say("{times} times too little", times=write_number(round(1 / value), "g"))


def _draw_choices(panel, choices):
    """Put each choice and order on one of two lines."""
    for place, one in choices:
        look = LOOKS[one.outcome]
        height = 1 if one.outcome == "right" else 0
        panel.plot(place, height, look["marker"], color=look["color"], markersize=13)
    panel.set_ylim(-0.6, 1.6)
    panel.set_yticks([0, 1], [say("wrong"), say("right")])
    panel.set_ylabel(say("choice\nor order"))


def _name_places(panels, shown):
    """Write under each guess the number of its lesson, with a line where another lesson begins."""
    first, last = shown[0][0], shown[-1][0]
    middle, room = (first + last) / 2, max(3, (last - first) / 2 + 0.6)  # few stand in the middle
    lessons = [one.lesson.partition("_")[0] for _, one in shown]
    names = [canvas.as_it_stands(lesson[:4]) or "-" for lesson in lessons]
    begins = [place - 0.5 for (place, _), before, here
              in zip(shown[1:], lessons, lessons[1:], strict=False) if before != here]  # fmt: skip
    for panel in panels:
        panel.set_xlim(middle - room, middle + room)
        for begin in begins:
            panel.axvline(begin, color="0.8", linewidth=1, zorder=0)
        panel.set_xticks([place for place, _ in shown], names)
        canvas.tidy(panel)
        panel.yaxis.label.set_fontsize(LABEL_POINTS)


def tell(guesses: list[Closeness], headline: str) -> str:
    """Say what the figure shows: the main thing, and the last guesses."""
    told = [say("Guesses beside what was measured. {headline}.", headline=headline)]
    told += [say("{lesson}: {sentence}", lesson=one.lesson, sentence=one.guess.sentence)
             if one.lesson else one.guess.sentence for one in guesses[-MOST_TOLD:]]  # fmt: skip
    earlier = len(guesses) - MOST_TOLD
    if earlier > 0:
        told.append(say_counted("{number} more came before.", "{number} more came before.",
                                earlier))  # fmt: skip
    return " ".join(told)
