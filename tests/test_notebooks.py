import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    return request.param.read_text(), json.loads(request.param.read_text())


def code_cells(content):
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def outputs(content):
    return [output for cell in code_cells(content) for output in cell["outputs"]]


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


def test_every_figure_has_its_alt_text(notebook):
    shown = [output.get("data", {}) for output in outputs(notebook[1])]
    assert not [data for data in shown if "image/png" in data]  # JupyterLab gives those none
    figures = ["".join(data["text/html"]) for data in shown if "<img" in str(data)]
    assert figures
    assert all(len(re.search(r'<img alt="([^"]*)"', figure)[1]) > 30 for figure in figures)


def test_headings_are_in_order_and_start_with_one_title(notebook):
    text = "\n".join(
        "".join(cell["source"]) for cell in notebook[1]["cells"] if cell["cell_type"] == "markdown"
    )
    without_code = re.sub(r"```.*?```", "", text, flags=re.S)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", without_code, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_no_cell_is_longer_than_a_screen(notebook):
    assert all(len("".join(cell["source"]).splitlines()) <= 30 for cell in notebook[1]["cells"])
