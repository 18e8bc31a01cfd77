import runpy
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import validate
from nbformat.v4 import new_code_cell, new_notebook, new_output

from kfit_teach.front.panels.asking import RecordedResult
from kfit_teach.front.panels.outcome import outcome
from kfit_teach.lessons.recorded import load_recorded

TOOL = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "make_notebooks.py"))
kept_outputs, pictures_apart = TOOL["kept_outputs"], TOOL["pictures_apart"]
ONE, OTHER = (f'<img alt="{alt}" src="data:image/png;base64,{png}">'
              for alt, png in (("1 &lt; 2", "AAAA"), ("other", "BBBB")))  # fmt: skip


def kinds_of(outputs):
    """Each output in a word or two: the description of a picture, or the HTML."""
    return [output.data["text/html"] if "text/html" in output.data
            else output.metadata["image/png"]["alt"] for output in outputs]  # fmt: skip


def words(alt):
    return f"<details><summary>The picture in words</summary><p>{alt}</p></details>"


def test_a_picture_alone_becomes_an_image_with_its_description():
    picture, folded = pictures_apart(ONE, "<IPython.core.display.HTML object>")
    assert picture.data == {"image/png": "AAAA", "text/plain": "1 < 2"}
    assert picture.metadata == {"image/png": {"alt": "1 < 2"}}
    assert folded.data == {"text/html": words("1 &lt; 2")}


def test_what_stands_around_pictures_keeps_its_order_and_every_piece_is_whole():
    page = f'<div class="a b"><p>one &amp; <b>two{ONE}{OTHER}three</b></p><hr>four</div>five'
    outputs = pictures_apart(page, "as text")
    assert kinds_of(outputs) == [
        '<div class="a b"><p>one &amp; <b>two</b></p></div>',
        "1 < 2", words("1 &lt; 2"), "other", words("other"),
        '<div class="a b"><p><b>three</b></p><hr/>four</div>five',
    ]  # fmt: skip
    assert [output.data.get("text/plain") for output in outputs if "text/html" in output.data] == [
        "as text", None, None, None,
    ]  # fmt: skip


def test_a_fold_with_a_picture_in_it_stands_open_and_others_stay_folded():
    other = "<details><summary>more</summary>folded</details>"
    page = f"<details><summary>title</summary><p>text</p>{other}{ONE}</details>{other}"
    assert kinds_of(pictures_apart(page, "")) == [
        f"<p><b>title</b></p><p>text</p>{other}", "1 < 2", words("1 &lt; 2"), other
    ]  # fmt: skip


def test_pictures_from_elsewhere_stay_where_they_are():
    page = '<p>text <img alt="logo" src="https://example.org/logo.png"/></p>'
    assert kinds_of(pictures_apart(page, "")) == [page]


@pytest.mark.parametrize("name", ["start_here", "three_doors", "order"])
def test_nothing_is_lost_of_a_real_report(name):
    page = RecordedResult(load_recorded(name), outcome)._repr_mimebundle_()["text/html"]
    outputs = pictures_apart(page, "text")
    validate(new_notebook(cells=[new_code_cell("", outputs=outputs)]))
    before = BeautifulSoup(page, "html.parser")
    alts = [picture["alt"] for picture in before.select("img")]
    assert alts == [o.data["text/plain"] for o in outputs if "image/png" in o.data]
    told = [o.data["text/html"] for o in outputs if "text/html" in o.data]
    texts = [BeautifulSoup(one, "html.parser") for one in told if "The picture in words" not in one]
    assert "".join(text.get_text() for text in texts) == before.get_text()
    assert not [text for text in texts if text.select("img")]


def test_bars_and_bare_widgets_go_and_panels_keep_their_still_face():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    bar = new_output("display_data", widget | {"text/plain": "fit:   0%|   | 0/22 [00:00<?]"})
    box = new_output("display_data", widget | {"text/plain": "HBox(children=(...))"})
    panel = new_output("execute_result", widget | {"text/plain": "<P>", "text/html": "<b>P</b>"})
    printed = new_output("stream", name="stdout", text="printed")
    warned = new_output("stream", name="stderr", text="warned")
    value = new_output("execute_result", {"text/plain": "False"})
    kept = kept_outputs([bar, box, panel, printed, warned, value])
    assert kept == [panel, printed, value]
    assert panel.data == {"text/plain": "<P>", "text/html": "<b>P</b>"}
