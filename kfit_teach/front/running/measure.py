"""Measuring speed in blocks: live workers that train in turn, in random order.

A block is one turn of every lane and one of the control, which is the first lane a second time.
What two turns of one block have in common, such as the machine's mood, drops out of their ratio.
"""

import contextlib

import numpy as np

from kfit_teach.common.result import Block, Turn
from kfit_teach.front.running.runner import Worker


class LaneEnded(RuntimeError):
    """A live worker ended before its last turn; the sentence tells how."""


class Stopped(Exception):
    """The measuring was asked to stop."""


def measure_blocks(experiments, store, number_of_blocks, watch=None, stop=None):
    """Let the lanes of one library take turns.

    Args:
        experiments: list of Experiment of one library; the first is run a second time as control.
        store: path of the stored images.
        number_of_blocks: how many blocks.
        watch: called with the number of turns that were done since the last call, 0 at first.
        stop: a threading.Event; once it is set, all workers are ended.

    Yields:
        Block, each as soon as it is done.

    Raises:
        LaneEnded: a worker ended too early; the others have been ended too.
    """
    watch = watch or (lambda turns: None)
    asked = [(experiment, False) for experiment in experiments] + [(experiments[0], True)]
    random = np.random.default_rng(experiments[0].seed)
    with contextlib.ExitStack() as workers, contextlib.suppress(Stopped):
        lanes = [
            LiveLane(place, *lane, store, number_of_blocks, stop, workers)
            for place, lane in enumerate(asked)
        ]
        for lane in lanes:
            lane.wait_for("ready")
        watch(0)
        for _ in range(number_of_blocks):
            turns = []
            for place in random.permutation(len(lanes)):
                turns.append(lanes[place].take_turn())
                watch(1)
            yield Block(library=experiments[0].library, turns=turns)


class LiveLane:
    """One lane whose worker stays alive and trains when it is its turn.

    Args:
        place: its place among the lanes.
        experiment: Experiment.
        control: whether it is the first lane's second run.
        store: path of the stored images.
        turns: how many there will be.
        stop: a threading.Event, or None.
        workers: contextlib.ExitStack that ends the worker.
    """

    def __init__(self, place, experiment, control, store, turns, stop, workers):
        self._place, self._experiment, self._control = place, experiment, control
        self._stop = stop
        task = {
            "name": "train in turns",
            "experiment": experiment.model_dump(mode="json"),
            "store": str(store),
            "turns": turns,
        }
        self._worker = workers.enter_context(Worker(task))
        self._events = self._worker.events(stop)

    def wait_for(self, name):
        """Wait for an event of the worker.

        Raises:
            Stopped: `stop` was set.
            LaneEnded: the worker ended instead.
        """
        last = {}
        for event in self._events:
            if event["event"] == name:
                return event
            if event["event"] != "memory":
                last = event
        if self._stop and self._stop.is_set():
            raise Stopped
        self._worker.end()
        problem = self._worker.problem(last)
        raise LaneEnded(f"{self._experiment.name}: {problem['sentence']}")

    def take_turn(self):
        """Let the worker train for one turn.

        Returns:
            Turn.
        """
        self._worker.send("your turn")
        told = self.wait_for("turn")
        del told["event"]
        lane = self._experiment
        return Turn(
            training_function=lane.training_function,
            loader=lane.loader,
            place=self._place,
            control=self._control,
            **told,
        )
