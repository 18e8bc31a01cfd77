import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from kfit_teach.front.lab import is_container, what_to_know

TREE = Path(__file__).parents[2]
ADDRESS = r"http://127\.0\.0\.1:(\d+)/lab\S*\?token=(\w+)"
NOBODY = 65534
USES_THE_TREE = "test -x .venv/bin/kfit-teach -a -x .venv/bin/python && .venv/bin/kfit-teach --help"
is_root = hasattr(os, "geteuid") and os.geteuid() == 0


def make_lab(folder, prefix):
    """Start `make lab` as the README has it, and wait for its address.

    Args:
        folder: a Path, of the one who starts it, for all that JupyterLab writes and prints.
        prefix: what stands before the command, to be another user.
    """
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME")}
    nobody_looks = {"HOME": str(folder), "BROWSER": "true"}  # so that no window opens
    printed = folder / "printed"
    with printed.open("w") as log:
        process = subprocess.Popen(
            [*prefix, "make", "lab"], cwd=TREE, env={**os.environ, **own, **nobody_looks},
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.2)
        if re.search(ADDRESS, printed.read_text()):
            break
    return process, printed.read_text()


def end(process):
    """End a lab with all it started."""
    started = [process]
    if process.poll() is None:
        started += psutil.Process(process.pid).children(recursive=True)
    for one in reversed(started):
        one.terminate()
    process.wait(20)
    psutil.wait_procs(started[1:], 20)


def as_nobody():
    """What stands before a command that root hands to an ordinary user.

    The tree or its Python may lie in root's home; then the user may read everything, and no more.
    """
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # access(), which make asks, heeds the right to read only with the last of these.
    reader = [*nobody, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search",
              "--securebits=+no_setuid_fixup"]  # fmt: skip
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed, so root cannot be an ordinary user")
    for prefix in (nobody, reader):
        tried = subprocess.run(
            [*prefix, "sh", "-c", USES_THE_TREE], cwd=TREE, capture_output=True, text=True
        )
        if tried.returncode == 0:
            return prefix
    pytest.skip(f"user {NOBODY} cannot use {TREE}: {tried.stderr[-200:].strip()}")


@pytest.fixture(scope="module", params=["root", "an ordinary user"])
def lab(request):
    """A real JupyterLab by the README's command: user, process, what it printed, port, token."""
    if subprocess.run(["make", "--question", ".venv/ready"], cwd=TREE, check=False).returncode:
        pytest.skip("the lock is newer than .venv, so make lab would set it up anew")
    if request.param == "root" and not is_root:
        pytest.skip("these tests are not run by root")
    prefix = as_nobody() if is_root and request.param != "root" else []
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        if prefix:
            os.chown(folder, NOBODY, NOBODY)
        process, printed = make_lab(Path(folder), prefix)
        found = re.search(ADDRESS, printed)
        try:
            assert found, printed
            yield request.param, process, printed, *found.groups()
        finally:
            end(process)


def status_of(address):
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def listening_at(process):
    """List (host, port) where what a process started listens."""
    found = set()
    for one in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # the browser, which is none
            found |= {seen.laddr for seen in one.net_connections("inet")
                      if seen.status == psutil.CONN_LISTEN}  # fmt: skip
    return found


@pytest.mark.alone
@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_lab_gives_the_lesson_to_whoever_has_the_token(lab):
    user, process, printed, port, token = lab
    assert "/lab/tree/notebooks/00_start_here.ipynb" in printed
    contents = f"http://127.0.0.1:{port}/api/contents/notebooks/00_start_here.ipynb"
    assert status_of(contents) == 403
    assert status_of(f"{contents}?token={token}") == 200
    assert ("You are root" in printed) == (user == "root")
    assert ("This is a container" in printed) == is_container()
    listening = listening_at(process)
    assert int(port) in {number for _, number in listening}
    assert {host for host, _ in listening} == {"127.0.0.1"}


@pytest.mark.skipif(sys.platform == "win32", reason="paths of containers are those of Unix")
@pytest.mark.parametrize(
    ("file", "holds", "known"),
    [
        (".dockerenv", "", True),
        ("run/.containerenv", "", True),
        ("proc/1/cgroup", "0::/kubepods/besteffort/pod1\n", True),
        ("proc/1/cgroup", "12:pids:/docker/1f2e\n", True),
        ("proc/1/cgroup", "0::/init.scope\n", False),
        ("etc/passwd", "", False),
    ],
)
def test_a_container_is_known_by_the_marks_that_engines_leave(file, holds, known, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(holds)
    assert is_container(tmp_path) is known


def test_root_and_a_container_are_told_in_one_sentence_each():
    of_root, of_container = what_to_know(True, True)
    assert "root" in of_root and "token" in of_root
    assert "--network host" in of_container and "forwards the port" in of_container
    assert what_to_know(True, False) == [of_root]
    assert what_to_know(False, True) == [of_container]
