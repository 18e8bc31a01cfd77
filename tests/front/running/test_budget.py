import signal

import psutil
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.wire import PhaseBegan
from kfit_teach.front.running.runner import run_experiment

pytestmark = pytest.mark.alone

# 1000 images of 64 px are 47 MiB as float32.
SHORT = {"images": "synthetic", "image_size": 64, "epochs": 1, "library": "keras"}


@pytest.fixture(scope="module")
def store():
    return prepare_images("synthetic", 64)[0]


def run(store, watch=None, **settings):
    return run_experiment(Experiment(**SHORT, **settings), store, watch)


def test_the_system_refuses_at_once_what_is_far_beyond_the_budget(store):
    asked = {"images_per_epoch": 10_000, "memory_budget": "100MiB"}
    result = run(store, training_function="fit", **asked)
    assert result.status == "over budget"
    assert (result.budget_end.ended_by, result.budget_end.phase) == ("MemoryError", "data")
    assert result.budget_end.at_mib < 100  # it was refused before any of it was touched
    assert result.problem.kind == "over budget" and result.problem.cause.kind == "raised"
    assert result.problem.sentence.startswith("Over the budget of 100 MiB: the system refused")
    assert "Traceback" in result.problem.traceback


def test_the_watch_ends_what_grows_beyond_the_budget(store):
    asked = {"images_per_epoch": 3_000, "memory_budget": "110MiB"}
    result = run(store, training_function="fit", **asked)
    assert result.status == "over budget"
    assert result.budget_end.ended_by == "watch"
    assert 110 < result.budget_end.at_mib < 300
    assert result.budget_end.phase in ("data", "first batch")
    assert (
        f"at {result.budget_end.at_mib:.0f} MiB more than before training"
        in result.problem.sentence
    )
    assert not psutil.Process().children()


@pytest.mark.long
def test_a_run_within_its_budget_is_left_alone_and_told_nothing(store):
    asked = {"images_per_epoch": 3_000, "memory_budget": "110MiB"}
    result = run(store, training_function="fit_generator", **asked)
    assert result.status == "done" and result.budget_end is None
    assert result.memory.peak_extra_mib < 110


def test_a_crash_under_a_budget_says_so(store):
    def crash(event):
        if isinstance(event, PhaseBegan) and event.phase == "first epoch":
            psutil.Process().children()[0].send_signal(signal.SIGSEGV)

    asked = {"memory_budget": "2GiB"}
    result = run(store, crash, training_function="train_on_batch", **asked)
    assert result.status == "over budget"
    assert (result.budget_end.ended_by, result.budget_end.phase) == ("signal", "first epoch")
    assert "SIGSEGV" in result.problem.sentence
