"""Measuring speed in blocks: live workers that train in turn, in random order.

A block is one turn of every lane and one of the control, which is the first lane a second time.
What two turns of one block have in common, such as the machine's mood, drops out of their ratio.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.result import Block, Turn
from kfit_teach.common.wire import MemorySeen, Ready, TrainInTurns, TurnTaken
from kfit_teach.common.words import say
from kfit_teach.front.running.runner import Worker

Wanted = TypeVar("Wanted")


class LaneDied(RuntimeError):
    """A live worker ended before its last turn; the sentence tells how."""


class Stopped(Exception):
    """The measuring was asked to stop."""


def measure_blocks(
    experiments: list[Experiment],
    store: Path,
    number_of_blocks: int,
    watch: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
) -> Iterator[Block]:
    """Let the lanes of one library take turns; yield each block as soon as it is done.

    Args:
        experiments: of one library; the first is run a second time as control.
        store: the stored images.
        number_of_blocks: how many blocks.
        watch: called with the number of turns that were done since the last call, 0 at first.
        stop: once it is set, all workers are ended.

    Raises:
        LaneDied: a worker ended too early; the others have been ended too.
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
            lane.wait_for(Ready)
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
        control: whether it is the first lane's second run.
        turns: how many there will be.
        workers: ends the worker.
    """

    def __init__(
        self,
        place: int,
        experiment: Experiment,
        control: bool,
        store: Path,
        turns: int,
        stop: threading.Event | None,
        workers: contextlib.ExitStack,
    ):
        self._place, self._experiment, self._control = place, experiment, control
        self._stop = stop
        task = TrainInTurns(experiment=experiment, store=store, turns=turns)
        self._worker = workers.enter_context(Worker(task))
        self._events = self._worker.events(stop)

    def wait_for(self, kind: type[Wanted]) -> Wanted:
        """Wait for an event of the worker.

        Raises:
            Stopped: `stop` was set.
            LaneDied: the worker ended instead.
        """
        last = None
        for event in self._events:
            if isinstance(event, kind):
                return event
            if not isinstance(event, MemorySeen):
                last = event
        if self._stop and self._stop.is_set():
            raise Stopped
        why = self._worker.problem(last).sentence
        raise LaneDied(say("{lane}: {why}", lane=self._experiment.name, why=why))

    def take_turn(self) -> Turn:
        """Let the worker train for one turn."""
        self._worker.send("your turn\n")
        taken = self.wait_for(TurnTaken)
        lane = self._experiment
        return Turn(
            training_function=lane.training_function,
            loader=lane.loader,
            place=self._place,
            control=self._control,
            **taken.model_dump(exclude={"event"}),
        )
