import hashlib
import itertools
import json
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    return request.param.read_text(), json.loads(request.param.read_text())


def code_cells(content):
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def outputs(content):
    return [output for cell in code_cells(content) for output in cell["outputs"]]


def markdown(content):
    cells = [cell for cell in content["cells"] if cell["cell_type"] == "markdown"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def test_it_is_small_and_carries_no_widget_state(notebook):
    text, content = notebook
    assert len(text.encode()) <= 300_000
    assert "widgets" not in content["metadata"] and "widget-view" not in text


def test_every_code_cell_was_run_in_order(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook[1])]
    assert counts == list(range(1, len(counts) + 1))


def test_no_output_is_older_than_its_code(notebook):
    for cell in code_cells(notebook[1]):
        source = "".join(cell["source"]).encode()
        assert cell["metadata"]["source_sha256"] == hashlib.sha256(source).hexdigest()


def test_no_path_of_a_machine_and_no_error_is_in_it(notebook):
    text, content = notebook
    assert not re.search(r"(/home/|/root/|/tmp/|/Users/|C:\\\\)", text)
    assert not [output for output in outputs(content) if output["output_type"] == "error"]


def test_its_outputs_were_made_with_the_stand_in(notebook):
    text, _ = notebook
    assert "(Flowers-17" not in text and "synthetic stand-in" in text


def test_every_picture_is_an_image_with_words_of_its_own(notebook):
    shown = [output for output in outputs(notebook[1]) if "data" in output]
    assert not [one for one in shown if "<img" in "".join(one["data"].get("text/html", ""))]
    words = [one["metadata"]["image/png"]["alt"] for one in shown if "image/png" in one["data"]]
    assert words and all(len(one) > 30 for one in words)


def test_every_cell_has_a_name_that_stays(notebook):
    names = [cell["id"] for cell in notebook[1]["cells"]]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name) and len(name) <= 64  # not cell-07


def test_links_within_it_lead_to_headings_and_to_each_recorded_result(notebook):
    text = markdown(notebook[1])
    places = [title.replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.M)]
    recorded = [place for place in places if "recorded" in place.lower() and ":" not in place]
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert recorded and set(recorded) <= set(links) <= set(places)


def test_headings_are_in_order_and_start_with_one_title(notebook):
    without_code = re.sub(r"```.*?```", "", markdown(notebook[1]), flags=re.S)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", without_code, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_no_cell_is_longer_than_a_screen(notebook):
    assert all(len("".join(cell["source"]).splitlines()) <= 30 for cell in notebook[1]["cells"])


# As viewers show it that do not trust a page

NARROWEST = "nbconvert.preprocessors.sanitize.SanitizeHTML"  # takes out all but a few elements
# Cells that ask for a guess, and what would give it away.
ANSWERS = {
    "tour-panel": r"more than before training|times your images",
    "networks-panel": r"\d networks?\b|bit for bit|sha256",
    "order-panel": r"named rightly",
    "step-panel": r"times as large as|times the update|too (short|far): |hardly asks",
    "calls-panel": r"\btrac(ed|ing)\b|reduce_retracing|call \d: ",
    "epoch-panel": r"second epoch trained|31, 1|\b1 batch\b|ran out of data",
    "wall-panel": r"times (your|its|the) array|broke off|the tensor",
    "slope-panel": r"meets the wall|MiB per 1,000 images|no wall in sight|wall at \d",
    "law-panel": r"\bthe sum\b|the longer of the two|\d ms a step",
    "staircase-panel": r"times as many images a second as|images/s|trains [\d.]+ times|× \d",
}


def rendered(path, narrowest):
    """One cell after the other, as nbconvert shows it with sanitising on: pairs of (id, soup)."""
    exporter = HTMLExporter(template_name="classic", sanitize_html=not narrowest)
    if narrowest:
        exporter.register_preprocessor(NARROWEST, enabled=True)
    page, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    cells = BeautifulSoup(page, "html.parser").select("[id^='cell-id=']")
    return {cell["id"].removeprefix("cell-id="): cell for cell in cells}


@pytest.fixture(
    scope="module", params=itertools.product(NOTEBOOKS, [False, True]),
    ids=lambda param: f"{param[0].stem}-{'narrowest' if param[1] else 'usual'}",
)  # fmt: skip
def sanitised(request):
    return rendered(*request.param)


def text_above(cells, name):
    """What can be read above a cell, whatever was folded."""
    above = itertools.takewhile(lambda one: one != name, cells)
    return " ".join(cells[one].get_text(" ") for one in above)


def test_sanitised_every_picture_is_there_with_telling_words(sanitised):
    pictures = [picture for cell in sanitised.values() for picture in cell.select("img")]
    assert pictures
    for picture in pictures:
        assert picture["src"].startswith("data:image/png;base64,") and len(picture["alt"]) > 30


def test_sanitised_a_panel_keeps_its_question_and_says_how_it_is_run(sanitised):
    panels = {name: cell for name, cell in sanitised.items() if name.endswith("-panel")}
    assert panels
    for name, cell in panels.items():
        text = " ".join(cell.get_text().split())
        assert "type make lab in the folder of kfit_teach" in text
        assert ("To guess:" in text) == (name in ANSWERS)


def test_sanitised_there_is_no_bar_and_no_empty_widget(sanitised):
    text = " ".join(cell.get_text() for cell in sanitised.values())
    assert not re.search(r"%\||HBox\(|VBox\(|Loading widget|not run yet", text)


def test_sanitised_no_answer_can_be_read_above_its_guess(sanitised):
    asked = [name for name in ANSWERS if name in sanitised]
    assert asked
    for name in asked:
        assert not re.search(ANSWERS[name], text_above(sanitised, name))


def test_recorded_results_come_after_every_panel_and_exercise(notebook):
    cells = {cell["id"]: "".join(cell["source"]) for cell in notebook[1]["cells"]}
    names = list(cells)
    first = names.index("recorded-results")
    assert all(".recorded()" not in cells[name] for name in names[:first])
    assert [name for name in names[first:] if ".recorded()" in cells[name]]
    asking = [name for name in names if name.endswith("-panel") or "exercise.check" in cells[name]]
    assert asking and all(names.index(name) < first for name in asking)


def test_the_first_notebook_does_not_tell_what_lesson_1_asks():
    cells = rendered(NOTEBOOKS[0], narrowest=False)
    above = text_above(cells, "recorded-results")
    assert not re.search(ANSWERS["networks-panel"] + "|same weights", above)
