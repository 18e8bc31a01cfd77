"""Opens the lessons in JupyterLab, on this machine only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kfit_teach.common.flowers.manifest import project_folder
from kfit_teach.common.words import say

FIRST_LESSON = "00_start_here.ipynb"
LESSONS_FOLDER = "kfit_teach_lessons"
# What engines leave in a container's root; where they leave nothing, they name themselves here.
MARKS_OF_A_CONTAINER = (".dockerenv", "run/.containerenv")
GROUPS_OF_FIRST_PROCESS = "proc/1/cgroup"
ENGINES = ("docker", "containerd", "kubepods", "libpod", "lxc")


def open_lab(more_arguments: Sequence[str] = ()) -> int:
    """Start JupyterLab on the first lesson, on 127.0.0.1 and with its token; give its exit code.

    More arguments, such as --no-browser or --port=8890, are passed on to JupyterLab. Root is let
    in: in a fresh container there is nobody else.
    """
    lessons, for_root = lessons_folder(), is_root()
    for sentence in what_to_know(for_root, is_container()):
        print(sentence, file=sys.stderr, flush=True)
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={lessons.parent}",
        # As the default address, the lesson is also in the line that is printed to be copied.
        f"--LabApp.default_url=/lab/tree/{lessons.name}/{FIRST_LESSON}",
        *(["--ServerApp.allow_root=True"] if for_root else []),
    ]
    try:
        return subprocess.call([*command, *more_arguments])
    except KeyboardInterrupt:  # JupyterLab had it too, and has closed
        return 0


def what_to_know(for_root: bool, in_container: bool) -> list[str]:
    """Say, a sentence each, what is other for root and in a container.

    >>> what_to_know(for_root=False, in_container=False)
    []
    """
    told = []
    if for_root:
        told.append(say(
            "You are root, so the lab runs as root: whoever has the address below, with its token, "
            "can do anything here; keep it to yourself."
        ))  # fmt: skip
    if in_container:
        told.append(say(
            "This is a container, and 127.0.0.1 is its own: the address below opens outside only "
            "where the container was started with --network host, or where an editor that is "
            "attached to it forwards the port."
        ))  # fmt: skip
    return told


def is_root() -> bool:
    """Whether this process may do anything; on Windows nobody is called so."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_container(root: Path = Path("/")) -> bool:
    """Whether this system is a container, as far as its engine has left a mark.

    Args:
        root: the folder that the system's own begin in.
    """
    if any((root / mark).exists() for mark in MARKS_OF_A_CONTAINER):
        return True
    try:
        groups = (root / GROUPS_OF_FIRST_PROCESS).read_text()
    except OSError:  # no Linux, or it is kept from us
        return False
    return any(engine in groups for engine in ENGINES)


def lessons_folder() -> Path:
    """Find the lessons where they can be written: in the tree, or copied beside the user.

    In a wheel they are copied once into ./kfit_teach_lessons, and a lesson that is already there is
    left as the learner has it.
    """
    lessons = project_folder("notebooks")
    in_the_tree = lessons.parent.name != "kfit_teach" or not (lessons.parent / "cli.py").exists()
    if in_the_tree:
        return lessons
    own = Path.cwd() / LESSONS_FOLDER
    own.mkdir(exist_ok=True)
    for lesson in lessons.glob("*.ipynb"):
        if not (own / lesson.name).exists():
            shutil.copy(lesson, own / lesson.name)
    return own
