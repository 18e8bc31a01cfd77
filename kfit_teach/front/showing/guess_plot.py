"""Guess and measurement together: one strip a question.

The guess is a hollow diamond, the measurement a black dot, so that neither needs a colour.
"""

import textwrap

from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from kfit_teach.front.guesses import plain
from kfit_teach.front.showing.plots import tidy, wide_figure
from kfit_teach.front.showing.style import LABEL_POINTS, LETTERS_A_LINE, SMALL_POINTS

GUESS = {"marker": "D", "markersize": 14, "markerfacecolor": "none", "markeredgecolor": "black",
         "markeredgewidth": 2.5, "linestyle": "none", "clip_on": False}  # fmt: skip
MEASURED = {"marker": "o", "markersize": 9, "color": "black", "linestyle": "none", "clip_on": False}
INCHES_OF_A_STRIP = 2.3
INCHES_OF_AN_ITEM = 0.42
INCHES_OF_THE_LEGEND = 0.6


def guess_figure(guesses):
    """Draw each guess with what was measured.

    Args:
        guesses: list of Guess.

    Returns:
        matplotlib Figure.
    """
    heights = [
        INCHES_OF_A_STRIP + INCHES_OF_AN_ITEM * (len(guess.options) if guess.kind == "order" else 0)
        for guess in guesses
    ]
    figure = wide_figure(sum(heights) + INCHES_OF_THE_LEGEND)
    strips = figure.subfigures(
        len(guesses) + 1, 1, squeeze=False, height_ratios=[*heights, INCHES_OF_THE_LEGEND]
    )[:, 0]
    for strip, guess in zip(strips, guesses, strict=False):
        panel = strip.subplots()
        draw = {"number": _draw_number, "choice": _draw_choice, "order": _draw_order}[guess.kind]
        draw(panel, guess)
        tidy(panel)
        panel.set_title(textwrap.fill(guess.question, LETTERS_A_LINE), fontsize=LABEL_POINTS)
    artists = [Line2D([], [], label=label, **look)
               for label, look in (("your guess", GUESS), ("measured", MEASURED))]  # fmt: skip
    strips[-1].legend(handles=artists, loc="center", ncols=2, fontsize=LABEL_POINTS)
    return figure


def guess_alt(guesses):
    """Tell in words what the figure shows."""
    return " ".join(f"{guess.question} {guess.sentence}" for guess in guesses)


def _draw_number(panel, guess):
    """A number line from 0 to beyond the larger of the two."""
    numbers = [guess.guess] if guess.measured is None else [guess.guess, guess.measured]
    highest, lowest = max(*numbers, 0), min(*numbers, 0)
    _one_line(panel)
    panel.plot(guess.guess, 0, **GUESS)
    if guess.measured is not None:
        panel.plot(guess.measured, 0, **MEASURED)
    for number in {plain(number): number for number in numbers}.values():
        panel.annotate(plain(number), (number, 0), (0, 16), textcoords="offset points",
                       ha="center", fontsize=SMALL_POINTS)  # fmt: skip
    room = 0.12 * (highest - lowest or 1)
    panel.set_xlim(lowest - (room if lowest < 0 else 0), highest + room)
    panel.set_xlabel(guess.unit or "number")
    if all(float(number).is_integer() for number in numbers):
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_choice(panel, guess):
    """The options side by side."""
    _one_line(panel)
    panel.plot(guess.options.index(guess.guess), 0, **GUESS)
    if guess.measured is not None:
        panel.plot(guess.options.index(guess.measured), 0, **MEASURED)
    letters = max(8, 100 // len(guess.options))
    names = [textwrap.fill(option, letters) for option in guess.options]
    panel.set_xticks(range(len(names)), names)
    panel.set_xlim(-0.5, len(names) - 0.5)


def _one_line(panel):
    """Make a panel into a line that markers stand on."""
    panel.set_ylim(-1, 1.6)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.axhline(0, color="0.7", linewidth=1.5, zorder=0)


def _draw_order(panel, guess):
    """Items in two columns, each joined to itself; no line crosses where the guess was right."""
    places = list(range(len(guess.guess)))
    columns = [(0, guess.guess, "your guess", "right", -18)]
    if guess.measured is not None:
        columns.append((1, guess.measured, "measured", "left", 18))
        for place, item in enumerate(guess.guess):
            panel.plot([0, 1], [place, guess.measured.index(item)], color="0.4", linewidth=2,
                       zorder=0)  # fmt: skip
    for x, items, _, side, shift in columns:
        panel.plot([x] * len(items), places, **(GUESS if x == 0 else MEASURED))
        for place, item in enumerate(items):
            panel.annotate(item, (x, place), (shift, 0), textcoords="offset points", ha=side,
                           va="center", fontsize=SMALL_POINTS)  # fmt: skip
    panel.set_xlim(-0.8, 1.8)
    panel.set_ylim(len(places) - 0.6, -0.4)
    panel.set_yticks(places, [f"{place + 1}." for place in places])
    panel.set_xticks([x for x, *_ in columns], [name for _, _, name, _, _ in columns])
    panel.set_ylabel("place")
