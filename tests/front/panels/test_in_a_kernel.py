import os
import signal
import time

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.alone

RUN = """
from kfit_teach.front.panels.compare import ComparePanel

panel = ComparePanel({}, library="keras", functions="train_on_batch", epochs=1000,
                     images="synthetic", image_size=16, images_per_epoch=160)
display(panel)
panel.start()
"""


@pytest.fixture
def kernel(synthetic_cache):
    """A real kernel in which a panel is running; gives (manager, client, its workers)."""
    manager, client = start_new_kernel(env=os.environ.copy())
    process = psutil.Process(manager.provisioner.process.pid)
    assert client.execute_interactive(RUN, timeout=60, output_hook=lambda message: None)
    workers, end = [], time.monotonic() + 30
    while not workers and time.monotonic() < end:
        workers = [child for child in process.children() if "kfit_teach.worker" in child.cmdline()]
        time.sleep(0.05)
    assert workers
    yield manager, client, workers
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_the_kernel_stays_responsive_while_lanes_run(kernel):
    _, client, workers = kernel
    slowest = 0
    for _ in range(20):
        began = time.monotonic()
        client.execute_interactive("1 + 1", timeout=30, output_hook=lambda message: None)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    assert slowest < 1
    assert workers[0].is_running()


@pytest.mark.parametrize("end", ["kill", "restart"])
def test_no_worker_outlives_its_kernel(kernel, end):
    manager, _, workers = kernel
    if end == "kill":
        os.kill(manager.provisioner.process.pid, signal.SIGKILL)
    else:
        manager.restart_kernel(now=False)
    gone, alive = psutil.wait_procs(workers, timeout=3)
    assert gone and not alive


def test_an_interrupt_ends_the_run_that_a_cell_waits_for(kernel):
    manager, client, workers = kernel
    asked = client.execute("panel.run()")
    time.sleep(1)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=10)
    while reply["parent_header"].get("msg_id") != asked:
        reply = client.get_shell_msg(timeout=10)
    assert reply["content"]["ename"] == "Interrupted"
    assert len(reply["content"]["traceback"]) == 1  # a sentence, and no line of ours
    assert not psutil.wait_procs(workers, timeout=3)[1]


SHOW = """
from kfit_teach.front.panels.compare import ComparePanel

panel = ComparePanel({}, library="keras", functions="train_on_batch", epochs=EPOCHS,
                     images="synthetic", image_size=16, images_per_epoch=1360)
panel
"""
COUNT = """
import threading, ipywidgets
len([one for one in threading.enumerate() if one.name == "kfit_teach panel"]), \
len(ipywidgets.widgets.widget._instances)
"""


@pytest.fixture
def bare_kernel(synthetic_cache):
    """A real kernel; gives (client, its process)."""
    manager, client = start_new_kernel(env=os.environ.copy())
    yield client, psutil.Process(manager.provisioner.process.pid)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_cell(client, code, cell):
    """Run code as JupyterLab does, which tells the kernel the cell's id; give what it showed."""
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    client.shell_channel.send(message)
    shown = None
    while True:
        got = client.get_iopub_msg(timeout=60)
        if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        assert got["msg_type"] != "error", got["content"]["evalue"]
        if got["msg_type"] == "execute_result":
            shown = got["content"]["data"]["text/plain"]
        if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
            return shown


def workers_of(process):
    return [one for one in process.children() if "kfit_teach.worker" in one.cmdline()]


@pytest.mark.long
def test_a_cell_that_is_run_again_ends_its_old_panel(bare_kernel):
    client, process = bare_kernel
    counts = []
    for _ in range(4):
        run_cell(client, SHOW.replace("EPOCHS", "1"), "same-cell")
        time.sleep(6)
        counts.append(eval(run_cell(client, COUNT, "count")))
        assert len(workers_of(process)) == 1
    (threads, _), (last_threads, last_widgets) = counts[0], counts[-1]
    assert last_threads == threads == 1
    assert last_widgets <= counts[1][1] + 5, counts


@pytest.mark.long
def test_a_run_of_the_old_panel_goes_on_and_can_be_stopped(bare_kernel):
    client, _ = bare_kernel
    run_cell(client, SHOW.replace("EPOCHS", "1000"), "cell")
    run_cell(client, "old = panel; panel.start()", "other")
    time.sleep(8)
    run_cell(client, SHOW.replace("EPOCHS", "1000"), "cell")
    assert run_cell(client, "old.is_running, len(panel._other_run.children)", "x") == "(True, 2)"
    run_cell(client, "panel._other_run.children[1].click()", "x")
    time.sleep(3)
    told = "old.is_running, len(panel._other_run.children), panel.comparison.results[0].status"
    assert run_cell(client, told, "x") == "(False, 0, 'stopped')"
