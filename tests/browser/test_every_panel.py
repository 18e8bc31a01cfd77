"""Each demonstration as a learner meets it: guess, run, read; two widths, light and dark."""

import pytest
from playwright.sync_api import expect

from kfit_teach.front.guesses import NumberQuestion, plain
from kfit_teach.front.panels.demonstration import DemonstrationPanel
from kfit_teach.lessons.lesson import all_lessons

pytestmark = [pytest.mark.alone, pytest.mark.long]

LESSON_OF = {name: lesson for lesson in all_lessons() for name in lesson.panels}


def demonstrations():
    """Name the panels around demonstrations, each with its questions."""
    for name, lesson in LESSON_OF.items():
        panel = lesson.panels[name]()
        if isinstance(panel, DemonstrationPanel):
            yield pytest.param(name, [row.question for row in panel.rows], id=name)
        panel.close()


def answer(page, questions):
    """Give each question some answer, by its own widget."""
    for place, question in enumerate(questions):
        box = page.find(".kfit-question").nth(place)
        if isinstance(question, NumberQuestion):
            box.locator("input").fill(plain(question.low + question.step))
            box.locator("input").press("Tab")
            continue
        for rank, one in enumerate(box.locator("select").all(), 1):
            one.select_option(index=rank)


@pytest.mark.parametrize(("name", "questions"), list(demonstrations()))
def test_from_the_guess_to_the_picture(lab, open_page, name, questions):
    module = LESSON_OF[name].panels[name].__module__
    maker = LESSON_OF[name].panels[name].__name__
    code = f"from {module} import {maker}\npanel = {maker}()\npanel"
    lab.write(f"{name}.ipynb", code)
    page = open_page(f"{name}.ipynb")
    page.run_all()
    run = page.find(".kfit-panel .kfit-run")
    run.wait_for(timeout=60_000)
    assert run.is_disabled()
    answer(page, questions)
    page.find(".kfit-commit-my-guess").click()
    expect(run).to_be_enabled()
    page.picture(f"{name}-before")
    run.click()
    page.find(".kfit-picture img").wait_for(timeout=60_000)  # it grows while the run is on
    page.picture(f"{name}-live")
    page.wait_for_text(".kfit-status", "Done.", seconds=150)
    assert page.find(".kfit-trouble [role=alert]").count() == 0
    assert page.find(".kfit-outcome .kfit-card").count() >= len(questions)
    assert "You expected" in page.find(".kfit-outcome .kfit-cards").inner_text()
    look_in_both_themes(page, name)


def look_in_both_themes(page, name):
    """See that nothing is clipped, wide and narrow, in light and dark; keep pictures of it."""
    for theme, width in (("Light", 1280), ("Dark", 900)):
        page.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme}",
        )
        page.page.set_viewport_size({"width": width, "height": 1080})
        page.find(".kfit-outcome").evaluate("one => one.scrollIntoView()")
        page.page.wait_for_timeout(700)
        page.picture(f"{name}-{theme.lower()}-{width}")
        assert page.clipped() == []
