import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

import kfit_teach as kt
from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.loaders import LOADERS

COMMAND = str(Path(sys.executable).parent / "kfit-teach")
QUICK = ["compare", "--images", "synthetic", "--image-size", "16", "--part", "test"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """One whole run of the command, with every file it can write."""
    folder = tmp_path_factory.mktemp("compared")
    files = ["--json", folder / "result.json", "--plot", folder / "figure.png"]
    files += ["--plot-weights", folder / "weights.png"]
    words = [COMMAND, *QUICK, "--part", "val", "--evaluate", *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done, folder


def test_it_ends_well_and_prints_one_table_a_library(compared):
    done, _ = compared
    assert done.returncode == 0
    assert done.stdout.startswith("* 6 runs, 1 network\n")
    assert len(re.findall(r"^speed, images/s +\d+ +\d+ +\d+$", done.stdout, re.M)) == 2
    assert re.search(r"^keras [\d.]+: ", done.stdout, re.M)
    assert re.search(r"^tf_keras [\d.]+: ", done.stdout, re.M)


def test_it_says_what_the_numbers_rest_on(compared):
    printed = compared[0].stdout
    assert printed.count("synthetic stand-in") == 2
    assert printed.count("illustration") == 2
    assert printed.count("Same weights: yes, bit for bit") == 2
    assert "Machine: " in printed and "tensorflow 2." in printed


def test_in_keras_the_table_says_that_fit_generator_is_fit(compared):
    of_keras, of_tf_keras = compared[0].stdout.split("tf_keras 2.", maxsplit=1)
    assert "fit(generator)" in of_keras
    assert "fit(generator)" not in of_tf_keras


def test_the_saved_comparison_comes_back_equal(compared, tmp_path):
    comparison = kt.Comparison.load(compared[1] / "result.json")
    comparison.save(tmp_path / "again.json")
    assert kt.Comparison.load(tmp_path / "again.json") == comparison
    assert comparison.report().strip() == compared[0].stdout.strip()
    assert json.loads((tmp_path / "again.json").read_text())["schema_version"] == 2


def test_the_saved_figures_are_pictures(compared):
    with Image.open(compared[1] / "figure.png") as picture:
        assert picture.width >= 1000 and picture.height >= 600
    with Image.open(compared[1] / "weights-tf_keras.png") as picture:
        assert picture.width >= 1000
    names = ["figure.png", "result.json", "weights-keras.png", "weights-tf_keras.png"]
    assert sorted(file.name for file in compared[1].iterdir()) == names


def test_it_tells_the_accuracy_and_how_far_apart_the_weights_are(compared):
    done, folder = compared
    row = r"^accuracy on the 340 test images( +0\.\d+){3}$"
    assert len(re.findall(row, done.stdout, re.M)) == 2
    comparison = kt.Comparison.load(folder / "result.json")
    for library in comparison.libraries:
        assert comparison.weight_distances[library] == [[0.0] * 3] * 3
        assert all(result.weights_moved > 0 for result in comparison.results_of(library))


def test_the_repr_is_for_people(compared):
    comparison = kt.Comparison.load(compared[1] / "result.json")
    assert repr(comparison).startswith("<Comparison of 6 lanes>")
    told = repr(comparison.results[0])
    assert re.match(
        r"<Result keras fit, arrays: \d+ images/s, needed \d+ MiB more than before training",
        told,
    )


def test_the_help_tells_every_setting_its_values_and_its_default(command):
    told = " ".join(command("compare", "--help").stdout.split())
    for name in ComparisonSettings.model_fields:
        assert f" --{name.replace('_', '-')} " in told
    assert "--image-size N 16 to 256 (default 64): side of the square images" in told
    assert "--model NAME small (default) or minivggnet: " in told
    assert "--functions NAME [NAME ...] fit, fit_generator, train_on_batch: " in told
    assert f"{', '.join(LOADERS)}, natural (default): " in told


class Terminal:
    """The command on a real terminal (a pty), as a person has it."""

    def __init__(self, words):
        self.parent_end, child_end = pty.openpty()
        self.process = subprocess.Popen(
            [COMMAND, *words], stdin=child_end, stdout=child_end, stderr=child_end,
            start_new_session=True, preexec_fn=self.prepare,
        )  # fmt: skip
        os.close(child_end)
        self.printed = ""

    @staticmethod
    def prepare():
        os.system("stty cols 120 rows 40")
        # Whoever runs the tests in the background may have Ctrl-C switched off; a person has not.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def read_until(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.printed):
            assert time.monotonic() < end, f"{pattern!r} never came:\n{self.printed[-2000:]}"
            if select.select([self.parent_end], [], [], 0.1)[0]:
                try:
                    self.printed += os.read(self.parent_end, 65536).decode(errors="replace")
                except OSError:  # the other end is closed
                    assert re.search(pattern, self.printed), f"{pattern!r}:\n{self.printed}"

    def workers(self):
        return [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if "kfit_teach.worker" in " ".join(child.cmdline())
        ]


@pytest.fixture
def terminal():
    opened = []

    def start(*words):
        opened.append(Terminal(words))
        return opened[-1]

    yield start
    for one in opened:
        one.process.kill()
        one.process.wait()
        os.close(one.parent_end)


@pytest.mark.long
def test_ctrl_c_ends_the_worker_and_prints_what_is_done(terminal, tmp_path):
    # fit ends; train_on_batch, which has seconds to go, is the lane that is cut short.
    shell = terminal(*QUICK, "--library", "keras", "--epochs", "100", "--functions", "fit",
                     "train_on_batch", "--json", str(tmp_path / "partial.json"))  # fmt: skip
    shell.read_until(r"keras train_on_batch.*epoch [3-9]\d* of 100")
    workers = shell.workers()
    os.kill(shell.process.pid, signal.SIGINT)
    shell.read_until(r"Images: ")
    assert shell.process.wait(5) == 130
    assert "Stopped by Ctrl-C" in shell.printed and "Traceback" not in shell.printed
    _, alive = psutil.wait_procs(workers, timeout=2)
    assert workers and not alive
    kept = kt.Comparison.load(tmp_path / "partial.json")
    assert [result.status for result in kept.results] == ["done", "stopped"]
    stopped = kept.results[1]
    assert stopped.epochs_ended >= 2 and stopped.timing.images_per_s > 0


@pytest.mark.long
def test_ctrl_c_in_grow_prints_what_is_done(terminal, tmp_path):
    shell = terminal("grow", *QUICK[1:], "--library", "keras", "--functions", "train_on_batch",
                     "--epochs", "1", "--numbers", "100", "200", "20000",
                     "--json", str(tmp_path / "partial.json"))  # fmt: skip
    shell.read_until(r"keras train_on_batch.* [1-9]\d* of 625 ")
    os.kill(shell.process.pid, signal.SIGINT)
    shell.read_until(r"Images: ")
    assert shell.process.wait(5) == 130
    assert "Stopped by Ctrl-C" in shell.printed and "Traceback" not in shell.printed
    assert "too few runs ended for a slope" in shell.printed
    kept = json.loads((tmp_path / "partial.json").read_text())["comparisons"]
    assert [len(comparison["results"]) for comparison in kept] == [1, 1]


@pytest.mark.long
def test_a_terminal_shows_a_bar_a_lane_with_its_phase(terminal):
    shell = terminal(*QUICK, "--library", "keras", "--functions", "fit")
    shell.read_until(r"keras fit.*starting")
    shell.read_until(r"keras fit.*epoch 1 of 2")
    shell.read_until(r"Images: ")
    assert shell.process.wait(5) == 0


@pytest.mark.long
def test_quiet_draws_no_bars(terminal):
    shell = terminal(*QUICK, "--library", "keras", "--functions", "fit", "--quiet")
    shell.read_until(r"Images: ")
    assert "batches [" not in shell.printed
    assert "import" not in shell.printed


def test_a_lane_that_dies_is_told_and_the_others_go_on():
    words = [COMMAND, *QUICK, "--library", "keras", "--functions", "fit", "train_on_batch"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        parent, killed = psutil.Process(process.pid), None
        while killed is None:
            below = parent.children(recursive=True)
            killed = next((c for c in below if "kfit_teach.worker" in c.cmdline()), None)
        killed.kill()
        printed, errors = process.communicate()
    assert process.returncode == 1
    assert "fit failed: The worker was ended by the signal SIGKILL." in printed
    assert re.search(r"^status +failed +done$", printed, re.M)
    assert "Traceback" not in printed + errors


@pytest.mark.long
def test_the_real_images_run_from_the_command(real_archive, tmp_path):
    words = [COMMAND, "compare", "--images", "oxford", "--library", "both"]
    kept = ["--json", str(tmp_path / "real.json")]
    done = subprocess.run([*words, *kept], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("680 images (Flowers-17)") == 2
    assert "all 1360 originals match" in done.stdout
    comparison = kt.Comparison.load(tmp_path / "real.json")
    assert len({result.weights_sha256 for result in comparison.results_of("keras")}) == 1
