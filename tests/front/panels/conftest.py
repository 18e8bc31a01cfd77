import threading
import time

import psutil
import pytest

from kfit_teach.front.panels.compare import ComparePanel

QUICK = {"library": "keras", "images": "synthetic", "image_size": 16, "images_per_epoch": 160}


def living_workers():
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "kfit_teach.worker" in child.cmdline()
    ]


@pytest.fixture
def workers():
    """Lists the worker processes of this one."""
    return living_workers


@pytest.fixture
def make_panel(synthetic_cache):
    """Makes panels of quick lanes; at the end none may have had trouble, or left anything."""
    made, before = [], set(threading.enumerate())

    def make(controls=None, questions=(), **settings):
        made.append(ComparePanel(controls or {}, questions, **QUICK | settings))
        return made[-1]

    make.trouble_is_expected = False
    yield make
    for panel in made:
        panel.close()
        assert make.trouble_is_expected or panel.trouble is None
    assert living_workers() == []
    assert not [one for one in set(threading.enumerate()) - before if "kfit_teach" in one.name]


@pytest.fixture
def wait_until():
    """Waits until something holds; fails where it never does."""

    def wait(holds, seconds=60):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it never came about"
            time.sleep(0.01)

    return wait
