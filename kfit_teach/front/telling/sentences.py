"""The one place that speaks: every fact about results, as a sentence."""

from functools import singledispatch

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.flowers import NAME_OF_KIND
from kfit_teach.common.result import WORDS_FOR_STATUS, Machine, Neighbours, Result
from kfit_teach.common.words import listed, say, say_counted, to_say
from kfit_teach.front.networks import BetweenLibraries
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.speed_verdicts import (
    ControlDiffers,
    MachineBusy,
    SpeedVerdict,
    doubts,
    speed_verdicts,
)
from kfit_teach.front.verdicts import (
    Accuracies,
    BadEnding,
    CopiesOfArrays,
    Diverged,
    Peak,
    PeakMemory,
    RepeatedOrder,
    SameWeights,
    SpeedOfSingleRuns,
    TwoThingsChange,
    bad_endings,
    beside_speed,
    own_cores,
    same_weights,
    speed_of_single_runs,
)


def sentences(ranking: Ranking, measuring_ended: str = "") -> list[str]:
    """Say in plain words what one library's results show, failures first.

    What ended the measuring too early, if anything, is given as a sentence.
    """
    said = [tell(failure) for failure in bad_endings(ranking)]
    if measuring_ended:
        said.append(say("Measuring ended early: {sentence}", sentence=measuring_ended))
    same = same_weights(ranking)
    if same.answer != "void":
        said += map(tell, [*_of_speed(ranking), *beside_speed(ranking)])
    return [*said, tell(same)]


def _of_speed(ranking: Ranking) -> list:
    """Find what is to be said of speed: pauses included; and without them where that is other."""
    judged = speed_verdicts(ranking)
    if not judged:
        return [speed_of_single_runs(ranking)]
    between = speed_verdicts(ranking, without_pauses=True)
    others = [verdict for verdict, with_pauses in zip(between, judged, strict=True)
              if verdict.answer != with_pauses.answer]  # fmt: skip
    return [*doubts(ranking, judged), *judged, *others]


@singledispatch
def tell(fact) -> str:
    """Say a fact in a sentence."""
    raise TypeError(f"nobody says what {type(fact).__name__} means")


@tell.register
def _(fact: BadEnding):
    if fact.kind == "stopped":
        return say("{ended}.", ended=how_it_ended(fact))
    return say("{ended}: {what}", ended=how_it_ended(fact), what=fact.problem.sentence)


def how_it_ended(fact: BadEnding) -> str:
    """Say in a few words how a lane ended."""
    if fact.kind != "stopped":
        status = say(WORDS_FOR_STATUS[fact.kind])
        return say("{lane} {status}", lane=fact.lane, status=status)
    if not fact.epochs_ended:
        return say("{lane} stopped before its first epoch ended", lane=fact.lane)
    when = after_epochs(fact.epochs_ended, fact.epochs)
    return say("{lane} stopped {when}", lane=fact.lane, when=when)


def after_epochs(ended: int, asked: int) -> str:
    """Say when a lane was stopped."""
    return say("after {ended} of {asked} epochs", ended=ended, asked=asked)


@tell.register
def _(fact: Diverged):
    return say("{lane} diverged: from step {step} on its loss is no number.", lane=fact.lane,
               step=fact.step)  # fmt: skip


SAME_WEIGHTS = {
    "unknown": to_say("Same weights: unknown, since fewer than two lanes ended."),
    "yes": to_say("Same weights: yes, bit for bit (sha256 {digest}...)."),
    "void": to_say(
        "Same weights: no, though the settings ask for the same work; the comparison is void."
    ),
}
REASON = {
    "JPEG": to_say("JPEG files of the stand-in lose a little of its colours"),
    "augmentation": to_say("augmentation draws as it goes in {function} over {loader}"),
    "other masks": to_say(
        "in tf_keras a smaller last batch makes train_on_batch trace its step anew, and Dropout "
        "then draws other masks"
    ),
    "own order": to_say(
        "shuffling is on, and {function} over {loader} draws an order of its own"
    ),
    "tutorial's last batch": to_say(
        "the tutorial's reader fills its last batch from the beginning of the file"
    ),
    "rounds in train_on_batch": to_say(
        "train_on_batch starts with a step made for batches of one known size, in which "
        "BatchNormalization's averages round differently"
    ),
    "rounds in even batches": to_say(
        "where every batch has the same size a step may be made for that size, in which "
        "BatchNormalization's averages round differently"
    ),
}  # fmt: skip


