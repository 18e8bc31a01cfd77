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
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert not psutil.wait_procs(workers, timeout=3)[1]
