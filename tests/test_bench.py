"""The commands that made the figures in docs/measuring.md still run."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"
long = partial(pytest.param, marks=pytest.mark.long)
RATIO = r"\d\.\d+ \[\d+\.\d+, \d+\.\d+\]"


@pytest.mark.parametrize(
    ("script", "words", "ratios"),
    [
        long("pacing.py", ["keras", "--rounds", "2", "--autotune-off"], 4),
        long("pauses.py", ["keras", "--epochs", "2", "--images-per-epoch", "40"], 0),
        ("csv_readers.py", ["--rounds", "2", "--image-size", "16"], 1),
        long("augmentation.py", ["keras", "--rounds", "2"], 1),
    ],
)
def test_a_bench_runs_and_prints_what_it_found(script, words, ratios):
    words = [sys.executable, str(BENCH / script), *words]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert len(re.findall(RATIO, ran.stdout)) >= ratios, ran.stdout


@pytest.mark.long
@pytest.mark.parametrize("script", sorted(BENCH.glob("found/*.py")), ids=lambda file: file.stem)
def test_a_find_can_be_reported_as_it_is_and_says_whether_it_is_still_so(script):
    assert len(script.read_text().splitlines()) <= 30 and "kfit_teach" not in script.read_text()
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert re.match(r"keras \d", ran.stdout) and re.search(r": (True|False)$", ran.stdout)