@tell.register
def _(fact: SameWeights):
    if fact.answer != "cannot":
        return say(SAME_WEIGHTS[fact.answer], digest=fact.digest)
    why = "; ".join(why_other_weights(fact))
    no = say("Same weights: no, and that is expected, because {why}.", why=why)
    if not fact.agree:
        return no
    agree = [say("{lanes} agree", lanes=listed(list(names))) for names in fact.agree]
    return say("{no} Bit for bit, {lanes}.", no=no, lanes=listed(agree))


def why_other_weights(fact: SameWeights) -> list[str]:
    """Say each reason why lanes of one library have other weights, to stand after "because"."""
    return [say(REASON[kind], function=function, loader=loader)
            for kind, function, loader in fact.reasons]  # fmt: skip


WHY_LIBRARIES_DIFFER = {
    "Dropout": to_say(
        "with Dropout the layers behind it begin with other weights (keras draws a seed for "
        "Dropout before them, tf_keras does not)"
    ),
    "BatchNormalization": to_say(
        "BatchNormalization rounds differently (tf_keras averages over images in one fused "
        "operation, keras does not)"
    ),
    "own order": to_say("shuffling is on, and the fit of each draws an order of its own"),
}


@tell.register
def _(fact: BetweenLibraries):
    libraries = listed(list(fact.libraries))
    if not fact.differ:
        return say("{libraries} agree with each other, bit for bit.", libraries=libraries)
    lanes = listed(list(fact.differ))
    if not fact.reasons:
        return say("{libraries} differ in {lanes}; why is not known here.", libraries=libraries,
                   lanes=lanes)  # fmt: skip
    return say(
        "{libraries} differ in {lanes}, and that is expected, because {why}.",
        libraries=libraries,
        lanes=lanes,
        why="; ".join(why_libraries_differ(fact)),
    )


def why_libraries_differ(fact: BetweenLibraries) -> list[str]:
    """Say each reason why the libraries differ, to stand after "because"."""
    return [say(WHY_LIBRARIES_DIFFER[reason]) for reason in fact.reasons]


# So little beside a run makes no machine busy.
TOO_LITTLE_CORES = 0.2
SPEED_OF_SINGLE_RUNS = {
    "nothing to compare": to_say("There is nothing to compare: fewer than two lanes ended."),
    "no steady state": to_say("One epoch has no steady state, so nothing is said of images/s."),
    "busy": to_say(
        "The machine was busy while {lanes} ran, so nothing is said of images/s; run it again on a "
        "quiet machine."
    ),
    "none shown": to_say(
        "No difference in speed shown: in one run each, no images/s differs by more than 25 % from "
        "those of {reference}."
    ),
}


@tell.register
def _(fact: SpeedOfSingleRuns):
    if fact.kind == "shown":
        return _of_ratios(fact)
    lanes = listed(list(fact.lanes)) if fact.lanes else ""
    said = say(SPEED_OF_SINGLE_RUNS[fact.kind], lanes=lanes, reference=fact.reference)
    return f"{said} {tell(fact.neighbours)}" if fact.neighbours else said


def _of_ratios(fact: SpeedOfSingleRuns) -> str:
    """Say which lanes differ in one run each, and which by their pauses alone."""
    shown = [
        say("{lane} trained {ratio:.2f} times as many images/s as {reference}",
            lane=lane, ratio=ratio, reference=fact.reference)
        for lane, ratio in fact.ratios
    ]  # fmt: skip
    said = [say("In this one run each, {shown}.", shown=listed(shown))] if shown else []
    if fact.paused and not shown:
        said.append(apart_from_pauses())
    elif fact.paused:
        said.append(say(
            "Apart from pauses between epochs, no difference above 25 % between {lanes}.",
            lanes=listed([fact.reference, *fact.paused])))  # fmt: skip
    return " ".join(said)


