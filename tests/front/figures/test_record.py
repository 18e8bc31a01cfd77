import pytest

from kfit_teach.front.closeness import Closeness
from kfit_teach.front.figures.record import MOST_SHOWN, draw, tell
from kfit_teach.front.guesses import Guess


def number(guess, measured, lesson="01_three_doors"):
    return Closeness(Guess(question="q", kind="number", guess=guess, measured=measured), lesson)


def choice(guess, measured="a"):
    return Closeness(Guess(question="q", kind="choice", guess=guess, measured=measured))


GUESSES = [number(6, 1), number(22, 24), number(0, 3, "02_x"), choice("a"), choice("b")]


def marks(panel):
    """Pairs of (marker, place) from left to right."""
    found = [(line.get_marker(), line.get_xdata()[0], line.get_ydata()[0]) for line in panel.lines
             if line.get_marker() != "None"]  # fmt: skip
    return [(marker, round(float(y), 3)) for marker, _, y in sorted(found, key=lambda one: one[1])]


def test_numbers_stand_on_a_scale_of_times_and_choices_on_two_lines(can_be_read):
    figure = draw(GUESSES, "the headline")
    numbers, choices = figure.axes
    assert marks(numbers) == [("^", 6), ("o", 0.917), ("v", 0.001)]  # 0 for 3: at the end
    assert marks(choices) == [("o", 1), ("X", 0)]
    assert figure.get_suptitle() == "the headline"
    can_be_read(figure)


@pytest.mark.parametrize("guesses", [GUESSES[:1], GUESSES[3:4]])
def test_one_guess_makes_one_panel(guesses, can_be_read):
    figure = draw(guesses, "the headline")
    assert len(figure.axes) == 1
    can_be_read(figure)


def test_of_many_guesses_the_last_are_shown_and_that_is_said(can_be_read):
    many = [number(1 + place % 7, 3) for place in range(70)]
    figure = draw(many, "the headline")
    assert len(marks(figure.axes[0])) == MOST_SHOWN
    assert "the last 40 of your 70 guesses" in figure.axes[0].get_xlabel()
    can_be_read(figure)


def test_it_is_told_in_words():
    told = tell(GUESSES, "the headline")
    assert told.startswith("Guesses beside what was measured. the headline. 01_three_doors: ")
    assert "You expected 6. There was 1." in told and "02_x: You expected 0." in told
    assert "58 more came before." in tell([number(1, 2)] * 70, "h")
