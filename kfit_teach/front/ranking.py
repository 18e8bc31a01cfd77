"""One library's part of a comparison: its lanes, each with its name, experiment, result and turns.

Libraries are never ranked together, so verdicts, tables and figures take one Ranking each.
"""

from dataclasses import dataclass, field

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.result import Block, Result, Turn
from kfit_teach.common.words import say


@dataclass(frozen=True)
class Lane:
    """One experiment as one row."""

    name: str  # what the lanes differ in: the training function, or the loader
    experiment: Experiment
    result: Result | None = None  # None for the control, and before the run
    turns: tuple[Turn, ...] = ()  # one a block, where speed was measured in blocks
    is_control: bool = False  # the first lane run a second time, to show what chance does

    @property
    def function(self) -> str:
        """Its training function, which says how it is drawn."""
        return self.experiment.training_function

    @property
    def loader(self) -> str:
        """Its loader."""
        return self.experiment.loader

    @property
    def is_done(self) -> bool:
        """Whether its run ended well."""
        return self.result is not None and self.result.status == "done"

    @property
    def is_measured(self) -> bool:
        """Whether its run measured anything: it ended well, or was stopped after an epoch."""
        result = self.result
        return result is not None and result.timing is not None and result.memory is not None

    @property
    def label(self) -> str:
        """Its name; of a function, with what keras really calls in a second line."""
        if self.is_control or self.name != self.function:
            return self.name
        return self.experiment.label.replace(": ", ":\n")


@dataclass(frozen=True)
class Ranking:
    """The lanes of one library."""

    library: str
    view: str  # what the lanes differ in: "functions", "loaders" or "natural" (both at once)
    title: str  # what the results rest on, in words
    lanes: list[Lane]  # those that have ended, in order
    control: Lane | None = None  # where speed was measured in blocks
    # max |difference| of the final weights of each two lanes, shape (lanes, lanes), None where a
    # lane has none; empty where nothing was kept
    weight_distances: list[list[float | None]] = field(default_factory=list)

    @property
    def done(self) -> list[Lane]:
        """The lanes whose runs ended well."""
        return [lane for lane in self.lanes if lane.is_done]

    @property
    def measured(self) -> list[Lane]:
        """The lanes whose runs measured anything, of whole runs or of the epochs that ended."""
        return [lane for lane in self.lanes if lane.is_measured]

    @property
    def lanes_and_control(self) -> list[Lane]:
        """The lanes, and the control as the last where there is one."""
        return [*self.lanes, self.control] if self.control else self.lanes


def name_of_lane(experiment: Experiment, view: str) -> str:
    """Name a lane after what the lanes of its view differ in."""
    return experiment.loader if view == "loaders" else experiment.training_function


def lanes_of(results: list[Result], blocks: list[Block], view: str) -> list[Lane]:
    """Make the lanes of one library."""
    return [
        Lane(name_of_lane(r.experiment, view), r.experiment, r, _turns(r.experiment, blocks, False))
        for r in results
    ]


def control_of(lanes: list[Lane], blocks: list[Block]) -> Lane | None:
    """Make the control, which is the first measured lane's second run."""
    for lane in lanes:
        turns = _turns(lane.experiment, blocks, True)
        if turns:
            return Lane(say("control"), lane.experiment, turns=turns, is_control=True)
    return None


def _turns(experiment: Experiment, blocks: list[Block], of_control: bool) -> tuple[Turn, ...]:
    """Collect one lane's turns, block by block."""
    mine = (experiment.training_function, experiment.loader, of_control)
    turns = [turn for block in blocks for turn in block.turns]
    return tuple(t for t in turns if (t.training_function, t.loader, t.control) == mine)
