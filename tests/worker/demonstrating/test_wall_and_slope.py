"""The real workers of wall and slope, held against processes that know nothing of kfit_teach."""

import re
import subprocess
import sys

import pytest

import kfit_teach as kt
from kfit_teach.common.progress import no_progress_bar

pytestmark = [pytest.mark.long, pytest.mark.alone]

# fit over an array, in plain Keras; the highest mark is the kernel's, from the start of fit on.
PLAIN = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np, keras, psutil
number = int(sys.argv[1])
model = keras.Sequential([
    keras.Input((64, 64, 3)), keras.layers.Conv2D(8, 5, strides=4, activation="relu"),
    keras.layers.Flatten(), keras.layers.Dense(17, activation="softmax"),
])
model.compile("sgd", "categorical_crossentropy")
before = psutil.Process().memory_info().rss
open("/proc/self/clear_refs", "w").write("5")
images = np.full((number, 64, 64, 3), 0.5, "float32")
model.fit(images, np.eye(17, dtype="float32")[np.arange(number) % 17], verbose=0)
print(open("/proc/self/status").read(), before)
"""


def needed_in_plain_keras(images):
    ended = subprocess.run([sys.executable, "-c", PLAIN, str(images)], capture_output=True,
                           text=True, timeout=120)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    mark_kib = int(re.search(r"VmHWM:\s+(\d+) kB", ended.stdout)[1])
    return mark_kib / 1024 - int(ended.stdout.split()[-1]) / 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_fit_over_an_array_needs_what_it_needs_in_plain_keras():
    shown = kt.demonstrate("wall", images="synthetic", bar=no_progress_bar, ways=("array",),
                           budget_mib=0, number_of_images=2000)  # fmt: skip
    needed = shown.needed_mib(shown.free_run())
    assert needed == pytest.approx(needed_in_plain_keras(2000), rel=0.05)
    assert 2.7 < shown.times_the_array() < 3.6
    assert [piece.moment for piece in shown.pieces] == ["base", "data", "step", "end"]
    at_s = [piece.at_s for piece in shown.pieces]
    assert at_s == sorted(at_s) and shown.pieces[1].peak_mib < 1.3 * shown.settings.mib_of("array")


def test_a_budget_ends_the_array_and_spares_what_holds_no_array():
    ways = ("array", "memory_map", "generator")
    shown = kt.demonstrate("wall", images="synthetic", bar=no_progress_bar, ways=ways,
                           budget_mib=150, number_of_images=2000)  # fmt: skip
    assert [run.status for run in shown.runs] == ["done", "over budget", "done", "done"]
    assert shown.ways_that_stayed() == 2
    assert shown.runs[1].budget_end.phase == "first batch"
    for run in shown.runs[2:]:
        assert shown.needed_mib(run) < shown.settings.mib_of("array")


def test_the_memory_of_an_array_grows_by_three_arrays_and_of_a_memory_map_not():
    shown = kt.demonstrate("slope", images="synthetic", bar=no_progress_bar,
                           sizes=(1000, 2000, 3000))  # fmt: skip
    assert shown.all_done
    assert 2.7 < shown.times_the_array("array") < 3.4
    assert abs(shown.times_the_array("memory_map")) < 0.2
    assert shown.wall_of("array") and len(shown.verdicts()) == 2
