import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from kfit_teach.common.measuring.neighbours import browsers, look, neighbours_between

pytestmark = pytest.mark.alone

WORK = """
import sys, time
print("it works", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end:
    sum(range(10_000))
"""
IDLE = "import sys; print('it waits', flush=True); sys.stdin.readline()"
SECONDS = 1


@pytest.fixture
def start(tmp_path):
    """Start Python under a name of its own, with some lines to run; give the process."""
    started = []

    def start(name, lines):
        program = tmp_path / name
        shutil.copy(Path(sys.executable).resolve(), program)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        home = {"PYTHONHOME": sys.base_prefix}  # the copy finds its library by this
        started.append(subprocess.Popen([program, "-c", lines], env=home, **pipes))
        assert started[-1].stdout.readline().startswith("it ")
        return psutil.Process(started[-1].pid)

    yield start
    for process in started:
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.kill()
        process.communicate()


def used_s(process):
    times = process.cpu_times()
    return times.user + times.system


def seen_beside(worker, busy):
    """Take two looks; give what they say, and how many cores the busy process really used."""
    first, before_s = look(worker, browsers(), False), used_s(busy)
    time.sleep(SECONDS)
    last, after_s = look(worker, browsers(), False), used_s(busy)
    return neighbours_between(first, last), (after_s - before_s) / (last.at_s - first.at_s)


def test_a_page_that_works_is_told_apart_from_others(start):
    worker, page = start("worker", IDLE), start("chromium", WORK)
    seen, cores = seen_beside(worker, page)
    assert cores > 0.2  # else the machine was too busy for this test
    assert seen.page_cores >= 0.9 * cores
    assert seen.kernel_cores < 0.2 * cores


def test_a_program_that_works_is_one_of_the_others(start):
    worker, program = start("worker", IDLE), start("something", WORK)
    start("firefox", IDLE)
    seen, cores = seen_beside(worker, program)
    assert seen.others_cores >= 0.9 * cores > 0.2
    assert seen.page_cores < 0.2 * cores and seen.kernel_cores < 0.2 * cores


def test_the_run_itself_is_nobodys_neighbour(start):
    worker, other = start("worker", WORK), start("something", IDLE)
    first, before_s = look(worker, [], False), used_s(worker)
    time.sleep(SECONDS)
    last = look(worker, [], False)
    ran = (used_s(worker) - before_s) / SECONDS
    busy = (last.machine_s - first.machine_s) / (last.at_s - first.at_s)
    seen = neighbours_between(first, last)
    assert seen.others_cores <= busy - 0.9 * ran + 0.1 and ran > 0.2
    assert other.is_running() and seen.page_cores is None


def test_this_process_is_told_by_itself(start):
    worker = start("worker", IDLE)
    first = look(worker, [], False)
    used_up = time.process_time() + 0.5
    while time.process_time() < used_up:
        sum(range(10_000))
    last = look(worker, [], False)
    kernel_s = neighbours_between(first, last).kernel_cores * (last.at_s - first.at_s)
    assert kernel_s == pytest.approx(0.5, abs=0.1)


def test_what_a_browser_started_is_found_whatever_its_name(start):
    lines = (
        "import subprocess, sys; below = subprocess.Popen(['sleep', '60']);"
        "print('it waits', flush=True); sys.stdin.readline()"
    )
    page = start("msedge", lines)
    found = {process.pid for process in browsers()}
    assert page.pid in found and {child.pid for child in page.children()} <= found
    assert psutil.Process().pid not in found
