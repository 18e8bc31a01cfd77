"""Result: what one experiment measured, as plain data with the machine and the versions.

It goes to JSON and comes back equal.
"""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from kfit_teach.common.endings import BudgetEnd, Phase, Problem
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES
from kfit_teach.common.words import say, to_say

# Bounded, since figures count by it: a number from a file that was edited could fill the memory.
ImageNumber = Annotated[int, Field(ge=1, le=NUMBER_OF_IMAGES)]
# What ratios are taken to.
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Status = Literal["done", "failed", "stopped", "over budget"]
WORDS_FOR_STATUS: dict[Status, str] = {
    "done": to_say("done"),
    "failed": to_say("failed"),
    "stopped": to_say("stopped"),
    "over budget": to_say("over budget"),
}


class MemoryUse(BaseModel):
    """Memory of one run, in MiB (2**20 bytes).

    Args:
        base_mib: resident once the model is compiled, before any data.
        peak_mib: the highest at the end of the call.
        counted: "since the base", or "since the start" where the kernel's high-water mark cannot
            be set back and did not rise either, or "with processes": the run's own mark, and on
            top of it the most that its child processes held alone (USS), sampled from outside.
        data_mib: the images as one float32 array.
    """

    base_mib: float
    peak_mib: float
    counted: Literal["since the base", "since the start", "with processes"]
    data_mib: Positive

    @property
    def peak_extra_mib(self) -> float:
        """Peak over the compiled base, data included."""
        return self.peak_mib - self.base_mib

    @property
    def times_the_data(self) -> float:
        """Peak over the compiled base, as a multiple of the data's size."""
        return self.peak_extra_mib / self.data_mib


class Timing(BaseModel):
    """Times of one run, in seconds unless the name says otherwise.

    The steady state reaches from the end of the first epoch to the end of the last, gaps between
    epochs included; by then both batch shapes (full, and the smaller last one) have been seen.
    Its figures are None where there is one epoch only. Of a run that was stopped, all reaches to
    the end of the last epoch that ended.

    Args:
        phases_s: name of each phase to its start, counted from the start of the process.
        start_up_s: from the start of the process to the call of the training function; None where
            the process had been waiting with its library imported.
        first_batch_s, first_epoch_s, call_s: from the call to the end of each.
        gaps_s: between the last batch of an epoch and the end of the next one's first batch,
            beyond a usual step; one a boundary.
        steady_images, images_per_s, ms_per_step, cpu_ms_per_image: in the steady state.
        contention: run-queue wait of all threads over the wall time, in the whole call (of a run
            that was stopped: up to the stop).
    """

    phases_s: dict[Phase, float]
    start_up_s: float | None
    first_batch_s: float
    first_epoch_s: float
    call_s: float
    gaps_s: list[FiniteFloat]
    steady_images: int
    images_per_s: Positive | None
    ms_per_step: float | None
    cpu_ms_per_image: float | None
    contention: float | None

    @property
    def images_per_s_without_pauses(self):
        """Images/s as if the library had not paused between epochs; None as above."""
        if not self.images_per_s or not self.steady_images:
            return self.images_per_s or None
        wall = self.steady_images / self.images_per_s
        return self.steady_images / (wall - sum(self.gaps_s))


class Ceiling(BaseModel):
    """The bare compiled step on ready tensors, in the same process right after the call."""

    images_per_s: Positive
    ms_per_step: float
    share: float | None  # the run's images/s over these, where it has a steady state


class Waiting(BaseModel):
    """How long a step waited for its batch, in the steady state.

    Args:
        how: "clocked" in the train_on_batch loop, where Python sees the wait; "derived" within
            fit, where it does not: the step's time less that of the ceiling.
        loader_busy_ms_per_step: how long the loader was making a batch, wherever that happened;
            None where it cannot be seen (tf.data's own threads, other processes, plain arrays).
    """

    ms_per_step: float
    how: Literal["clocked", "derived"]
    loader_busy_ms_per_step: float | None


class Neighbours(BaseModel):
    """Who else used the processors during the clocked call, in cores on average.

    Args:
        kernel_cores: the process that asked for the run: a notebook's kernel with its panel, or
            the command.
        page_cores: the browsers on this machine and what they started, whatever pages they show;
            None where none was seen.
        others_cores: everything else but the run itself. Within a container that can be work of
            other containers, where the system tells of the whole machine.
    """

    kernel_cores: float
    page_cores: float | None
    others_cores: float


class EpochCoverage(BaseModel):
    """Which images one epoch trained on."""

    trained: int  # repeats included
    distinct: int
    missed: int
    most_often: int  # how often the most frequent one was seen
    order_sha256: str  # of the image numbers, in order


class Machine(BaseModel):
    """The machine and the versions that a result was measured with."""

    system: str
    processor: str
    cores: int
    memory_gib: float
    python: str
    versions: dict[str, str]
    settings: dict[str, str]


