"""Guess and measurement together, one strip a question: a hollow diamond, and a black dot."""

import textwrap

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from kfit_teach.common.words import say
from kfit_teach.front.figures.canvas import LETTERS_A_LINE, as_it_stands, figure_in_rows, tidy
from kfit_teach.front.figures.style import LABEL_POINTS, SMALL_POINTS
from kfit_teach.front.guesses import Guess, plain

# Neither needs a colour.
GUESS = {"marker": "D", "markersize": 14, "markerfacecolor": "none", "markeredgecolor": "black",
         "markeredgewidth": 2.5, "linestyle": "none", "clip_on": False}  # fmt: skip
MEASURED = {"marker": "o", "markersize": 9, "color": "black", "linestyle": "none", "clip_on": False}
INCHES_OF_A_STRIP, INCHES_OF_AN_ITEM, INCHES_OF_THE_LEGEND = 2.3, 0.42, 0.6


def draw(guesses: list[Guess]) -> Figure:
    """Draw each guess with what was measured."""
    items = [len(guess.options) if guess.kind == "order" else 0 for guess in guesses]
    heights = [INCHES_OF_A_STRIP + INCHES_OF_AN_ITEM * count for count in items]
    figure, strips = figure_in_rows([*heights, INCHES_OF_THE_LEGEND])
    for strip, guess in zip(strips, guesses, strict=False):
        panel = strip.subplots()
        said = [guess.guess] if guess.measured is None else [guess.guess, guess.measured]
        _DRAW[guess.kind](panel, guess, said)
        tidy(panel)
        panel.set_title(as_it_stands(textwrap.fill(guess.question, LETTERS_A_LINE)),
                        fontsize=LABEL_POINTS)  # fmt: skip
    signs = [Line2D([], [], label=say("your guess"), **GUESS),
             Line2D([], [], label=say("measured"), **MEASURED)]  # fmt: skip
    strips[-1].legend(handles=signs, loc="center", ncols=2, fontsize=LABEL_POINTS)
    return figure


def tell(guesses: list[Guess]) -> str:
    """Say what the figure shows."""
    return " ".join(f"{guess.question} {guess.sentence}" for guess in guesses)


def _draw_number(panel, guess, said):
    """Draw a number line from 0 to beyond the larger of the two."""
    _draw_on_one_line(panel, said)
    for number in {plain(number): number for number in said}.values():
        panel.annotate(plain(number), (number, 0), (0, 16), textcoords="offset points",
                       ha="center", fontsize=SMALL_POINTS)  # fmt: skip
    highest, lowest = max(*said, 0), min(*said, 0)
    room = 0.12 * (highest - lowest or 1)
    panel.set_xlim(lowest - (room if lowest < 0 else 0), highest + room)
    panel.set_xlabel(as_it_stands(guess.unit) or say("number"))
    if all(float(number).is_integer() for number in said):
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_choice(panel, guess, said):
    _draw_on_one_line(panel, [guess.options.index(option) for option in said])
    letters = max(8, 100 // len(guess.options))
    names = [as_it_stands(textwrap.fill(option, letters)) for option in guess.options]
    panel.set_xticks(range(len(names)), names)
    panel.set_xlim(-0.5, len(names) - 0.5)


def _draw_on_one_line(panel, places):
    """Make a panel into a line that the markers stand on."""
    panel.set_ylim(-1, 1.6)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.axhline(0, color="0.7", linewidth=1.5, zorder=0)
    for place, look in zip(places, (GUESS, MEASURED), strict=False):
        panel.plot(place, 0, **look)


def _draw_order(panel, guess, said):
    """Items in two columns, each joined to itself; no line crosses where the guess was right."""
    places = range(len(guess.guess))
    if guess.measured is not None:
        for place, item in enumerate(guess.guess):
            ends = [place, guess.measured.index(item)]
            panel.plot([0, 1], ends, color="0.4", linewidth=2, zorder=0)
    for x, items in enumerate(said):
        look, side, shift = [(GUESS, "right", -18), (MEASURED, "left", 18)][x]
        panel.plot([x] * len(items), places, **look)
        for place, item in enumerate(items):
            panel.annotate(as_it_stands(item), (x, place), (shift, 0), textcoords="offset points",
                           ha=side, va="center", fontsize=SMALL_POINTS)  # fmt: skip
    panel.set_xlim(-0.8, 1.8)
    panel.set_ylim(len(places) - 0.6, -0.4)
    panel.set_yticks(places, [say("{place}.", place=place + 1) for place in places])
    panel.set_xticks(range(len(said)), [say("your guess"), say("measured")][: len(said)])
    panel.set_ylabel(say("place"))


_DRAW = {"number": _draw_number, "choice": _draw_choice, "order": _draw_order}
