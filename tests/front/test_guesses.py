import pytest

from kfit_teach.front.guesses import Guess, NumberQuestion, OrderQuestion


def number(guess, measured, **about):
    return Guess(question="?", kind="number", guess=guess, measured=measured, **about).sentence


@pytest.mark.parametrize(
    ("guess", "measured", "said"),
    [
        (3, 1, "You expected 3 networks. There was 1."),
        (1, 3, "You expected 1 network. There were 3."),
        (2, 2, "You expected 2 networks, and so it is."),
        (2, 2.5, "You expected 2 networks. Measured: 2.5."),
        (2, None, "This run cannot tell; your guess is kept."),
    ],
)
def test_a_guess_is_told_in_one_plain_sentence(guess, measured, said):
    assert number(guess, measured, unit="networks", unit_of_one="network") == said


def test_a_guess_of_an_older_file_has_no_subject():
    kept = '{"question": "?", "kind": "number", "guess": 3, "measured": 1, "unit": "networks"}'
    assert Guess.model_validate_json(kept).subject == ""


def test_a_question_hands_its_subject_to_the_guess():
    asked = NumberQuestion("?", lambda comparison: 1.0, 0, 6, 1, "networks", subject="weights")
    assert asked.judge(3, None).subject == "weights"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, ""),
        (120, ""),
        (120.5, "Images come whole: 120 or 121?"),
        (341, "341 is out of reach: from 0 to 340."),
    ],
)
def test_half_an_image_is_explained(answer, why):
    assert NumberQuestion("?", len, 0, 340, 1, things="Images").why_not(answer) == why


def test_a_number_that_counts_nothing_may_have_a_fraction():
    assert NumberQuestion("?", len, 0, 9, 0.5).why_not(2.5) == ""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (("a", "b", "c"), ""),
        ((None, None, None), ""),
        (("a", None, "a"), "a stands there twice; each has one place."),
        (("b", "b", "b"), "b stands there more than once; each has one place."),
    ],
)
def test_an_item_that_stands_in_two_places_is_explained(answer, why):
    assert OrderQuestion("?", len, ("a", "b", "c")).why_not(answer) == why
