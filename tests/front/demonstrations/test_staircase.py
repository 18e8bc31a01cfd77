from datetime import UTC, datetime

import pytest
from matplotlib.text import Text

from kfit_teach.common.demonstrations.staircase import STAIRS, Piece, Settings
from kfit_teach.front.demonstrations.staircase import Staircase
from kfit_teach.lessons import where_the_time_goes as lesson

SPEEDS = dict(zip(STAIRS, (500, 1500, 4000, 9000, 9000, 9900, 20000), strict=True))
NOISE = (0.99, 1.01, 1.0, 1.0)


def shown(speeds=SPEEDS, rounds=4, noise_of=("csv",)):
    """Every stair's turns; the machine's mood is the same for all in a round, but for some."""
    moods = (1.0, 0.7, 1.2, 0.9)
    pieces = [Piece(round=number + 1, stair=name,
                    images_per_s=speed * moods[number] * (NOISE[number] if name in noise_of else 1))
              for number in range(rounds) for name, speed in speeds.items()]  # fmt: skip
    run = {"name": "keras", "library": "keras", "status": "done", "pieces": pieces}
    return Staircase(created=datetime.now(UTC), settings=Settings(images="synthetic"), runs=[run])


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def test_a_factor_is_that_of_rounds_and_not_of_the_machines_mood():
    climb = shown().climb("csv_tutorial", "memory_map")
    assert climb.kind == "faster" and climb.known.half_width < 0.01
    assert climb.known.ratio == pytest.approx(18)


@pytest.mark.parametrize(
    ("ratio", "kind"), [(2.0, "faster"), (0.5, "slower"), (1.0, "alike"), (1.05, "not shown")]
)
def test_what_is_told_of_a_stair(ratio, kind):
    told = shown(SPEEDS | {"csv": SPEEDS["tf_data_csv"] * ratio})
    assert told.climb("tf_data_csv", "csv").kind == kind


def test_the_card_the_picture_and_the_question_agree():
    told = shown()
    panel = lesson.staircase_panel()
    told.guesses = [row.question.judge(10.0, told) for row in panel.rows]
    panel.close()
    message = "A memory map trains 18.0 times as many images a second as the tutorial's text file"
    first, *_ = told.told().cards
    assert (first.headline, first.guess) == (message, "You expected 10 times. Measured: 18.")
    drawn = texts(told.draw())
    assert message in drawn and "9000 images/s" not in drawn  # 9000 was no round's median
    assert {"× 3.0", "× 2.7", "within 5 %"} <= {text for text in drawn if len(text) < 15}
    assert "Arrays reach 50 % of the bare step" in told.report()


def test_after_one_round_speeds_are_drawn_and_no_factor_is_told():
    told = shown(rounds=1)
    assert lesson.memory_map_over_text(told) is None and told.verdicts() == []
    drawn = texts(told.draw())
    assert "4000 images/s" not in drawn and "3960 images/s" in drawn
    assert not [text for text in drawn if "×" in text]


def test_nothing_and_a_few_turns_can_be_drawn():
    assert "Waiting for the first turn" in texts(shown(rounds=0).draw())
    few = shown(dict(list(SPEEDS.items())[:2]))
    assert {"Each takes its turn", "× 3.0"} <= set(texts(few.draw()))
    assert lesson.memory_map_over_text(few) is None
