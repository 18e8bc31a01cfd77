import subprocess
import sys

import psutil
import pytest

from kfit_teach.common.measuring.memory import held_by_children_mib

pytestmark = pytest.mark.alone

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="the high-water mark can be set back on Linux only"
)
ALLOCATE_AND_FREE = """
import sys
from pathlib import Path
import numpy as np
from kfit_teach.common.measuring import memory

before_mib, wanted_mib = int(sys.argv[1]), int(sys.argv[2])
if sys.argv[3] == "cannot be set back":
    memory._CLEAR_REFS = Path("/there/is/no/such/file")
np.ones(before_mib * memory.MIB, np.uint8)  # touched, and freed at once
base = memory.settle_base()
np.ones(wanted_mib * memory.MIB, np.uint8)
peak_mib = memory.peak_mib()
print(base.counts(peak_mib), peak_mib - base.resident_mib, sep=";")
"""

# The parent's ballast is there before it forks; each child holds 32 MiB of its own.
FORKS_CHILDREN = """
import multiprocessing, sys, time
import numpy as np

def hold(has_begun):
    own = np.ones(32 * 2**20, np.uint8)
    has_begun.release()
    time.sleep(60)

ballast = np.ones(200 * 2**20, np.uint8)
context = multiprocessing.get_context("fork")
has_begun = context.Semaphore(0)
for _ in range(int(sys.argv[1])):
    context.Process(target=hold, args=[has_begun], daemon=True).start()
    has_begun.acquire()
print("they hold it", flush=True)
sys.stdin.readline()
"""


def measured_peak(before_mib, wanted_mib, mark="can be set back"):
    words = [sys.executable, "-c", ALLOCATE_AND_FREE, str(before_mib), str(wanted_mib), mark]
    answer = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    counted, peak_mib = answer.strip().split(";")
    return counted, float(peak_mib)


@linux_only
@pytest.mark.parametrize("wanted_mib", [4, 32, 128, 512, 1024])
def test_a_known_allocation_is_recovered_though_it_was_freed_again(wanted_mib):
    counted, peak_mib = measured_peak(1, wanted_mib)
    assert counted == "since the base"
    assert abs(peak_mib - wanted_mib) <= max(0.02 * wanted_mib, 2)


@linux_only
def test_what_was_higher_before_the_base_does_not_count():
    counted, peak_mib = measured_peak(600, 50)
    assert counted == "since the base"
    assert abs(peak_mib - 50) <= 2


@linux_only
def test_a_mark_that_cannot_be_set_back_is_the_true_peak_once_it_has_risen():
    counted, peak_mib = measured_peak(50, 300, "cannot be set back")
    assert counted == "since the base"
    assert abs(peak_mib - 300) <= 6


@linux_only
def test_a_mark_that_cannot_be_set_back_and_has_not_risen_counts_since_the_start():
    counted, peak_mib = measured_peak(300, 50, "cannot be set back")
    assert counted == "since the start"
    assert abs(peak_mib - 300) <= 6


@linux_only
def test_a_large_parent_does_not_colour_its_childs_peak():
    ballast = bytearray(300 * 2**20)
    _, peak_mib = measured_peak(1, 16)
    assert len(ballast) and abs(peak_mib - 16) <= 2


@linux_only
@pytest.mark.parametrize("children", [0, 1, 3])
def test_children_count_with_what_is_their_own_and_not_with_what_they_share(children):
    words = [sys.executable, "-c", FORKS_CHILDREN, str(children)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as parent:
        assert parent.stdout.readline() == "they hold it\n"
        held_mib = held_by_children_mib(psutil.Process(parent.pid))
        parent.communicate("")
    assert abs(held_mib - 32 * children) <= max(0.1 * 32 * children, 2)
