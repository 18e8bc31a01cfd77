import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
KERNEL_SIDE = [
    "kfit_teach.cli", "kfit_teach.comparison", "kfit_teach.doctor", "kfit_teach.lab",
    "kfit_teach.showing.plots", "kfit_teach.showing.tables", "kfit_teach.showing.timeline",
    "kfit_teach.showing.coverage_strip", "kfit_teach.showing.growth_plot",
    "kfit_teach.showing.script", "kfit_teach.growth", "kfit_teach.speed_verdicts",
]  # fmt: skip


def run_python(code):
    words = [sys.executable, "-c", code]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.alone
def test_importing_the_package_is_quick_and_loads_no_tensorflow():
    code = (
        "import sys, time; start = time.perf_counter(); import kfit_teach; "
        "print(time.perf_counter() - start, 'tensorflow' in sys.modules)"
    )
    answers = [run_python(code).split() for _ in range(3)]
    assert min(float(seconds) for seconds, _ in answers) < 0.2
    assert {loaded for _, loaded in answers} == {"False"}


@pytest.mark.parametrize("module", KERNEL_SIDE)
def test_the_kernel_side_loads_neither_keras_nor_tensorflow(module):
    code = (
        f"import sys, {module}; "
        "print([n for n in ('tensorflow', 'keras', 'tf_keras') if n in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_every_public_name_is_there():
    code = "import kfit_teach as kt; print(all(hasattr(kt, name) for name in kt.__all__))"
    assert run_python(code) == "True"


def test_no_photograph_and_no_archive_is_tracked():
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing is tracked")
    words = ["git", "-C", str(PROJECT), "ls-files"]
    names = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    endings = (".jpg", ".jpeg", ".tgz", ".tar", ".zip", ".mat", ".npy")
    assert not [name for name in names if name.lower().endswith(endings)]
