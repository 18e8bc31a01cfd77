"""What the tests share: an empty cache, a drawn one, the real images where they are at hand."""

import os
import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from kfit_teach.common.flowers import oxford
from kfit_teach.common.problems import BadInput
from kfit_teach.common.wire import Finished, Train, read_event, write_line

MANY_RUNS = Path(__file__).parent / "many_runs.py"
collect_ignore = ["many_runs.py", "hostile.py", "front/plain_code/run_advice.py"]  # scripts

# Read once, before any test changes the environment.
REAL_IMAGES = os.environ.get("KFIT_TEACH_FLOWERS17")
# Prints what was loaded, and how many seconds of the processor that took.
DRAW = """
import time
import kfit_teach as kt
print(kt.load_flowers("synthetic", image_size=16))
print(time.process_time())
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder, and no real images named."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("KFIT_TEACH_CACHE", str(folder))
    monkeypatch.delenv("KFIT_TEACH_FLOWERS17", raising=False)
    return folder


@pytest.fixture
def nothing_at_hand(cache):
    """An empty cache folder, and no real images anywhere."""
    found = oxford.find_source(None, cache)
    if found:
        pytest.skip(f"{found} holds the real images, so they cannot be missing here")
    return cache


@pytest.fixture(scope="session")
def real_archive():
    """The path of the archive of the real images."""
    if not REAL_IMAGES:
        pytest.skip("KFIT_TEACH_FLOWERS17 is not set: the real images are not at hand")
    archive = Path(REAL_IMAGES).expanduser()
    if not archive.is_file():
        pytest.skip(f"KFIT_TEACH_FLOWERS17 is {archive}, but these tests need an archive")
    return archive


@pytest.fixture(scope="session")
def drawn_at_once(tmp_path_factory):
    """A cache that two processes filled at once, and (exit code, output, errors) of each."""
    folder = tmp_path_factory.mktemp("drawn")
    environment = os.environ | {"KFIT_TEACH_CACHE": str(folder)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DRAW],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120) for process in processes]
    codes = [process.returncode for process in processes]
    return folder, [(code, *texts) for code, texts in zip(codes, told, strict=True)]


@pytest.fixture
def synthetic_cache(drawn_at_once, cache):
    """A cache folder of one's own that holds the stand-in at 16 px."""
    shutil.copytree(drawn_at_once[0], cache, dirs_exist_ok=True)
    return cache


@pytest.fixture
def refusal():
    """Calls something that must be refused, and gives the one sentence it is refused with."""

    def sentence_of(action, *arguments, **settings):
        with pytest.raises(BadInput) as caught:
            action(*arguments, **settings)
        sentence = str(caught.value)
        assert sentence.isprintable()
        assert len(sentence) < 500
        return sentence

    return sentence_of


@pytest.fixture
def command(cache, tmp_path):
    """Runs kfit-teach as a process in an empty folder; `seconds` and `folder` are added."""
    program = shutil.which("kfit-teach", path=Path(sys.executable).parent)
    folder = tmp_path / "here"
    folder.mkdir()

    def run(*words):
        started = time.monotonic()
        ended = subprocess.run(
            [program, *words], cwd=folder, capture_output=True, text=True, timeout=100
        )
        ended.seconds, ended.folder = time.monotonic() - started, folder
        return ended

    return run


@pytest.fixture(scope="session")
def run_in_one_process():
    """Run experiments in one process a library, since starting one takes longer than a run."""
    processes = {}

    def run(experiment, store):
        if experiment.library not in processes:
            processes[experiment.library] = subprocess.Popen(
                [sys.executable, str(MANY_RUNS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        process = processes[experiment.library]
        process.stdin.write(write_line(Train(experiment=experiment, store=store)))
        process.stdin.flush()
        answer = read_event(process.stdout.readline())
        assert isinstance(answer, Finished), answer.problem.traceback
        return answer.result

    yield run
    for process in processes.values():
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """Results of somebody who means ill, in a folder, and what shows them (see hostile.py)."""
    folder = tmp_path_factory.mktemp("hostile")
    made = runpy.run_path(str(Path(__file__).parent / "hostile.py"))
    made["write"](folder)
    return SimpleNamespace(folder=folder, **made)
