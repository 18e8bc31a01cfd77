"""Opens the lessons in JupyterLab, on this machine only."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kfit_teach.common.flowers.manifest import project_folder

FIRST_LESSON = "00_start_here.ipynb"
LESSONS_FOLDER = "kfit_teach_lessons"


def open_lab(more_arguments: Sequence[str] = ()) -> int:
    """Start JupyterLab on the first lesson, on 127.0.0.1 and with its token; give its exit code.

    More arguments, such as --no-browser or --port=8890, are passed on to JupyterLab.
    """
    lessons = lessons_folder()
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={lessons.parent}",
        # As the default address, the lesson is also in the line that is printed to be copied.
        f"--LabApp.default_url=/lab/tree/{lessons.name}/{FIRST_LESSON}",
    ]
    try:
        return subprocess.call([*command, *more_arguments])
    except KeyboardInterrupt:  # JupyterLab had it too, and has closed
        return 0


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
