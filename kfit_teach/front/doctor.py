"""Says whether this machine can run the lessons, and what to do where it cannot."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.flowers import resolve_images, store
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.measuring.memory import settle_base
from kfit_teach.common.problems import BadInput
from kfit_teach.common.wire import ImportLibrary
from kfit_teach.common.words import say
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

    def __str__(self) -> str:
        if self.well:
            return say("ok       {what}", what=self.what)
        return say("TROUBLE  {what}: {way_out}", what=self.what, way_out=self.way_out)


def examine() -> Iterator[Finding]:
    """Look at everything that the lessons need, cheapest first: the libraries take seconds."""
    yield _python()
    yield from (_package(name) for name in PACKAGES)
    yield _memory()
    yield _disk()
    yield _images()
    yield _peak()
    yield from (_worker(library) for library in LIBRARIES)


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    well = (3, 11, 4) <= sys.version_info[:3] < (3, 14)
    way_out = say("install Python 3.11, 3.12 or 3.13, then: make lab")
    return Finding(well, f"Python {found}", way_out)


def _package(name: str) -> Finding:
    try:
        return Finding(True, f"{name} {version(name)}")
    except PackageNotFoundError:
        return Finding(False, say("{name} is not installed", name=name), f"pip install {name}")


def _memory() -> Finding:
    free = psutil.virtual_memory().available / 2**30
    what = say("{free:.1f} GiB of memory free, {cores} cores", free=free, cores=psutil.cpu_count())
    return Finding(free >= MEMORY_NEEDED_GIB, what, say("close other programs"))


def _disk() -> Finding:
    folder, variable = store.cache_folder(), store.CACHE_VARIABLE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        what = say("the cache folder {folder} cannot be used ({error})", folder=folder, error=error)
        return Finding(False, what, say("name a folder of yours in {variable}", variable=variable))
    what = say("{free:.1f} GiB free in the cache folder {folder}", free=free, folder=_short(folder))
    way_out = say("make room, or set {variable}", variable=variable)
    return Finding(free >= DISK_NEEDED_GIB, what, way_out)


def _short(folder: Path) -> str:
    """Write a path below the home folder with ~, as a shell does, so that it names no person."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _images() -> Finding:
    try:
        real = resolve_images(ImageSettings()).images == "oxford"
    except BadInput as error:
        return Finding(False, say("the real Flowers-17"), str(error))
    if real:
        return Finding(True, say("the real Flowers-17 is at hand, and used"))
    return Finding(True, say(
        "the synthetic stand-in will be used; for the real ones: kfit-teach data download"
    ))  # fmt: skip


def _peak() -> Finding:
    if settle_base().was_set_back:
        return Finding(True, say("peak memory can be measured from a base"))
    return Finding(True, say("peak memory is measured where it rises above that of starting up"))


def _worker(library: str) -> Finding:
    last, problem = run_task(ImportLibrary(library=library))
    if problem:
        return Finding(False, say("a worker with {library}", library=library), problem.sentence)
    seconds = last.result.import_s
    what = say("a worker loads {library} in {seconds:.1f} s", library=library, seconds=seconds)
    return Finding(True, what)
