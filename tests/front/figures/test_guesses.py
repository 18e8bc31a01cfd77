import pytest

from kfit_teach.front.figures.canvas import figure_as
from kfit_teach.front.figures.guesses import draw, tell
from kfit_teach.front.guesses import ChoiceQuestion, Guess, NumberQuestion, OrderQuestion

NUMBER = Guess(question="How many?", kind="number", guess=3, measured=1, unit="networks",
               unit_of_one="network")  # fmt: skip
CHOICE = Guess(question="Which?", kind="choice", guess="b", measured="a", options=("a", "b", "c"))
ORDER = Guess(
    question="In which order?", kind="order", guess=("b", "a", "c"), measured=("a", "b", "c"),
    options=("a", "b", "c"),
)  # fmt: skip


def panel_of(guess):
    return draw([guess]).subfigs[0].axes[0]


def places(panel, marker):
    return [(x, y) for line in panel.lines if line.get_marker() == marker
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]  # fmt: skip


def test_guess_and_measurement_stand_where_they_belong():
    assert (places(panel_of(NUMBER), "D"), places(panel_of(NUMBER), "o")) == ([(3, 0)], [(1, 0)])
    assert (places(panel_of(CHOICE), "D"), places(panel_of(CHOICE), "o")) == ([(1, 0)], [(0, 0)])
    joined = [line.get_ydata() for line in panel_of(ORDER).lines if line.get_marker() == "None"]
    assert [list(ends) for ends in joined] == [[0, 1], [1, 0], [2, 2]]


@pytest.mark.parametrize("guess", [NUMBER, CHOICE, ORDER])
def test_what_could_not_be_measured_is_not_drawn(guess):
    unknown = guess.model_copy(update={"measured": None})
    assert places(panel_of(unknown), "D") and not places(panel_of(unknown), "o")
    assert "cannot tell" in tell([unknown])


def test_all_kinds_fit_on_one_figure_and_are_told_in_words():
    guesses = [NUMBER, CHOICE, ORDER]
    assert figure_as(draw(guesses), "png").startswith(b"\x89PNG")
    told = tell(guesses)
    for words in ("There was 1.", "It was “a”.", "You expected the order b, a, c."):
        assert words in told


def test_a_question_finds_its_answer_in_the_comparison():
    questions = [
        NumberQuestion("?", lambda comparison: comparison["speed"], 0, 9, 1, "images/s"),
        ChoiceQuestion("?", lambda comparison: comparison["fastest"], ("fit", "none")),
        OrderQuestion("?", lambda comparison: comparison["order"], ("a", "b")),
    ]
    comparison = {"speed": 4.0, "fastest": "fit", "order": ("b", "a")}
    guessed = [questions[0].judge(5, comparison), questions[1].judge("none", comparison),
               questions[2].judge(("b", "a"), comparison)]  # fmt: skip
    assert [guess.measured for guess in guessed] == [4.0, "fit", ("b", "a")]
    assert guessed[0].sentence == "You expected 5 images/s. Measured: 4."
    assert guessed[2].sentence == "You expected the order b, a, and so it is."
    assert all(Guess.model_validate_json(one.model_dump_json()) == one for one in guessed)
