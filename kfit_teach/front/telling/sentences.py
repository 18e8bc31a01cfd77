"""The one place that speaks: every fact about results, as a sentence."""

from functools import singledispatch

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.flowers import NAME_OF_KIND
from kfit_teach.common.result import WORDS_FOR_STATUS, Machine, Result
from kfit_teach.common.words import listed, say, say_counted, to_say
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
    PeakMemory,
    RepeatedOrder,
    SameWeights,
    SpeedOfSingleRuns,
    TwoThingsChange,
    beside_speed,
    same_weights,
    speed_of_single_runs,
)


def sentences(ranking: Ranking, measuring_ended: str = "") -> list[str]:
    """Say in plain words what one library's results show, failures first.

    What ended the measuring too early, if anything, is given as a sentence.
    """
    failures = [BadEnding(lane.name, lane.result.status, lane.result.problem)
                for lane in ranking.lanes if lane.result.problem]  # fmt: skip
    said = [tell(failure) for failure in failures]
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
    status = say(WORDS_FOR_STATUS[fact.kind])
    return say("{lane} {status}: {what}", lane=fact.lane, status=status, what=fact.problem.sentence)


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
    why = listed([say(REASON[kind], function=function, loader=loader)
                  for kind, function, loader in fact.reasons])  # fmt: skip
    if not fact.agree:
        return say("Same weights: cannot be, since {why}.", why=why)
    agree = listed(list(fact.agree))
    return say("Same weights: cannot be ({lanes} agree), since {why}.", lanes=agree, why=why)


SPEED_OF_SINGLE_RUNS = {
    "nothing to compare": to_say("There is nothing to compare: fewer than two lanes ended."),
    "no steady state": to_say("One epoch has no steady state, so nothing is said of images/s."),
    "busy": to_say(
        "The machine was busy with something else while {lanes} ran, so nothing is said of "
        "images/s; run it again on a quiet machine."
    ),
    "none shown": to_say(
        "In this one run each, no images/s differs by more than 25 % from those of {reference}."
    ),
}


@tell.register
def _(fact: SpeedOfSingleRuns):
    if fact.kind != "shown":
        lanes = listed(list(fact.lanes)) if fact.lanes else ""
        return say(SPEED_OF_SINGLE_RUNS[fact.kind], lanes=lanes, reference=fact.reference)
    shown = [
        say("{lane} trained {ratio:.2f} times as many images/s as {reference}",
            lane=lane, ratio=ratio, reference=fact.reference)
        for lane, ratio in fact.ratios
    ]  # fmt: skip
    if fact.paused:
        shown.append(
            say("without the pauses between epochs {lanes} would be within 25 % of {reference}",
                lanes=listed(list(fact.paused)), reference=fact.reference)
        )  # fmt: skip
    return say("In this one run each, {shown}.", shown=listed(shown))


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
        "Doubtful: the machine was busy with something else (contention {contention:.1f}); run it "
        "again on a quiet machine.", contention=fact.contention)  # fmt: skip


@tell.register
def _(fact: PeakMemory):
    peaks = [say("{lane} {mib:.0f} MiB ({times:.1f} times the data)", lane=lane, mib=mib,
                 times=times) for lane, mib, times in fact.peaks]  # fmt: skip
    return say("Peak memory over the compiled model: {peaks}.", peaks=listed(peaks))


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
        "Each function has its natural loader here, so two things change at once; the loader "
        "generator would give all of them the same."
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
    words = {
        "library": f"{library} {version}" if version else library,
        "network": settings.network,
        "images": settings.number_of_images,
        "kind": say(NAME_OF_KIND[settings.images]),
        "size": settings.image_size,
        "batch": settings.batch_size,
        "epochs": say_counted("{number} epoch", "{number} epochs", settings.epochs),
        "sure": say("illustration: one run each") if not blocks
        else say("{blocks} blocks", blocks=blocks),
    }  # fmt: skip
    if settings.augment == "none":
        return say(
            "{library}: {network}, {images} images ({kind}), {size} px, batches of {batch}, "
            "{epochs} ({sure})", **words)  # fmt: skip
    return say(
        "{library}: {network}, {images} images ({kind}), {size} px, batches of {batch}, {epochs}, "
        "augmented by {augment} ({sure})",
        augment=settings.augment, **words)  # fmt: skip
