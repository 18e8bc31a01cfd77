"""A panel in a room: by keyboard alone, on a projector, in a dark theme, after a reload."""

import time
from functools import partial

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.alone, pytest.mark.long]

PANEL = """\
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.compare import ComparePanel

def networks(comparison):
    return float(len({result.weights_sha256 for result in comparison.results_of("keras")}))

panel = ComparePanel(
    {"batch_size": (16, 32, 64), "shuffle": ()},
    [NumberQuestion("How many different networks come out?", networks, 0, 3, 1, "networks",
                    subject="weights")],
    library="keras", image_size=16, images_per_epoch=160, epochs=EPOCHS,
)
panel
"""
FOCUSED = "() => document.activeElement.className"
# Windows as CSS sees them: 1280 x 720 at 100, 125 and 150 %, and a large one.
WINDOWS = {
    "720-100": (1280, 720),
    "720-125": (1024, 576),
    "720-150": (853, 480),
    "1080": (1920, 1080),
}
# What of the projected panel lies outside of the window, to the right.
OUTSIDE = """() => [...document.querySelectorAll('.kfit-projected *')]
    .filter(one => one.offsetParent !== null && one.getBoundingClientRect().width > 0)
    .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
    .map(one => one.className || one.tagName)"""
# What holds more than it shows.
CUT_OFF = """() => [...document.querySelectorAll('.kfit-projected .kfit-shown .widget-html')]
    .filter(one => one.offsetParent !== null && one.scrollHeight > one.clientHeight + 1)
    .map(one => one.textContent)"""
SHOWN_IMAGE = """() => {
    const images = [...document.querySelectorAll('.kfit-projected .kfit-shown img')];
    return images.map(one => one.getBoundingClientRect())
        .map(box => [box.width, box.top, box.bottom]);
}"""


def open_panel(lab, open_page, name, epochs=3, **window):
    lab.write(name, PANEL.replace("EPOCHS", str(epochs)))
    page = open_page(name, **window)
    page.run_all()
    page.find(".kfit-panel .kfit-run").wait_for(timeout=60_000)
    return page


def alive(processes):
    return [one for one in processes if one.is_running() and one.status() != "zombie"]


def workers_of(lab):
    return [one for one in lab.processes() if "kfit_teach.worker" in one.cmdline()]


def focused(page):
    return page.page.evaluate(FOCUSED)


def press_tab_until(page, name, times=40):
    for _ in range(times):
        if name in focused(page):
            return
        page.page.keyboard.press("Tab")
    raise AssertionError(f"{name} was not reached; {focused(page)} was")


def test_keys_stay_in_the_panel_and_the_focus_is_never_lost(lab, open_page):
    page = open_panel(lab, open_page, "keys.ipynb")
    keys = page.page.keyboard
    batch_size = page.page.get_by_label("batch size")
    batch_size.focus()
    keys.press("ArrowDown")  # on a closed list: the next one, and JupyterLab stays out of it
    assert batch_size.evaluate("one => one === document.activeElement")
    assert batch_size.evaluate("one => one.selectedOptions[0].textContent") == "64"
    page.find(".kfit-question input").focus()
    keys.type("2")
    press_tab_until(page, "kfit-commit-my-guess")
    keys.press("Enter")
    page.page.wait_for_function(f"() => ({FOCUSED})().includes('kfit-run')", timeout=5000)
    keys.press("Enter")
    page.page.wait_for_function(f"() => ({FOCUSED})().includes('kfit-stop')", timeout=5000)
    page.wait_for_text(".kfit-status", "Done.")
    page.page.wait_for_function(f"() => ({FOCUSED})().includes('kfit-run')", timeout=5000)
    expect(page.find(".kfit-cards").first).to_be_in_viewport()
    outline = page.page.evaluate("() => getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_a_whole_lesson_by_keyboard_alone(open_page):
    page = open_page("00_start_here.ipynb")
    keys = page.page.keyboard
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    sources = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(w => w.model.sharedModel.getSource())"  # fmt: skip  # noqa: E501
    cells = page.page.evaluate(sources)
    at = next(place for place, text in enumerate(cells) if "start_here.panel()" in text)
    while page.page.evaluate(active) <= at:
        keys.press("Shift+Enter")
        page.page.wait_for_timeout(150)
    page.find(".kfit-panel .kfit-commit-my-guess").wait_for(timeout=90_000)
    keys.press("ArrowUp")
    press_tab_until(page, "kfit-projector-toggle", times=80)
    keys.press("Tab")
    reached = 0
    while "kfit-skip" not in focused(page) and reached < 30:
        in_question = page.page.evaluate(
            "() => document.activeElement.closest('.kfit-question')"
            " && document.activeElement.tagName"
        )
        if in_question == "SELECT":  # the first list gets the first item, the second the second
            place = page.page.evaluate(
                "() => [...document.querySelectorAll('.kfit-question select')].indexOf(document.activeElement)"  # noqa: E501
            )
            for _ in range(place + 1):
                keys.press("ArrowDown")
        if "kfit-commit-my-guess" in focused(page):
            break
        keys.press("Tab")
        page.page.wait_for_timeout(100)
        reached += 1
    keys.press("Enter")
    page.page.wait_for_function(f"() => ({FOCUSED})().includes('kfit-run')", timeout=5000)
    keys.press("Enter")
    page.wait_for_text(".kfit-status", "Done.", seconds=120)
    keys.press("Escape")
    while page.page.evaluate(active) < len(cells) - 1:
        before = page.page.evaluate(active)
        keys.press("Shift+Enter")
        page.page.wait_for_timeout(150)
        assert page.page.evaluate(active) > before, "Escape did not lead back to the cells"
    page.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'idle'",  # noqa: E501
        timeout=120_000,
    )  # fmt: skip
    assert page.find(".jp-OutputArea-output[data-mime-type*='error']").count() == 0


