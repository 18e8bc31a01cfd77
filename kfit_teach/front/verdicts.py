"""What may be said of results: whether the lanes did the same work, and what was shown.

Every function takes the results of one library, since libraries are never ranked together. In
the quick manner each lane ran once: figures are an illustration, and only what exceeds 25 % is
put in words.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.common.loaders import HANDS_OVER
from kfit_teach.common.measuring.statistics import share_interval
from kfit_teach.front.speed_verdicts import BUSY_CONTENTION

# In one run each, smaller differences come and go with the machine's mood (docs/measuring.md).
SHOWN_IN_ONE_RUN = 1.25


@dataclass(frozen=True)
class SameWeights:
    """Whether lanes ended with the same weights, and what follows from it.

    Args:
        answer: "yes"; "cannot" (these settings are not the same work); "void" (they should be,
            and are not); "unknown" (fewer than two lanes were done).
        sentence: the answer in words.
    """

    answer: Literal["yes", "cannot", "void", "unknown"]
    sentence: str


def same_weights(results):
    """Compare the weights' sha256 of one library's lanes.

    Args:
        results: list of Result of one library.

    Returns:
        SameWeights.
    """
    done = [result for result in results if result.status == "done"]
    if len(done) < 2:
        return SameWeights("unknown", "Same weights: unknown, since fewer than two lanes ended.")
    if _all_equal(done):
        digest = done[0].weights_sha256[:8]
        return SameWeights("yes", f"Same weights: yes, bit for bit (sha256 {digest}...).")
    kinds = {work_kind(result.experiment) for result in done}
    of_each_kind = [[r for r in done if work_kind(r.experiment) == kind] for kind in kinds]
    if not all(_all_equal(alike) for alike in of_each_kind):
        return SameWeights(
            "void",
            "Same weights: no, though the settings ask for the same work; the comparison is void.",
        )
    name_of = dict(zip(map(id, done), names_of_lanes(done), strict=True))
    agree = [_listed([name_of[id(r)] for r in alike])
             for alike in of_each_kind if len(alike) > 1]  # fmt: skip
    rest = f" ({agree[0]} agree)" if agree else ""
    reasons = _listed([reason for kind in sorted(kinds) for reason in kind])
    return SameWeights("cannot", f"Same weights: cannot be{rest}, since {reasons}.")


def names_of_lanes(results):
    """Name lanes by what they differ in: the training function, or the loader.

    Args:
        results: list of Result of one library.

    Returns:
        list of str, in the same order.
    """
    return names_of_experiments([result.experiment for result in results])


def names_of_experiments(experiments):
    """Name the lanes of one library before they have run; as above."""
    functions = [experiment.training_function for experiment in experiments]
    if len(set(functions)) == len(functions):
        return functions
    return [experiment.loader for experiment in experiments]


def work_kind(experiment):
    """Say what keeps this experiment's weights from being those of others with the same batches.

    Both exceptions were found by measurement; docs/measuring.md tells how.

    Args:
        experiment: Experiment.

    Returns:
        Tuple of reasons, empty for most; lanes with the same reasons must agree bit for bit.
    """
    partial_batch = experiment.number_of_images % experiment.batch_size != 0
    by_batch = experiment.training_function == "train_on_batch"
    over_arrays = HANDS_OVER[experiment.loader] == "arrays"
    reasons = []
    if experiment.library == "tf_keras" and experiment.has_dropout and by_batch and partial_batch:
        reasons.append(
            "in tf_keras a smaller last batch makes train_on_batch trace its step anew, and "
            "Dropout then draws other masks"
        )
    # A step traced for batches of one known size multiplies by 1/n where a step for any size
    # divides by n. BatchNormalization's averages then round differently, unless n is a power of 2.
    # (In tf_keras one fused operation averages over images; only after Dense layers, as minivggnet
    # has one, it does not.)
    sizes = (experiment.batch_size, experiment.image_size)
    divides = experiment.library == "keras" or experiment.model == "minivggnet"
    averages = experiment.has_batch_normalization and divides
    rounds = averages and not all(size.bit_count() == 1 for size in sizes)
    if rounds and by_batch and partial_batch:
        reasons.append(
            "train_on_batch starts with a step made for batches of one known size, in which "
            "BatchNormalization's averages round differently"
        )
    elif rounds and not partial_batch and (by_batch or over_arrays):
        reasons.append(
            "where every batch has the same size a step may be made for that size, in which "
            "BatchNormalization's averages round differently"
        )
    return (*reasons, *_reasons_of_loader(experiment))


def _reasons_of_loader(experiment):
    """Say what a loader, or augmentation, changes about the images themselves or their order."""
    lane = f"{experiment.training_function} over {experiment.loader}"
    cut_by_fit = HANDS_OVER[experiment.loader] == "arrays" and experiment.call == "fit"
    if experiment.shuffle and (cut_by_fit or experiment.loader in ("tf_data", "flow")):
        yield f"shuffling is on, and {lane} draws an order of its own"
    if experiment.augment in ("generator", "layers"):
        yield f"augmentation draws as it goes in {lane}"
    if experiment.loader == "csv_tutorial" and experiment.number_of_images % experiment.batch_size:
        yield "the tutorial's reader fills its last batch from the beginning of the file"
    if experiment.loader == "folder" and experiment.images == "synthetic":
        yield "JPEG files of the stand-in lose a little of its colours"


def _all_equal(results):
    """Tell whether the weights of all these results are the same, bit for bit."""
    return len({result.weights_sha256 for result in results}) == 1


def speed_without_pauses(result):
    """Work out images/s as if the library had not paused between epochs.

    Args:
        result: Result that is done.

    Returns:
        images/s, or None where there was one epoch only.
    """
    timing = result.timing
    if not timing.images_per_s:
        return None
    wall = timing.steady_images / timing.images_per_s
    return timing.steady_images / (wall - sum(timing.gaps_s))


def was_busy(result):
    """Tell whether something else wanted the processors during the run."""
    contention = result.timing.contention
    return contention is not None and contention > BUSY_CONTENTION


def conclusion(results, view):
    """Say in plain words what one library's results show beside speed.

    Args:
        results: list of Result of one library.
        view: "functions", "loaders" or "natural".

    Returns:
        A few sentences.
    """
    done = [result for result in results if result.status == "done"]
    if not done:
        return ""
    sentences = [_memory_sentence(done), *_shuffle_sentences(done), *_accuracy_sentence(done)]
    if view == "natural" and len({result.experiment.loader for result in done}) > 1:
        sentences.append(
            "Each function has its natural loader here, so two things change at once; "
            "the loader generator would give all of them the same."
        )
    return " ".join(sentences)


def speed_sentence(results):
    """Put into words only what one run each can show of one library's speed.

    Args:
        results: list of Result.

    Returns:
        A sentence.
    """
    done = [result for result in results if result.status == "done"]
    if len(done) < 2:
        return "There is nothing to compare: fewer than two lanes ended."
    if done[0].timing.images_per_s is None:
        return "One epoch has no steady state, so nothing is said of images/s."
    names = names_of_lanes(done)
    busy = [name for name, result in zip(names, done, strict=True) if was_busy(result)]
    if busy:
        return (
            f"The machine was busy with something else while {_listed(busy)} ran, so nothing is "
            "said of images/s; run it again on a quiet machine."
        )
    shown = list(_shown_differences(names, done))
    if not shown:
        return (
            f"In this one run each, no images/s differs by more than 25 % from those of {names[0]}."
        )
    return f"In this one run each, {_listed(shown)}."


def _shown_differences(names, done):
    """Yield what exceeds 25 % of the first lane's speed, and what the pauses alone explain."""
    paused = []
    for name, other in zip(names[1:], done[1:], strict=True):
        ratio, without_pauses = _speed_ratios(done[0], other)
        if _is_shown(ratio) and _is_shown(without_pauses):
            yield f"{name} trained {ratio:.2f} times as many images/s as {names[0]}"
        elif _is_shown(ratio):
            paused.append(name)
    if paused:
        yield (
            f"without the pauses between epochs {_listed(paused)} would be within 25 % of "
            f"{names[0]}"
        )


