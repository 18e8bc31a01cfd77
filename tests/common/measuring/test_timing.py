import subprocess
import sys
import time

import pytest

from kfit_teach.common.measuring.timing import gaps_between_epochs, take_stamp

pytestmark = pytest.mark.alone

needs_schedstat = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells how long threads wait for a processor"
)
STAND_IN_LINE = """
import os, sys, threading, time
from kfit_teach.common.measuring.timing import queued_seconds, take_stamp

os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(10_000))

def contention(doing):
    first, queued = take_stamp(), queued_seconds()
    doing()
    return (queued_seconds() - queued) / (take_stamp().wall_s - first.wall_s)

children = [os.fork() for _ in range(int(sys.argv[1]))]
if 0 in children:
    work(0.8)
    os._exit(0)
print(contention(lambda: work(0.4)))
"""


def contention_beside(other_processes):
    words = [sys.executable, "-c", STAND_IN_LINE, str(other_processes)]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    return float(answer.stdout)


def test_sleeping_takes_wall_time_and_no_processor_time():
    first = take_stamp()
    time.sleep(0.2)
    second = take_stamp()
    assert second.wall_s - first.wall_s >= 0.2
    assert second.cpu_s - first.cpu_s < 0.1


@needs_schedstat
def test_contention_rises_when_others_want_the_same_processor():
    crowded = contention_beside(3)
    assert crowded > 0.5
    assert crowded > 1.5 * contention_beside(0)


def test_a_pause_between_epochs_is_told_apart_from_the_steps():
    steady = [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    paused = [[0.0, 1.0, 2.0], [7.5, 8.5, 9.5]]
    assert gaps_between_epochs(steady) == [0.0]
    assert gaps_between_epochs(paused) == [4.5]


def test_one_epoch_has_no_gap():
    assert gaps_between_epochs([[0.0, 1.0]]) == []
