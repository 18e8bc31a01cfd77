"""What may be said of one library's results, as facts: whether the lanes did the same work, and
what was shown. The words are in telling/sentences.py.

In the quick manner each lane ran once: figures are an illustration, and only what exceeds 25 % is
put in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.common.loaders import LOADERS
from kfit_teach.common.measuring.statistics import share_interval
from kfit_teach.common.result import Neighbours, Problem, Result
from kfit_teach.front.ranking import Lane, Ranking
from kfit_teach.front.speed_verdicts import BUSY_CONTENTION

# In one run each, smaller differences come and go with the machine's mood (docs/measuring.md).
SHOWN_IN_ONE_RUN = 1.25


@dataclass(frozen=True)
class BadEnding:
    """A lane that did not end well."""

    lane: str
    kind: str  # the result's status
    problem: Problem
    epochs: int  # asked for
    epochs_ended: int = 0  # before it was stopped


def bad_endings(ranking: Ranking) -> list[BadEnding]:
    """List one library's lanes that did not end well."""
    return [
        BadEnding(lane.name, lane.result.status, lane.result.problem, lane.experiment.epochs,
                  lane.result.epochs_ended or 0)
        for lane in ranking.lanes
        if lane.result.problem
    ]  # fmt: skip


@dataclass(frozen=True)
class Diverged:
    """A lane whose loss was no finite number, from this step on (counted from 1)."""

    lane: str
    step: int


def diverged(ranking: Ranking) -> Iterator[Diverged]:
    """Yield one library's lanes whose loss was no finite number in the end."""
    for lane in ranking.lanes:
        if lane.result.diverged_at:
            yield Diverged(lane.name, lane.result.diverged_at)


class Reason(NamedTuple):
    """Why a lane's weights cannot be those of others with the same batches."""

    kind: str  # one of KINDS_OF_REASONS
    function: str = ""  # the lane's, as its loader, where it matters
    loader: str = ""


@dataclass(frozen=True)
class SameWeights:
    """Whether lanes ended with the same weights.

    They "cannot" where the settings are not the same work; where they are, and the weights are not
    the same, it is "void"; it is "unknown" where fewer than two lanes were done.
    """

    answer: Literal["yes", "cannot", "void", "unknown"]
    digest: str = ""  # the beginning of their sha256, where all are the same
    agree: tuple[tuple[str, ...], ...] = ()  # names of lanes that agree, where not all do
    reasons: tuple[Reason, ...] = ()  # why they cannot all agree


def same_weights(ranking: Ranking) -> SameWeights:
    """Compare the weights' sha256 of one library's lanes."""
    done = ranking.done
    if len(done) < 2:
        return SameWeights("unknown")
    if _all_equal(done):
        return SameWeights("yes", digest=done[0].result.weights_sha256[:8])
    kinds = {work_reasons(lane.experiment) for lane in done}
    of_each_kind = [[lane for lane in done if work_reasons(lane.experiment) == k] for k in kinds]
    if not all(_all_equal(alike) for alike in of_each_kind):
        return SameWeights("void")
    alike = {}
    for lane in done:
        alike.setdefault(lane.result.weights_sha256, []).append(lane.name)
    agree = tuple(tuple(names) for names in alike.values() if len(names) > 1)
    reasons = tuple(reason for kind in sorted(kinds, key=_place) for reason in kind)
    return SameWeights("cannot", agree=agree, reasons=reasons)


def _all_equal(lanes: list[Lane]) -> bool:
    """Tell whether the weights of all these lanes are the same, bit for bit."""
    return len({lane.result.weights_sha256 for lane in lanes}) == 1


# In this order they are told.
KINDS_OF_REASONS = (
    "JPEG", "augmentation", "other masks", "own order", "tutorial's last batch",
    "rounds in train_on_batch", "rounds in even batches",
)  # fmt: skip


def _place(reasons: tuple[Reason, ...]) -> list:
    return [(KINDS_OF_REASONS.index(reason.kind), *reason[1:]) for reason in reasons]