def apart_from_pauses() -> str:
    """Say that the pauses between epochs are all that was shown."""
    return say("Apart from pauses between epochs, no difference above 25 %.")


@tell.register
def _(fact: Neighbours):
    page = fact.page_cores
    cores = {"kernel": fact.kernel_cores, "page": page, "others": fact.others_cores}
    if page is None:
        used = say("Beside it, this notebook or command used {kernel:.2f} cores and other "
                   "programs {others:.2f}", **cores)  # fmt: skip
    else:
        used = say("Beside it, this notebook used {kernel:.2f} cores, its page (all browsers) "
                   "{page:.2f}, and other programs {others:.2f}", **cores)  # fmt: skip
    if own_cores(fact) + fact.others_cores < TOO_LITTLE_CORES:
        return say("{used}, which does not explain it.", used=used)
    if own_cores(fact) > fact.others_cores:
        return say("{used}: it was mostly ourselves.", used=used)
    return say("{used}: it was mostly other programs.", used=used)


# Each with the pauses between epochs, and without them.
SPEED_VERDICT = {
    "faster": (
        to_say("{lane} is faster than {reference} ({figures})."),
        to_say("Without the pauses between epochs, {lane} is faster than {reference} ({figures})."),
    ),
    "slower": (
        to_say("{lane} is slower than {reference} ({figures})."),
        to_say("Without the pauses between epochs, {lane} is slower than {reference} ({figures})."),
    ),
    "same": (
        to_say("{lane} and {reference}: no difference above 5 % ({figures})."),
        to_say(
            "Without the pauses between epochs, {lane} and {reference}: no difference above 5 % "
            "({figures})."
        ),
    ),
    "not resolved": (
        to_say(
            "{lane} and {reference}: not resolved on this machine ({figures}); about {blocks} "
            "blocks are needed."
        ),
        to_say(
            "Without the pauses between epochs, {lane} and {reference}: not resolved on this "
            "machine ({figures}); about {blocks} blocks are needed."
        ),
    ),
}
SHORT_VERDICT = {
    "faster": to_say("faster"),
    "slower": to_say("slower"),
    "same": to_say("no difference above 5 %"),
    "not resolved": to_say("not resolved; about {blocks} blocks needed"),
}


@tell.register
def _(fact: SpeedVerdict):
    known = fact.known
    figures = say("{ratio:.2f} times as many images/s, 95 % interval {low:.2f} to {high:.2f}",
                  ratio=known.ratio, low=known.low, high=known.high)  # fmt: skip
    message = SPEED_VERDICT[fact.answer][fact.without_pauses]
    lanes = {"lane": fact.lane.name, "reference": fact.reference.name}
    return say(message, figures=figures, blocks=fact.blocks_needed, **lanes)


def short(verdict: SpeedVerdict) -> str:
    """Say a verdict in a few words, for a table."""
    return say(SHORT_VERDICT[verdict.answer], blocks=verdict.blocks_needed)


def ratio_with_interval(known) -> str:
    """Write a RatioInterval as figures alone."""
    return say("{ratio:.2f} [{low:.2f}, {high:.2f}]", ratio=known.ratio, low=known.low,
               high=known.high)  # fmt: skip


@tell.register
def _(fact: ControlDiffers):
    return say(
        "Doubtful: {lane} run a second time, as control, came out at {figures} of itself.",
        lane=fact.verdict.reference.name, figures=ratio_with_interval(fact.verdict.known),
    )  # fmt: skip


@tell.register
def _(fact: MachineBusy):
    return say(
        "Doubtful: the machine was busy with something else (contention {contention:.1f}: threads "
        "waited that much of the time for a processor); run it again on a quiet machine.",
        contention=fact.contention)  # fmt: skip


