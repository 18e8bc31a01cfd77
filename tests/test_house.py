import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent


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


def test_all_but_the_worker_loads_neither_keras_nor_tensorflow():
    code = (
        "import importlib, pkgutil, sys, kfit_teach\n"
        "names = [m.name for m in pkgutil.walk_packages(kfit_teach.__path__, 'kfit_teach.')]\n"
        "names = [name for name in names if not name.startswith('kfit_teach.worker')]\n"
        "assert len(names) > 40, names\n"
        "[importlib.import_module(name) for name in names]\n"
        "print([n for n in ('tensorflow', 'keras', 'tf_keras') if n in sys.modules])"
    )
    assert run_python(code) == "[]"


STRAYS = {
    "kfit_teach/front/stray.py": "import keras",
    "kfit_teach/common/measuring/stray.py": "import tensorflow",
    "kfit_teach/lessons/stray.py": "import kfit_teach.worker.training.run",
    "kfit_teach/worker/training/stray.py": "import kfit_teach.front.verdicts",
    "kfit_teach/common/stray.py": "import kfit_teach.front.verdicts",
}


def test_a_new_module_cannot_escape_the_contracts(tmp_path):
    shutil.copytree(PROJECT / "kfit_teach", tmp_path / "kfit_teach")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for file, line in STRAYS.items():
        (tmp_path / file).write_text(line + "\n")
    words = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 1
    for file, line in STRAYS.items():
        stray = file.removesuffix(".py").replace("/", ".")
        assert f"{stray} -> {line.split()[1]}" in told.stdout, told.stdout


def test_every_folder_of_code_is_a_package():
    # The contracts see nothing of a folder without __init__.py.
    folders = {file.parent for file in (PROJECT / "kfit_teach").rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()
                and folder.name != "wrong_answers"]  # fmt: skip


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
