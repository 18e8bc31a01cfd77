"""Results of somebody who means ill, shown by every display in a real JupyterLab: nothing runs."""

import shutil

import pytest

pytestmark = [pytest.mark.alone, pytest.mark.long]

# What a browser made of the file's text, where it ought to have shown it as text.
MADE_OF_IT = """() => [...document.querySelectorAll('.jp-OutputArea')].flatMap(area => [
    ...area.querySelectorAll(
        'img:not([src^="data:image/"]), script, [onload], [onerror], a[href^="javascript"]')
]).map(one => one.outerHTML)"""
TO_BE_READ = "<img src=x onerror='window.hacked=1'>"


@pytest.fixture(scope="module")
def hostile_lab(lab, hostile):
    """The lab, with the hostile files and two notebooks that show them."""
    shutil.copytree(hostile.folder, lab.folder, dirs_exist_ok=True)
    tracker = lab.settings.parent / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(exist_ok=True)
    tracker.write_text('{"windowingMode": "none"}')  # cells out of sight are in the page, too
    refused = "kt.compare(library=TEXT)"  # an error, so it comes last
    lab.write("hostile.ipynb", hostile.BEFORE, *hostile.DISPLAYS.values(), refused)
    lab.write("hostile_panel.ipynb", hostile.BEFORE, hostile.PANEL, "panel.recorded()")
    return lab


def assert_nothing_ran(page):
    page.page.wait_for_timeout(500)  # an image that is not found tells so a little later
    assert page.page.evaluate("() => window.hacked") is None
    assert page.page.evaluate(MADE_OF_IT) == []


def show_all(page):
    """Unfold whatever is folded, so that all of it is there to be seen."""
    page.page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")


def test_every_display_shows_the_text_and_runs_nothing(open_page, hostile_lab, hostile):
    page = open_page("hostile.ipynb")
    page.run_all()
    page.wait_for_text(".jp-OutputArea-output", "which is not known", seconds=90)
    show_all(page)
    outputs = page.find(".jp-Cell-outputArea")
    told = [outputs.nth(place).inner_text() for place in range(1, outputs.count())]
    assert len(told) == len(hostile.DISPLAYS) + 1
    silent = ("the last runs", "the networks", "every figure", "the guesses", "its picture")
    for name, text in zip(hostile.DISPLAYS, told, strict=False):
        assert name in silent or TO_BE_READ in text, name
    page.picture("hostile-displays")
    assert_nothing_ran(page)


def test_a_panel_beside_a_hostile_result_runs_nothing(open_page, hostile_lab):
    page = open_page("hostile_panel.ipynb")
    page.run_all()
    page.wait_for_text("summary", "The recorded result of another machine", seconds=180)
    page.page.get_by_role("button", name="Compare with recorded").click()
    page.wait_for_text(".kfit-recorded", TO_BE_READ)
    assert_nothing_ran(page)
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-status", "Done.")
    show_all(page)
    assert page.find(".kfit-outcome table").count()
    page.picture("hostile-panel")
    assert_nothing_ran(page)
