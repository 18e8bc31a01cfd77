"""A real JupyterLab on 127.0.0.1 and a real Chromium that opens it.

Where Chromium is missing these tests are skipped, and say so; with KFIT_TEACH_BROWSER=required,
as in continuous integration, they fail instead.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import sync_playwright

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
SCREENSHOTS = Path(__file__).parent.parent.parent / "artefacts" / "screenshots"
# Without the language JupyterLab would ask which kernel to take.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KERNEL_IS_READY = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session;
    return session?.kernel?.connectionStatus === 'connected' && session.kernel.status === 'idle';
}"""
# What is wider than its place, or reaches out of the panel.
CLIPPED = """() => {
    const right = document.querySelector('.kfit-panel').getBoundingClientRect().right + 1;
    return [...document.querySelectorAll('.kfit-panel button, .kfit-panel label, .kfit-panel img')]
        .filter(one => one.offsetParent !== null)
        .filter(one => one.scrollWidth > one.clientWidth + 1
                       || one.getBoundingClientRect().right > right)
        .map(one => one.textContent || one.alt);
}"""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


@pytest.fixture(scope="module")
def browser():
    """A Chromium; it is gone after the module, since other tests count their own children."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        assert os.environ.get("KFIT_TEACH_BROWSER") != "required", "Chromium is required here"
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


class Lab:
    """One JupyterLab, in a folder that holds copies of the lessons.

    Args:
        folder: a Path of its own.
    """

    def __init__(self, folder):
        self.folder = folder / "work"
        shutil.copytree(NOTEBOOKS, self.folder, ignore=shutil.ignore_patterns(".*"))
        own = {
            "JUPYTER_CONFIG_DIR": folder / "config",
            "JUPYTER_RUNTIME_DIR": folder / "runtime",
            "JUPYTER_DATA_DIR": folder / "data",
            "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
            "KFIT_TEACH_IMAGES": "synthetic",
        }
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS))
        self.settings = settings
        self.log = folder / "log"
        environment = {**os.environ, **{name: str(value) for name, value in own.items()}}
        environment.pop("KFIT_TEACH_FLOWERS17", None)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root",
                 "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={self.folder}",
                 "--LabApp.expose_app_in_browser=True"],
                stdout=log, stderr=subprocess.STDOUT, env=environment,
            )  # fmt: skip
        found, end = None, time.monotonic() + 60
        while not found and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.2)
            found = re.search(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", self.log.read_text())
        assert found, self.log.read_text()
        self.address, self.token = found.groups()

    def write(self, name, *cells):
        """Write a notebook of code cells into the lab's folder."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata=METADATA,
        )
        nbformat.write(notebook, self.folder / name)

    def processes(self):
        """List all that the lab started and that still runs: kernels and workers."""
        return [
            process
            for process in psutil.Process(self.process.pid).children(recursive=True)
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    def close(self):
        """End the lab with all it started."""
        if self.process.poll() is None:
            for process in self.processes():
                process.kill()
            self.process.kill()
        self.process.wait(20)


@pytest.fixture(scope="module")
def start_lab(tmp_path_factory):
    """Starts one more JupyterLab."""
    labs = []

    def start():
        labs.append(Lab(tmp_path_factory.mktemp("lab")))
        return labs[-1]

    yield start
    for lab in labs:
        lab.close()


@pytest.fixture(scope="module")
def lab(start_lab):
    """The JupyterLab that most of these tests share."""
    return start_lab()


class Page:
    """One notebook in the browser.

    Args:
        page: Playwright's page.
        lab: Lab.
    """

    def __init__(self, page, lab):
        self.page, self.lab = page, lab

    def open(self, name):
        """Open a notebook and wait until its kernel is ready."""
        self.page.goto(f"{self.lab.address}/lab/tree/{name}?reset&token={self.lab.token}")
        self.page.wait_for_selector(".jp-Notebook", timeout=60_000)
        self.page.wait_for_function(KERNEL_IS_READY, timeout=60_000)
        return self

    def command(self, name):
        """Have JupyterLab do something, and do not wait for its end."""
        self.page.evaluate(f"() => {{ window.jupyterapp.commands.execute('{name}') }}")

    def run_all(self):
        """Run all cells."""
        self.command("notebook:run-all-cells")

    def find(self, selector):
        """Find what fits a CSS selector, in the panel or the page."""
        return self.page.locator(selector)

    def wait_for_text(self, selector, text, seconds=60):
        """Wait until an element holds a text."""
        self.page.wait_for_function(
            "([selector, text]) => [...document.querySelectorAll(selector)]"
            ".some(element => element.textContent.includes(text))",
            arg=[selector, text], timeout=1000 * seconds,
        )  # fmt: skip

    def clipped(self):
        """Name what of the panel is wider than its place, or reaches out of the panel."""
        return self.page.evaluate(CLIPPED)

    def picture(self, name):
        """Keep a screenshot as an artefact, to be looked at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def open_page(browser, lab):
    """Opens a notebook of the lab in a page of its own; a JavaScript error fails the test."""
    pages, errors = [], []

    def open_in_browser(name, in_lab=lab, width=1280, height=900):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        return Page(page, in_lab).open(name)

    yield open_in_browser
    for page in pages:
        page.close()
    assert not errors