def work_reasons(experiment: Experiment) -> tuple[Reason, ...]:
    """Say what keeps this experiment's weights from being those of others with the same batches.

    The first three were found by measurement; docs/measuring.md tells how.

    Returns:
        Empty for most; lanes with the same reasons must agree bit for bit.
    """
    partial_batch = experiment.number_of_images % experiment.batch_size != 0
    by_batch = experiment.training_function == "train_on_batch"
    over_arrays = LOADERS[experiment.loader].hands_over == "arrays"
    reasons = []
    # In tf_keras a smaller last batch makes train_on_batch trace its step anew.
    if experiment.library == "tf_keras" and experiment.has_dropout and by_batch and partial_batch:
        reasons.append(Reason("other masks"))
    # A step traced for batches of one known size multiplies by 1/n where a step for any size
    # divides by n. BatchNormalization's averages then round differently, unless n is a power of 2.
    # (In tf_keras one fused operation averages over images; only after Dense layers, as minivggnet
    # has one, it does not.)
    sizes = (experiment.batch_size, experiment.image_size)
    divides = experiment.library == "keras" or experiment.model == "minivggnet"
    averages = experiment.has_batch_normalization and divides
    rounds = averages and not all(size.bit_count() == 1 for size in sizes)
    if rounds and by_batch and partial_batch:
        reasons.append(Reason("rounds in train_on_batch"))
    elif rounds and not partial_batch and (by_batch or over_arrays):
        reasons.append(Reason("rounds in even batches"))
    return (*reasons, *_reasons_of_loader(experiment))


def _reasons_of_loader(experiment: Experiment) -> Iterator[Reason]:
    """Say what a loader, or augmentation, changes about the images themselves or their order."""
    lane = (experiment.training_function, experiment.loader)
    loader = LOADERS[experiment.loader]
    cut_by_fit = loader.hands_over == "arrays" and experiment.call == "fit"
    if experiment.shuffle and (cut_by_fit or loader.shuffles_itself):
        yield Reason("own order", *lane)
    if experiment.augment in ("generator", "layers"):
        yield Reason("augmentation", *lane)
    if loader.reads_round and experiment.number_of_images % experiment.batch_size:
        yield Reason("tutorial's last batch")
    if loader.form == "folder" and experiment.images == "synthetic":
        yield Reason("JPEG")


@dataclass(frozen=True)
class SpeedOfSingleRuns:
    """What one run each can show of speed."""

    kind: Literal["nothing to compare", "no steady state", "busy", "none shown", "shown"]
    reference: str = ""  # the first lane
    lanes: tuple[str, ...] = ()  # where it is "busy": those that had something else beside them
    neighbours: Neighbours | None = None  # where it is "busy", and known: who that was
    ratios: tuple[tuple[str, float], ...] = ()  # (lane, images/s over the reference's): over 25 %
    paused: tuple[str, ...] = ()  # beyond 25 % by their pauses between epochs alone


def speed_of_single_runs(ranking: Ranking) -> SpeedOfSingleRuns:
    """Find what may be said of one library's speed where each lane ran once."""
    if len(ranking.done) < 2:
        return SpeedOfSingleRuns("nothing to compare")
    first, *others = ranking.done
    reference = first.result.timing
    if reference.images_per_s is None:
        return SpeedOfSingleRuns("no steady state")
    busy = [lane for lane in ranking.done if was_busy(lane.result)]
    if busy:
        names = tuple(lane.name for lane in busy)
        return SpeedOfSingleRuns("busy", first.name, names, busiest_neighbours(busy))
    ratios, paused = [], []
    for lane in others:
        timing = lane.result.timing
        ratio = timing.images_per_s / reference.images_per_s
        without_pauses = timing.images_per_s_without_pauses / reference.images_per_s_without_pauses
        if _is_shown(ratio) and _is_shown(without_pauses):
            ratios.append((lane.name, ratio))
        elif _is_shown(ratio):
            paused.append(lane.name)
    kind = "shown" if ratios or paused else "none shown"
    return SpeedOfSingleRuns(kind, first.name, ratios=tuple(ratios), paused=tuple(paused))


def was_busy(result: Result) -> bool:
    """Tell whether something else wanted the processors during the run."""
    contention = result.timing.contention
    return contention is not None and contention > BUSY_CONTENTION


