"""The lessons themselves, from top to bottom, as a learner sees them."""

import pytest

pytestmark = pytest.mark.alone

ERRORS = "() => [...document.querySelectorAll('[data-mime-type*=error]')].map(e => e.textContent)"


@pytest.mark.parametrize(
    "name", ["00_start_here", pytest.param("01_three_doors", marks=pytest.mark.long)]
)
def test_all_cells_of_a_lesson_run_and_its_panel_works(open_page, name):
    page = open_page(f"{name}.ipynb", width=1280, height=1080)
    page.page.evaluate(
        """() => { window.lesson = window.jupyterapp.commands.execute('notebook:run-all-cells')
                   .then(() => { window.lessonDone = true }) }"""
    )
    page.page.wait_for_function("() => window.lessonDone === true", timeout=150_000)
    assert page.page.evaluate(ERRORS) == []
    outputs = page.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
               .filter(cell => cell.model.type === 'code')
               .map(cell => JSON.stringify(cell.model.outputs.toJSON()))"""
    )
    assert not [output for output in outputs if '"output_type":"error"' in output]
    scroller = page.find(".jp-WindowedPanel-outer").first
    height = scroller.evaluate("element => element.scrollHeight")
    for step in range(0, int(height) + 1, 950):
        scroller.evaluate("(element, top) => { element.scrollTop = top }", step)
        page.page.wait_for_timeout(250)
        page.picture(f"{name}-{step // 950:02d}")
    assert page.find(".kfit-trouble [role=alert]").count() == 0
