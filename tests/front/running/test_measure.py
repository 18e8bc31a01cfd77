import subprocess
import sys
import threading

import psutil
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.front.running.alone import the_machine_alone
from kfit_teach.front.running.measure import LaneDied, measure_blocks

pytestmark = pytest.mark.alone

SHORT = {"images": "synthetic", "image_size": 16, "part": "test", "library": "tf_keras"}
BLOCKS = 6


@pytest.fixture(scope="module")
def store():
    return prepare_images("synthetic", 16)[0]


def lanes(**settings):
    return [
        Experiment(training_function=function, loader="generator", **SHORT, **settings)
        for function in ("fit", "train_on_batch")
    ]


def test_a_block_has_one_turn_of_every_lane_and_one_of_the_control(store):
    turns_done = []
    blocks = list(measure_blocks(lanes(epochs=3), store, BLOCKS, turns_done.append))
    assert len(blocks) == BLOCKS
    assert sum(turns_done) == 3 * BLOCKS
    for block in blocks:
        told = sorted((turn.place, turn.training_function, turn.control) for turn in block.turns)
        expected = [(0, "fit", False), (1, "train_on_batch", False), (2, "fit", True)]
        assert told == expected
        for turn in block.turns:
            assert turn.images == 2 * 340  # the first epoch of a turn is not clocked
            assert 0 <= turn.pauses_s < turn.wall_s
            assert turn.cpu_s > 0 and turn.ceiling_images_per_s > 0
    orders = {tuple(turn.place for turn in block.turns) for block in blocks}
    assert len(orders) > 1
    assert not psutil.Process().children()


@pytest.mark.long
def test_a_lane_that_dies_ends_the_measuring_and_leaves_no_worker(store):
    def kill_one(turns):
        if turns:
            psutil.Process().children()[0].kill()

    with pytest.raises(LaneDied, match=r"tf_keras fit, generator: .*SIGKILL"):
        list(measure_blocks(lanes(), store, BLOCKS, kill_one))
    assert not psutil.Process().children()


@pytest.mark.long
def test_stop_ends_the_measuring_and_keeps_whole_blocks_only(store):
    stop, blocks = threading.Event(), []
    for block in measure_blocks(lanes(), store, 100, stop=stop):
        blocks.append(block)
        stop.set()
    assert len(blocks) == 1 and len(blocks[0].turns) == 3
    assert not psutil.Process().children()


HOLDER = """
import sys
from kfit_teach.front.running.alone import the_machine_alone
with the_machine_alone(print, sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_measured_run_waits_for_the_first_and_says_so(tmp_path):
    words = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as first:
        assert first.stdout.readline() == "held\n"
        with subprocess.Popen(words, **pipes) as second:
            assert "waits" in second.stdout.readline()
            assert first.poll() is None
            first.communicate("done\n")
            assert second.stdout.readline() == "held\n"
            second.communicate("done\n")


def test_the_lock_of_a_run_that_was_killed_holds_nobody_up(tmp_path):
    words = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as first:
        assert first.stdout.readline() == "held\n"
        first.kill()
    told = []
    with the_machine_alone(told.append, tmp_path):
        assert told == []