class Result(BaseModel):
    """What one experiment measured.

    Args:
        experiment: what was run.
        status: "done", "failed", "stopped" or "over budget".
        problem: what happened, where it was not done.
        budget_end: how the memory budget ended it, where it did.
        timing, memory, machine: the measurements; None where it was not done, unless it was
            stopped after an epoch or more: then they are those of the epochs that ended.
        epochs_ended: of a run that was stopped, how many epochs had ended; else None.
        neighbours: who else used the processors meanwhile.
        ceiling, waiting: the bare step, and what waiting cost beside it.
        coverage: one EpochCoverage an epoch.
        seen: one list of image numbers an epoch, in the order trained on, for the first epochs.
        losses: the loss of every batch, in order: the batch's own, never a running mean.
        curve: (seconds since the process started, resident MiB), sampled from outside.
        batch_ends_s: one list an epoch of when its batches ended, counted from the call, for the
            first epochs.
        loader_spans_s: (start, end) of each batch that the loader made, counted from the call.
        weights_sha256: of all weights after the call.
        weights_moved: how far the call moved the trainable weight that it moved most (max |w - w at
            the start|); None where that is no finite number.
        statistics_moved: the same of the moving statistics, which are averages of what the network
            saw and no weights that training sets; None also where the network has none.
        test_accuracy: share of the test part that was told right after the call, from 0 to 1; None
            where that was not asked for.
    """

    # A loss that is no number stays one in JSON, which has no name for it.
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    experiment: Experiment
    status: Status
    problem: Problem | None = None
    budget_end: BudgetEnd | None = None
    timing: Timing | None = None
    memory: MemoryUse | None = None
    machine: Machine | None = None
    epochs_ended: int | None = None
    neighbours: Neighbours | None = None
    ceiling: Ceiling | None = None
    waiting: Waiting | None = None
    coverage: list[EpochCoverage] = []
    seen: list[list[ImageNumber]] = []
    losses: list[float] = []
    curve: list[tuple[float, float]] = []
    batch_ends_s: list[list[float]] = []
    loader_spans_s: list[tuple[float, float]] = []
    weights_sha256: str = ""
    weights_moved: float | None = None
    statistics_moved: float | None = None
    test_accuracy: float | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Result":
        """Refuse, in a file that was edited or cut, a result without what its status promises."""
        needed = ("timing", "memory", "machine") if self.status == "done" else ("problem",)
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(
                    say("a run that is {status!r} needs its {name}", status=self.status, name=name)
                )
        return self

    @property
    def diverged_at(self) -> int | None:
        """The first step, counted from 1, whose loss is no finite number; None where all are.

        >>> asked = {"training_function": "fit", "library": "keras", "images": "synthetic"}
        >>> Result(experiment=asked, status="stopped", problem={"kind": "stopped"},
        ...        losses=[2.8, float("nan")]).diverged_at
        2
        """
        steps = enumerate(self.losses, start=1)
        return next((step for step, loss in steps if not math.isfinite(loss)), None)

    def __str__(self):
        return repr(self)

    def __repr__(self):
        name = self.experiment.name
        if self.status != "done":
            how, why = say(WORDS_FOR_STATUS[self.status]), self.problem.sentence
            return say("<Result {name}: {how}, {why}>", name=name, how=how, why=why)
        peak, sha256 = self.memory.peak_extra_mib, self.weights_sha256[:8]
        if not self.timing.images_per_s:
            return say("<Result {name}: needed {peak:.0f} MiB more than before training, "
                       "weights {sha256}>",
                       name=name, peak=peak, sha256=sha256)  # fmt: skip
        return say("<Result {name}: {speed:.0f} images/s, needed {peak:.0f} MiB more than "
                   "before training, weights {sha256}>", name=name,
                   speed=self.timing.images_per_s, peak=peak, sha256=sha256)  # fmt: skip


class Turn(BaseModel):
    """What one live worker did in one block: some epochs, clocked, next to its own bare step.

    Args:
        training_function, loader: the lane.
        place: its place among the lanes, from 0; the control's is the last.
        control: whether it is the first lane run a second time, to show what chance does.
        images, wall_s, cpu_s: of the clocked epochs.
        pauses_s: what the pauses between epochs took of that.
        contention: run-queue wait of all threads over the wall time.
        ceiling_images_per_s: the bare step on ready tensors, right afterwards.
    """

    training_function: str
    loader: str
    place: int
    control: bool
    images: int
    wall_s: float
    cpu_s: float
    pauses_s: float
    contention: float | None
    ceiling_images_per_s: float

    @property
    def images_per_s(self):
        """Images over wall time, pauses included."""
        return self.images / self.wall_s

    @property
    def images_per_s_without_pauses(self):
        """Images over the wall time that was no pause."""
        return self.images / (self.wall_s - self.pauses_s)


class Block(BaseModel):
    """One turn of every lane and one of the control, of one library, in random order."""

    library: str
    turns: list[Turn]
