from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from kfit_teach.common.demonstrations.one_step import (
    POINTS_OF_A_LINE,
    Before,
    Landing,
    Piece,
    Point,
    Settings,
)
from kfit_teach.front.demonstrated import RunSeen
from kfit_teach.front.demonstrations.one_step import OneStep
from kfit_teach.front.figures.canvas import figure_as
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.lessons.one_step import larger

EVEN = [1 / 17] * 17
# SGD stays near the start of its line, Adam lands on its far side.
SIZES = {("sgd", 1, 1): (0.01, 2.79), ("sgd", 2, 1): (0.02, 2.5), ("sgd", 1, 100): (1.0, 3.0),
         ("adam", 1, 1): (2.0, 2.95), ("adam", 2, 1): (4.0, 9.0),
         ("adam", 1, 100): (2.02, None)}  # fmt: skip


def all_pieces():
    told = [Piece(before=Before(images=[5, 90, 1203], loss=2.8, probabilities=EVEN))]
    for (optimizer, rate, loss_times), (size, loss) in SIZES.items():
        told.append(Piece(landing=Landing(
            optimizer=optimizer, rate_times=rate, loss_times=loss_times, size=size, loss=loss,
            probabilities=EVEN)))  # fmt: skip
    for place in range(POINTS_OF_A_LINE):  # a valley from 2.8 down to 2 and up again
        size = 0.005 * 1.2**place
        loss = 2.8 - 0.8 * (size if size < 1 else 2 - size)
        told += [Piece(point=Point(optimizer=one, size=size, loss=loss)) for one in ("sgd", "adam")]
    return told


def shown(pieces, **settings):
    run = RunSeen[Piece](name="keras", library="keras", status="done", pieces=pieces)
    asked = {"images": "oxford", "image_size": 16, "batch_size": 3} | settings
    return OneStep(created=datetime.now(UTC), settings=Settings(**asked), runs=[run])


def test_its_cards_answer_the_questions_and_say_where_the_steps_landed():
    cards = {card.subject: card for card in shown(all_pieces()).verdicts() if card.subject}
    assert cards["first"].headline == "Twice the rate: SGD's update is 2.00 times as large"
    assert cards["second"].headline == "Twice the rate: Adam's update is 2.00 times as large"
    assert "Adam's update is 1.01 times" in cards["third"].headline
    assert "SGD's is 100 times" in cards["third"].detail
    places = [card.headline for card in shown(all_pieces()).verdicts() if not card.subject]
    assert places[0].startswith("SGD, rate 0.01 lands too short")
    assert places[1].startswith("Adam, rate 0.01 lands too far")


def test_a_guess_is_laid_beside_what_was_measured():
    twice = NumberQuestion("?", larger("sgd", rate_times=2), 0, 1000, 0.1)
    assert twice.judge(4.0, shown(all_pieces())).measured == 2.0
    assert twice.judge(4.0, shown(all_pieces()[:2])).measured is None


def test_no_place_is_told_before_the_whole_line_is_known():
    half = shown(all_pieces()[: 7 + POINTS_OF_A_LINE])
    assert half.line("adam").place_of(2.0, 2.95) is None
    assert not [card for card in half.verdicts() if "lands" in card.headline]


def texts_of(figure):
    found = [text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text"))]
    return [text for text in found if text]


@pytest.mark.parametrize("number", [0, 1, 3, 8, 30, 200])
def test_it_draws_whatever_is_known_so_far(number, nothing_at_hand):
    growing = shown(all_pieces()[:number])
    figure = growing.draw()
    figure_as(figure, "png")  # warns, and so fails, where it has no room
    texts = texts_of(figure)
    assert growing.tell() and growing.table() is not None
    if number == 0:
        assert "Waiting for the first batch" in texts
        return
    assert "the image is not on this machine" in texts  # the real ones are meant, none are here
    assert "\N{BLACK RIGHT-POINTING TRIANGLE} daffodil" in texts  # image 5
    assert ("too far" in texts) == (number == 200)
    if number == 200:
        message = "A loss 100 times as steep: SGD goes 100 times as far, Adam 1.01 times"
        assert message in growing.tell()
        assert message in [text.replace("\n", " ") for text in texts]


def test_a_loss_that_is_no_number_is_told_so():
    rows = shown(all_pieces()).table().rows
    assert rows[-1][0] == "Adam, rate 0.01, loss times 100"
    assert rows[-1][2:] == ["no number", "too far: the loss is higher than before"]


def test_the_flower_keeps_its_colours_in_a_dark_page():
    assert shown(all_pieces()).picture().photograph


def test_the_chosen_image_must_be_in_the_batch():
    with pytest.raises(ValidationError, match="chosen is 4, but the batch has only 3 images"):
        Settings(batch_size=3, chosen=4)