def _is_shown(ratio):
    """Tell whether a ratio of two single runs is far enough from 1 to be put in words."""
    return not 1 / SHOWN_IN_ONE_RUN <= ratio <= SHOWN_IN_ONE_RUN


def _speed_ratios(first, other):
    """Give the ratio of two lanes' images/s, as measured and without the pauses."""
    return (
        other.timing.images_per_s / first.timing.images_per_s,
        speed_without_pauses(other) / speed_without_pauses(first),
    )


def _memory_sentence(done):
    """Say what each lane's memory peaked at."""
    named = zip(names_of_lanes(done), done, strict=True)
    peaks = [
        f"{name} {result.memory.peak_extra_mib:.0f} MiB "
        f"({result.memory.times_the_data:.1f} times the data)"
        for name, result in sorted(named, key=lambda pair: -pair[1].memory.peak_extra_mib)
    ]
    return f"Peak memory over the compiled model: {_listed(peaks)}."


def _shuffle_sentences(done):
    """Tell of a shuffle that draws one order for every epoch, where that was seen."""
    return [
        f"Shuffling is on, yet {result.experiment.label} drew the same order in every epoch."
        for result in done
        if result.experiment.shuffle
        and len(result.coverage) > 1
        and len({epoch.order_sha256 for epoch in result.coverage}) == 1
    ]


def _accuracy_sentence(done):
    """Tell each lane's accuracy on the test part, where it was taken, and what that can show."""
    named = zip(names_of_lanes(done), done, strict=True)
    lanes = [(name, r.test_accuracy) for name, r in named if r.test_accuracy is not None]
    if not lanes:
        return
    images = PART_SIZES["test"]
    intervals = [share_interval(round(accuracy * images), images) for _, accuracy in lanes]
    told = [
        f"{name} {accuracy:.2f} [{low:.2f}, {high:.2f}]"
        for (name, accuracy), (low, high) in zip(lanes, intervals, strict=True)
    ]
    overlap = [max(a[0], b[0]) <= min(a[1], b[1]) for a, b in combinations(intervals, 2)]
    if overlap and all(overlap):
        shown = "; the intervals overlap, so these cannot be told apart"
    else:
        shown = "; where intervals overlap, lanes cannot be told apart" if any(overlap) else ""
    yield f"Accuracy on the {images} test images, 95 % interval: {_listed(told)}{shown}."


def _listed(phrases):
    """Join phrases with commas and a last "and"."""
    return ", ".join(phrases[:-1]) + (" and " if len(phrases) > 1 else "") + phrases[-1]
