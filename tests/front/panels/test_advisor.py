import html
import re
from itertools import product

import ipywidgets as widgets
import pytest

from kfit_teach.front.panels.advisor import AdvisorPanel
from kfit_teach.front.plain_code.advice import (
    DATA_ANSWERS,
    LIBRARY_ANSWERS,
    LOOP_ANSWERS,
    recommend,
)


@pytest.fixture
def panel(monkeypatch):
    monkeypatch.delenv("TF_USE_LEGACY_KERAS", raising=False)
    panel = AdvisorPanel()
    yield panel
    panel.close()


def code_in(text):
    return html.unescape(re.search("<code[^>]*>(.*?)</code>", text, re.DOTALL)[1])


def test_every_choice_shows_its_advice_with_code_to_paste(panel):
    for answers in product(DATA_ANSWERS, LOOP_ANSWERS, LIBRARY_ANSWERS):
        for question, answer in zip(panel.questions.values(), answers, strict=True):
            question.value = answer
        advice = recommend(*answers)
        assert code_in(panel._answer.value) == advice.code
        shown = html.unescape(panel._answer.value)
        assert all(part in shown for part in (advice.headline, advice.why, *advice.beware))
        assert repr(panel) == str(advice)
        assert panel.trouble is None


def test_code_is_escaped(panel):
    panel.questions["loop"].value = "odd_loop"
    assert "if loss &gt; 2.9" in panel._answer.value


def test_every_list_can_be_named_and_explained_by_assistive_software(panel):
    assert [one.description for one in panel.questions.values()] == [
        "Where is your data?",
        "What does your loop need?",
        "Which Keras?",
    ]
    assert all(isinstance(one, widgets.Dropdown) for one in panel.questions.values())
    assert all(one.tooltip for one in panel.questions.values())


@pytest.mark.parametrize(("value", "library"), [("1", "tf_keras"), ("0", "keras")])
def test_it_begins_with_the_keras_that_ones_own_code_gets(monkeypatch, value, library):
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", value)
    panel = AdvisorPanel()
    assert panel.questions["library"].value == library
    panel.close()


def test_shown_in_a_cell_it_is_a_widget_and_without_a_kernel_it_is_text(panel):
    bundle = panel._repr_mimebundle_()
    shown = bundle["application/vnd.jupyter.widget-view+json"]
    assert shown["model_id"] == panel.view.model_id
    assert bundle["text/plain"] == repr(panel)
    assert bundle["text/plain"].startswith("Use fit, over arrays.")


def test_an_exception_in_its_callback_is_kept_and_shown(panel):
    panel.questions["data"].options = ["<nowhere>"]
    assert panel.trouble["sentence"].startswith("data is '<nowhere>', which is not known")
    assert "&lt;nowhere&gt;" in panel.trouble_shown.value
    panel.questions["data"].options = list(DATA_ANSWERS)
    assert panel.trouble is None and panel.trouble_shown.value == ""