def test_on_a_projector_one_thing_at_a_time_as_wide_as_the_window(lab, open_page):
    page = open_panel(lab, open_page, "projector.ipynb")
    page.find(".kfit-skip").click()
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-status", "Done.")
    for window, (width, height) in WINDOWS.items():
        page.page.set_viewport_size({"width": width, "height": height})
        page.find(".kfit-projector-toggle").click()
        page.find(".kfit-large .kfit-slide").first.wait_for(state="attached", timeout=30_000)
        page.page.wait_for_timeout(500)
        seen, widths = look_at_slides(page, window, height)
        assert len(seen) >= 6  # question, guess, run, cards, two pictures or more
        assert widths and max(widths) > 0.9 * width
        page.page.keyboard.press("Escape")
        expect(page.find(".kfit-projected")).to_have_count(0)


def look_at_slides(page, window, height):
    """Go from slide to slide; give what each said of itself, and the widths of the pictures."""
    seen, widths = set(), []
    while True:
        told = page.find(".kfit-page span").inner_text()
        assert told not in seen
        seen.add(told)
        page.page.wait_for_timeout(200)
        page.picture(f"projector-{window}-{told.split()[0]}")
        assert page.page.evaluate(OUTSIDE) == []
        assert not page.find(".jp-CodeMirrorEditor").first.is_visible() or page.page.evaluate(
            "() => !!document.elementFromPoint(5, 5).closest('.kfit-projected')"
        )
        assert page.page.evaluate(CUT_OFF) == []
        for image_width, top, bottom in page.page.evaluate(SHOWN_IMAGE):
            widths.append(image_width)
            assert top >= 0 and bottom <= height + 1
        if page.find(".kfit-projector-next").is_disabled():
            return seen, widths
        page.page.keyboard.press("PageDown")


def test_in_a_dark_theme_plots_are_dark_too(lab, open_page):
    page = open_panel(lab, open_page, "dark.ipynb")
    page.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        "JupyterLab Dark",
    )
    page.find(".kfit-skip").click()
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-status", "Done.")
    plot = page.find(".kfit-outcome img").first
    plot.scroll_into_view_if_needed()
    assert "invert" in plot.evaluate("one => getComputedStyle(one).filter")
    page.picture("dark-outcome")
    page.find(".kfit-controls").scroll_into_view_if_needed()
    page.picture("dark-controls")


def test_a_reload_in_mid_run_finds_a_run_that_can_be_stopped(start_lab, open_page):
    lab = start_lab()
    page = open_panel(lab, partial(open_page, in_lab=lab), "reload.ipynb", epochs=900)
    page.find(".kfit-skip").click()
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-lane-text", "training")
    training = workers_of(lab)
    assert training
    page.page.reload()
    page.page.wait_for_selector(".jp-Notebook", timeout=60_000)
    page.page.wait_for_timeout(3000)
    page.run_all()
    page.find(".kfit-stop-other").wait_for(timeout=60_000)
    page.picture("reload-other-run")
    page.find(".kfit-stop-other").click()
    expect(page.find(".kfit-stop-other")).to_have_count(0, timeout=10_000)
    expect(page.find(".kfit-skip").first).to_be_enabled()
    assert not alive(training)
    assert "stopped" in page.find(".kfit-outcome").inner_text()  # it shows what that run measured


def test_a_closed_tab_ends_the_waiting_worker_and_an_open_one_keeps_it(start_lab, open_page):
    waiting = {}
    for name in ("closed", "open"):
        lab = start_lab()
        page = open_panel(lab, partial(open_page, in_lab=lab), f"{name}.ipynb")
        end = time.monotonic() + 60
        while not waiting.get(name) and time.monotonic() < end:
            time.sleep(0.5)
            waiting[name] = workers_of(lab)
        assert waiting[name], "no worker waits"
        if name == "closed":
            page.page.close()
    time.sleep(100)
    assert not alive(waiting["closed"])
    assert alive(waiting["open"])
