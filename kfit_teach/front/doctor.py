"""Says whether this machine can run the lessons, and what to do where it cannot."""

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.flowers import resolve_images, store
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.measuring.memory import reset_peak
from kfit_teach.common.problems import BadInput
from kfit_teach.front.running.runner import run_task

PACKAGES = ("tensorflow", "keras", "tf_keras", "jupyterlab", "ipywidgets", "matplotlib")
MEMORY_NEEDED_GIB = 3
DISK_NEEDED_GIB = 1


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, what to do where it is not."""

    well: bool
    what: str
    way_out: str = ""

    def __str__(self):
        return f"ok       {self.what}" if self.well else f"TROUBLE  {self.what}: {self.way_out}"


def examine():
    """Look at everything that the lessons need, cheapest first.

    Yields:
        Finding, one at a time, since starting the libraries takes seconds.
    """
    yield _python()
    yield from (_package(name) for name in PACKAGES)
    yield _memory()
    yield _disk()
    yield _images()
    yield _peak()
    yield from (_worker(library) for library in LIBRARIES)


def _python():
    found = ".".join(str(part) for part in sys.version_info[:3])
    well = (3, 11, 4) <= sys.version_info[:3] < (3, 14)
    return Finding(well, f"Python {found}", "install Python 3.11, 3.12 or 3.13, then: make lab")


def _package(name):
    try:
        return Finding(True, f"{name} {version(name)}")
    except PackageNotFoundError:
        return Finding(False, f"{name} is not installed", f"pip install {name}")


def _memory():
    free = psutil.virtual_memory().available / 2**30
    what = f"{free:.1f} GiB of memory free, {psutil.cpu_count()} cores"
    return Finding(free >= MEMORY_NEEDED_GIB, what, "close other programs")


def _disk():
    folder = store.cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        way_out = f"name a folder of yours in {store.CACHE_VARIABLE}"
        return Finding(False, f"the cache folder {folder} cannot be used ({error})", way_out)
    what = f"{free:.1f} GiB free in the cache folder {_short(folder)}"
    return Finding(free >= DISK_NEEDED_GIB, what, f"make room, or set {store.CACHE_VARIABLE}")


def _short(folder):
    """Write a path below the home folder with ~, as a shell does, so that it names no person."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _images():
    try:
        real = resolve_images(ImageSettings()).images == "oxford"
    except BadInput as error:
        return Finding(False, "the real Flowers-17", str(error))
    stand_in = "the synthetic stand-in will be used; for the real ones: kfit-teach data download"
    return Finding(True, "the real Flowers-17 is at hand, and used" if real else stand_in)


def _peak():
    counted = reset_peak()
    if counted == "since the base":
        return Finding(True, "peak memory can be measured from a base")
    return Finding(True, "peak memory counts from the process's start here (not resettable)")


def _worker(library):
    last, problem = run_task({"name": "import", "library": library})
    if problem:
        return Finding(False, f"a worker with {library}", problem["sentence"])
    return Finding(True, f"a worker loads {library} in {last['result']['import_s']:.1f} s")
