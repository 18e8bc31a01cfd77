import re

import pytest
from bleach import ALLOWED_TAGS, clean

from kfit_teach.front.guesses import ChoiceQuestion
from kfit_teach.front.panels.advisor import AdvisorPanel
from kfit_teach.front.panels.data import DataPanel
from kfit_teach.front.panels.still import ELEMENTS, still_face
from kfit_teach.lessons import start_here, three_doors


@pytest.fixture
def face_of():
    """Gives the still face of a panel that a function makes."""
    made = []

    def face(make, *more, **settings):
        made.append(make(**settings))
        return still_face(made[-1], *more)

    yield face
    for panel in made:
        panel.close()


def read(face):
    """The text that is left where every element is taken away."""
    return " ".join(re.sub(r"<[^>]*>", " ", face).split())


MAKERS = [
    start_here.panel, three_doors.same_weights_panel, three_doors.order_panel, DataPanel,
    AdvisorPanel,
]  # fmt: skip


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_strictest_sanitiser_changes_nothing_of_it(face_of, make):
    face = face_of(make)
    assert set(re.findall(r"<(\w+)", face)) <= ELEMENTS <= set(ALLOWED_TAGS)
    assert clean(face) == face
    assert "<code>make lab</code>" in face


def test_it_asks_what_the_panel_asks_and_gives_no_answer(face_of):
    told = read(face_of(start_here.panel))
    assert "Which needs the most memory? Put the three in order, the hungriest first." in told
    assert "To be put in order: fit, fit_generator, train_on_batch." in told
    told = read(face_of(three_doors.same_weights_panel))
    assert "Your guess: from 0 to 6 networks." in told
    assert "bit for bit" not in told


def test_it_lists_every_control_with_its_value_and_what_else_it_may_be(face_of):
    told = read(face_of(three_doors.same_weights_panel, dropout=True, batch_size=16))
    assert "batch size (images): 16 (of: 8; 16; 32; 64)" in told
    assert "Dropout: on (on or off)" in told
    assert "shuffle: off (on or off)" in told
    assert "epochs: 2 (from 1 to " in read(face_of(start_here.panel, epochs=2))


def test_a_choice_names_its_options_and_everything_is_escaped(face_of):
    question = ChoiceQuestion("Is 1 < 2?", len, ("<b>yes", "no"))

    def make():
        panel = start_here.panel()
        panel.title, panel.rows[0].question = "Lesson <1>", question
        return panel

    face = face_of(make)
    assert "Is 1 &lt; 2?" in face and "&lt;b&gt;yes or no" in face
    assert face.startswith("<b>Lesson &lt;1&gt;</b>")


def test_other_panels_say_what_they_found_and_what_can_be_chosen(face_of, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_IMAGES", "synthetic")
    assert "drawn stand-in" in read(face_of(DataPanel))
    face = face_of(AdvisorPanel, "<p>Use fit</p>")
    assert "What does your loop need:" in face
    assert face.endswith("<p>Use fit</p>")
