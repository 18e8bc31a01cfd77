import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.alone, pytest.mark.long]

PANEL = """\
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.compare import ComparePanel

def networks(comparison):
    return float(len({result.weights_sha256 for result in comparison.results_of("keras")}))

panel = ComparePanel(
    {"batch_size": (16, 32), "epochs": (), "shuffle": ()},
    [NumberQuestion("How many different networks?", networks, 0, 3, 1, "networks",
                    unit_of_one="network", subject="weights")],
    library="keras", image_size=16, images_per_epoch=160,
)
panel
"""


@pytest.fixture(scope="module")
def panel_notebook(lab):
    lab.write("panel.ipynb", PANEL)
    return "panel.ipynb"


@pytest.fixture
def page(open_page, panel_notebook):
    page = open_page(panel_notebook)
    page.run_all()
    page.find(".kfit-panel .kfit-run").wait_for(timeout=60_000)
    yield page
    assert page.find(".kfit-trouble [role=alert]").count() == 0


def guess(page, number="2"):
    page.find(".kfit-question input").fill(number)
    page.find(".kfit-question input").press("Tab")
    page.find(".kfit-commit-my-guess").click()


def test_from_the_guess_to_the_table(page):
    run = page.find(".kfit-run")
    assert run.is_disabled()
    assert "weights" not in page.find(".kfit-panel").inner_text()  # nothing gives it away
    guess(page)
    expect(run).to_be_enabled()
    page.picture("panel-before")
    run.click()
    page.wait_for_text(".kfit-lane-text", "images/s")
    page.wait_for_text(".kfit-status", "Done.")
    told = page.find(".kfit-outcome").inner_text()
    assert "You expected 2 networks. There was 1." in told and "3 runs, 1 network" in told
    assert "Same weights: yes" in told and "speed, images/s" in told
    pictures = page.find(".kfit-outcome img")
    assert pictures.count() == 2
    assert all(len(pictures.nth(place).get_attribute("alt")) > 40 for place in range(2))
    page.find(".kfit-outcome").scroll_into_view_if_needed()
    page.picture("panel-after")


def test_stop_in_the_middle_and_run_again_to_the_end(page):
    page.find(".kfit-skip").click()
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-lane-text", "done")
    page.find(".kfit-stop").click()
    page.wait_for_text(".kfit-status", "Stopped", seconds=3)
    assert "done" in page.find(".kfit-lane-text").first.inner_text()
    assert page.find(".kfit-outcome table").count() == 2  # four rows, and all of them folded
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-status", "Done.")
    assert "train_on_batch" in page.find(".kfit-outcome").inner_text()


def test_every_control_is_reached_by_tab_alone(page):
    page.find(".kfit-skip").click()
    expect(page.find(".kfit-run")).to_be_enabled()
    page.find(".kfit-controls select").first.focus()
    reached = set()
    for _ in range(12):
        reached.add(page.page.evaluate(
            "() => document.activeElement.closest('label')?.textContent"
            " || document.activeElement.parentElement.querySelector('label')?.textContent"
            " || document.activeElement.textContent"
        ).strip())  # fmt: skip
        page.page.keyboard.press("Tab")
    assert {"batch size (images)", "epochs", "shuffle", "Run"} <= reached


def test_what_is_not_possible_is_explained_under_the_controls(page):
    page.find(".kfit-skip").click()
    epochs = page.page.get_by_label("epochs")
    epochs.fill("0")
    epochs.press("Tab")
    assert epochs.input_value() == "1"  # a bounded number cannot be out of its bounds
    expect(page.find(".kfit-run")).to_be_enabled()


def test_a_reloaded_page_finds_its_run_again(page):
    page.find(".kfit-skip").click()
    page.command("docmanager:save")
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-lane-text", "training")
    page.page.reload()
    page.wait_for_text(".kfit-lane-text", "images/s", seconds=60)
    page.wait_for_text(".kfit-status", "Done.")
    assert "Same weights: yes" in page.find(".kfit-outcome").inner_text()


def test_nothing_is_clipped_in_either_theme_and_width(page):
    page.find(".kfit-skip").click()
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-status", "Done.")
    for theme in ("Light", "Dark"):
        page.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            f"JupyterLab {theme}",
        )
        for width in (1280, 1920):
            page.page.set_viewport_size({"width": width, "height": 1080})
            page.page.wait_for_timeout(500)
            page.picture(f"panel-{width}-{theme.lower()}")
            assert page.clipped() == []
