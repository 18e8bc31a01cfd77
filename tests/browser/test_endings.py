import os
import signal
import time

import psutil
import pytest

pytestmark = [pytest.mark.alone, pytest.mark.long]

PANEL = """\
from kfit_teach.front.panels.compare import ComparePanel

panel = ComparePanel({}, library="keras", functions="train_on_batch", epochs=1000,
                     image_size=16, images_per_epoch=160)
panel
"""


@pytest.fixture
def running(start_lab, open_page):
    """A lab in which a lane is running; gives (its lab, its page, all its processes)."""
    lab = start_lab()
    lab.write("panel.ipynb", PANEL)
    page = open_page("panel.ipynb", in_lab=lab)
    page.run_all()
    page.find(".kfit-run").click(timeout=60_000)
    page.wait_for_text(".kfit-lane-text", "training")
    return lab, page, lab.processes()


def test_a_restarted_kernel_leaves_no_worker_and_the_panel_can_be_made_again(running):
    _, page, processes = running
    workers = [process for process in processes if "kfit_teach.worker" in process.cmdline()]
    assert workers
    page.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.restartKernel()"
    )
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive
    page.page.wait_for_timeout(1000)
    page.run_all()
    page.page.wait_for_function(
        "() => document.querySelector('.kfit-run') && !document.querySelector('.kfit-run').disabled"
    )
    page.find(".kfit-run").click()
    page.wait_for_text(".kfit-lane-text", "training")


def test_a_killed_server_leaves_no_process(running):
    lab, _, processes = running
    os.kill(lab.process.pid, signal.SIGKILL)
    lab.process.wait()
    end = time.monotonic() + 10
    while [one for one in processes if one.is_running() and one.status() != "zombie"]:
        assert time.monotonic() < end, [one.cmdline() for one in processes if one.is_running()]
        time.sleep(0.1)
