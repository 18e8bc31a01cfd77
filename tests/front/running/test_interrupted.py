import os
import re
import signal
import time

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

import kfit_teach as kt
from kfit_teach.front.comparing import Interrupted
from kfit_teach.lessons.recorded import load_recorded

pytestmark = pytest.mark.alone

RUN = """
import kfit_teach as kt
kt.compare(library="keras", functions="train_on_batch", epochs=1000, images="synthetic",
           image_size=16, images_per_epoch=160, bar=TOLD)
"""
# A bar that tells on standard output how far the lane is.
BAR = """
from kfit_teach.common.progress import no_progress_bar

def TOLD(total, label, unit=None):
    bar = no_progress_bar(total, label, unit)
    bar.n, bar.update = 0, lambda more: (setattr(bar, "n", bar.n + more), print(bar.n, flush=True))
    return bar
"""
SHOW = "import sys; sys.last_value.comparison.save('kept.json')"


@pytest.fixture
def kernel(synthetic_cache, tmp_path):
    """A real kernel in a folder of its own; gives (manager, client, its process)."""
    # Whoever runs the tests in the background may have SIGINT switched off; a person has not.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    manager, client = start_new_kernel(env=os.environ.copy(), cwd=str(tmp_path))
    signal.signal(signal.SIGINT, before)
    client.execute_interactive(BAR, timeout=60, output_hook=lambda message: None)
    yield manager, client, psutil.Process(manager.provisioner.process.pid)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def messages_until_idle(client, asked, seconds=60):
    """Yield what the kernel publishes for one cell."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        message = client.get_iopub_msg(timeout=seconds)
        if message["parent_header"].get("msg_id") != asked:
            continue
        content = message["content"]
        yield message["msg_type"], content
        if content.get("execution_state") == "idle":
            return


@pytest.mark.long
def test_a_kernel_that_is_interrupted_shows_what_was_measured_and_one_sentence(kernel, tmp_path):
    manager, client, process = kernel
    asked, shown, workers = client.execute(RUN), [], []
    for kind, content in messages_until_idle(client, asked):
        shown.append((kind, content))
        batches = [int(n) for n in re.findall(r"^\d+$", content.get("text", ""), re.M)]
        if batches and batches[-1] > 30 and not workers:  # the seventh epoch, of five batches
            workers = process.children()
            manager.interrupt_kernel()
    kinds = [kind for kind, _ in shown if kind in ("display_data", "error")]
    assert kinds == ["display_data", "error"]
    (displayed,) = (content["data"] for kind, content in shown if kind == "display_data")
    (error,) = (content for kind, content in shown if kind == "error")
    assert error["traceback"] == ["Interrupted; what was measured is above."]
    assert "stopped" in displayed["text/plain"] and "Traceback" not in str(displayed)
    assert workers and not psutil.wait_procs(workers, timeout=3)[1]
    client.execute_interactive(SHOW, timeout=60, output_hook=lambda message: None)
    (kept,) = kt.Comparison.load(tmp_path / "kept.json").results
    assert kept.status == "stopped" and kept.epochs_ended >= 6
    assert kept.timing.images_per_s > 0 and len(kept.losses) == 5 * kept.epochs_ended


def test_where_nothing_was_measured_the_sentence_says_so():
    comparison = load_recorded("start_here")
    assert str(Interrupted(comparison)) == "Interrupted; what was measured is above."
    comparison.results.clear()
    interrupted = Interrupted(comparison)
    assert interrupted._render_traceback_() == ["Interrupted before anything was measured."]
    assert isinstance(interrupted, KeyboardInterrupt)