@tell.register
def _(fact: PeakMemory):
    first, *others = fact.peaks
    needed = say("{lane} needed {mib:.0f} MiB more than before training ({times:.1f} times your "
                 "images)", lane=_peak_of(first), mib=first.mib, times=first.times)  # fmt: skip
    if not others:
        return say("{needed}.", needed=needed)
    return say("{needed}, {others}.", needed=needed, others=listed([peak(one) for one in others]))


def peak(one: Peak) -> str:
    """Say a lane's peak in a few words, beside others."""
    return say("{lane} {mib:.0f} MiB ({times:.1f} times)", lane=_peak_of(one), mib=one.mib,
               times=one.times)  # fmt: skip


def _peak_of(one: Peak) -> str:
    """Name the lane; what was stopped may have had its highest point before it."""
    if one.epochs_ended is None:
        return one.lane
    return say_counted("{lane} (stopped after {number} epoch)",
                       "{lane} (stopped after {number} epochs)", one.epochs_ended,
                       lane=one.lane)  # fmt: skip


@tell.register
def _(fact: CopiesOfArrays):
    return say(
        "Why {times:.1f} times: {lane} holds your images three times before its first batch (your "
        "array, a copy of it, the tensor) and twice while it trains; what a step itself needs "
        "comes on top.", lane=fact.lane, times=fact.times)  # fmt: skip


@tell.register
def _(fact: RepeatedOrder):
    return say("Shuffling is on, yet {lane} drew the same order in every epoch.", lane=fact.lane)


ACCURACIES = {
    "all": to_say(
        "Accuracy on the {images} test images, 95 % interval: {lanes}; the intervals overlap, so "
        "these cannot be told apart."
    ),
    "some": to_say(
        "Accuracy on the {images} test images, 95 % interval: {lanes}; where intervals overlap, "
        "lanes cannot be told apart."
    ),
    "none": to_say("Accuracy on the {images} test images, 95 % interval: {lanes}."),
}


@tell.register
def _(fact: Accuracies):
    lanes = [say("{lane} {accuracy:.2f} [{low:.2f}, {high:.2f}]", lane=lane, accuracy=accuracy,
                 low=low, high=high) for lane, accuracy, low, high in fact.lanes]  # fmt: skip
    return say(ACCURACIES[fact.overlap], images=fact.images, lanes=listed(lanes))


@tell.register
def _(fact: TwoThingsChange):
    return say(
        "Caution: the functions were also fed differently; to compare functions alone, feed all "
        "with the generator."
    )


@tell.register
def _(fact: Machine):
    versions = ", ".join(f"{name} {number}" for name, number in fact.versions.items())
    return say(
        "Machine: {processor}, {cores} cores, {memory:.0f} GiB, {system}, Python {python}, "
        "{versions}.",
        processor=fact.processor, cores=fact.cores, memory=fact.memory_gib, system=fact.system,
        python=fact.python, versions=versions)  # fmt: skip


def kind_of_machine(machine: Machine) -> str:
    """Name a kind of machine in a few words."""
    return say("{processor}, {cores} cores", processor=machine.processor, cores=machine.cores)


def title(settings: ComparisonSettings, library: str, results: list[Result], blocks: int) -> str:
    """Say what one library's results rest on: network, images, and how sure they are."""
    machines = [result.machine for result in results if result.machine]
    version = machines[0].versions.get(library) if machines else None
    phrases = [
        say("{network}, {images} images ({kind})", network=settings.network,
            images=settings.number_of_images, kind=say(NAME_OF_KIND[settings.images])),
        say("sorted by class") if settings.order == "sorted" else "",
        say("shuffled") if settings.shuffle else "",
        say("{size} px", size=settings.image_size),
        say("batches of {batch}", batch=settings.batch_size),
        say_counted("{number} epoch", "{number} epochs", settings.epochs),
        say("augmented by {augment}", augment=settings.augment)
        if settings.augment != "none" else "",
    ]  # fmt: skip
    sure = say("{blocks} blocks", blocks=blocks) if blocks else say("illustration: one run each")
    name = f"{library} {version}" if version else library
    return say("{library}: {phrases} ({sure})", library=name,
               phrases=", ".join(filter(None, phrases)), sure=sure)  # fmt: skip
