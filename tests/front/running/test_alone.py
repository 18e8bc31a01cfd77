import os
import shutil
import subprocess
import sys

import platformdirs
import pytest

from kfit_teach.front.running.alone import LOCK_NAME, lock_file, the_machine_alone

HOLD = """
from kfit_teach.front.running.alone import the_machine_if_free
with the_machine_if_free() as free:
    print(free)
"""


def own_lock():
    return platformdirs.user_cache_path("kfit_teach") / LOCK_NAME


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.skipif(sys.platform != "linux", reason="paths are those of Linux")
def test_every_user_takes_the_same_lock_whatever_their_temporary_folder_is(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert str(lock_file("linux")) == f"/tmp/{LOCK_NAME}"
    monkeypatch.setenv("PUBLIC", str(tmp_path))
    assert lock_file("win32") == tmp_path / LOCK_NAME
    # Not there on Linux, so what is left is the user's own.
    assert lock_file("darwin") == own_lock()


def test_a_lock_that_is_closed_to_this_user_is_passed_over(own_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("PUBLIC", str(tmp_path))
    assert lock_file("win32") == tmp_path / LOCK_NAME
    (tmp_path / LOCK_NAME).mkdir()  # as closed as a file of somebody else
    assert lock_file("win32") == own_lock() and own_lock().parent.is_dir()
    monkeypatch.setenv("PUBLIC", str(tmp_path / "none"))
    assert lock_file("win32") == own_lock()


@pytest.mark.alone
@pytest.mark.skipif(not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv")),
                    reason="only root can be two users")  # fmt: skip
def test_what_one_user_holds_another_cannot_take():
    with the_machine_alone(print):
        told = as_somebody_else()
    assert told.stdout == "False\n", told.stderr
    freed = as_somebody_else()
    assert freed.stdout == "True\n", freed.stderr


def as_somebody_else():
    """Try to take the lock as another user, who may read everything."""
    who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
           "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # fmt: skip
    return subprocess.run(
        [*who, sys.executable, "-c", HOLD], capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOME": "/nonexistent"},
    )  # fmt: skip