def _is_shown(ratio: float) -> bool:
    """Tell whether a ratio of two single runs is far enough from 1 to be put in words."""
    return not 1 / SHOWN_IN_ONE_RUN <= ratio <= SHOWN_IN_ONE_RUN


def busiest_neighbours(lanes: list[Lane]) -> Neighbours | None:
    """Find who used the processors most beside one of these lanes; None where nobody looked."""
    known = [lane.result.neighbours for lane in lanes if lane.result.neighbours]
    return max(known, key=lambda one: own_cores(one) + one.others_cores, default=None)


def own_cores(neighbours: Neighbours) -> float:
    """Add up what our own notebook and its page used."""
    return neighbours.kernel_cores + (neighbours.page_cores or 0)


class Peak(NamedTuple):
    """What a lane needed at its highest point more than before training."""

    lane: str
    mib: float
    times: float  # as a multiple of the images
    epochs_ended: int | None = None  # where it was stopped


@dataclass(frozen=True)
class PeakMemory:
    """The peaks of the lanes, the highest first, and those that were stopped last."""

    peaks: tuple[Peak, ...]


@dataclass(frozen=True)
class CopiesOfArrays:
    """A lane that holds its images three times: the array, a copy, the tensor."""

    lane: str
    times: float  # its whole peak, as a multiple of the images


@dataclass(frozen=True)
class RepeatedOrder:
    """A shuffle that drew one order for every epoch."""

    lane: str


@dataclass(frozen=True)
class Accuracies:
    """The lanes' accuracies on the test images."""

    images: int
    lanes: tuple[tuple[str, float, float, float], ...]  # (lane, accuracy, low, high: 95 % interval)
    overlap: Literal["all", "some", "none"]  # which of the intervals overlap each other


@dataclass(frozen=True)
class TwoThingsChange:
    """Each function had its natural loader, so functions alone are not compared."""


def beside_speed(ranking: Ranking) -> Iterator:
    """Yield what one library's results show beside speed."""
    done = ranking.done
    yield from diverged(ranking)
    if ranking.measured:
        yield peak_memory(ranking)
    for lane in done:
        if _copies_arrays(lane.experiment):
            yield CopiesOfArrays(lane.name, lane.result.memory.times_the_data)
    for lane in done:
        orders = {epoch.order_sha256 for epoch in lane.result.coverage}
        if lane.experiment.shuffle and len(lane.result.coverage) > 1 and len(orders) == 1:
            yield RepeatedOrder(lane.experiment.label)
    yield from accuracies(ranking)
    if done and ranking.view == "natural" and len({lane.loader for lane in done}) > 1:
        yield TwoThingsChange()


def peak_memory(ranking: Ranking) -> PeakMemory:
    """Put the peaks of one library's lanes in order; what was stopped may not have had its own."""
    measured = sorted(ranking.measured, key=lambda lane: -lane.result.memory.peak_extra_mib)
    measured.sort(key=lambda lane: not lane.is_done)
    return PeakMemory(tuple(
        Peak(lane.name, lane.result.memory.peak_extra_mib, lane.result.memory.times_the_data,
             None if lane.is_done else lane.result.epochs_ended)
        for lane in measured
    ))  # fmt: skip


def _copies_arrays(experiment: Experiment) -> bool:
    """Tell whether fit is given whole float32 arrays, which it copies (docs/measuring.md)."""
    return experiment.call == "fit" and experiment.loader == "arrays"


def accuracies(ranking: Ranking) -> Iterator[Accuracies]:
    """Yield the accuracies, where they were taken, and whether they can be told apart."""
    images = PART_SIZES["test"]
    taken = [(lane.name, lane.result.test_accuracy) for lane in ranking.done
             if lane.result.test_accuracy is not None]  # fmt: skip
    if not taken:
        return
    lanes = tuple((name, accuracy, *share_interval(round(accuracy * images), images))
                  for name, accuracy in taken)  # fmt: skip
    overlap = [max(a[2], b[2]) <= min(a[3], b[3]) for a, b in combinations(lanes, 2)]
    some = "some" if any(overlap) else "none"
    yield Accuracies(images, lanes, "all" if overlap and all(overlap) else some)
