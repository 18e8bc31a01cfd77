"""Verdict cards: what a comparison came to, in so few words that the last row can read them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.words import listed, say, say_counted, to_say
from kfit_teach.front.networks import between_libraries, networks
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.speed_verdicts import SpeedVerdict, doubts, speed_verdicts
from kfit_teach.front.telling.sentences import (
    apart_from_pauses,
    how_it_ended,
    peak,
    short,
    tell,
    why_libraries_differ,
    why_other_weights,
)
from kfit_teach.front.verdicts import (
    Accuracies,
    PeakMemory,
    SpeedOfSingleRuns,
    accuracies,
    bad_endings,
    diverged,
    peak_memory,
    same_weights,
    speed_of_single_runs,
)

Subject = Literal[
    "ended", "weights", "memory", "speed", "accuracy", "guess", "first", "second", "third", "",
]  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One verdict."""

    subject: Subject
    headline: str
    detail: str = ""
    guess: str = ""  # how far off the guess was, where there is one
    library: str = ""  # where the verdict is one library's, and there are several

    def as_text(self) -> str:
        """Show it as text."""
        headline = f"{self.library}: {self.headline}" if self.library else self.headline
        below = [f"  {line}" for line in (self.guess, self.detail) if line]
        return "\n".join([f"* {headline}", *below])


def cards(comparison) -> list[Card]:
    """Make the cards of a Comparison, lanes that did not end well first."""
    rankings = comparison.rankings()
    made = [*_ended(comparison), *_of_weights(rankings)]
    trusted = [ranking for ranking in rankings if same_weights(ranking).answer != "void"]
    for of_library in (_of_memory, _of_speed, _of_accuracy):
        found = [replace(card, library=ranking.library)
                 for ranking in trusted for card in of_library(ranking)]  # fmt: skip
        made += _once(found) if len(rankings) > 1 else [replace(c, library="") for c in found]
    return with_guesses(made, comparison.guesses)


def _once(found: list[Card]) -> list[Card]:
    """Leave one card where the libraries' cards read alike."""
    alike = {replace(card, library="") for card in found}
    return list(alike) if len(alike) == 1 else found


def with_guesses(made: list[Card], guesses: list) -> list[Card]:
    """Lay each guess beside the first card of its subject; a guess without one is a card itself."""
    left = list(guesses)
    beside = []
    for card in made:
        mine = next((guess for guess in left if guess.subject == card.subject), None)
        if mine:
            left.remove(mine)
        beside.append(replace(card, guess=mine.sentence if mine else ""))
    return beside + [Card("guess", guess.sentence, guess.question) for guess in left]


def _ended(comparison) -> Iterator[Card]:
    """Tell what did not end well: lanes, their losses, the measuring of speed."""
    yield from _of_endings(comparison)
    for ranking in comparison.rankings():
        found = list(diverged(ranking))
        if found:
            lanes = listed([one.lane for one in found])
            yield Card(
                "ended",
                say("{lanes} diverged", lanes=lanes),
                " ".join(map(tell, found)),
                library=_prefix(ranking, comparison),
            )
    for why in comparison.measuring_problems.values():
        yield Card("ended", say("measuring speed ended early"), why)


def _prefix(ranking: Ranking, comparison) -> str:
    """Name a ranking's library where there are several."""
    return ranking.library if len(comparison.libraries) > 1 else ""


def _of_endings(comparison) -> Iterator[Card]:
    """Tell of lanes that did not end well, or never began."""
    found = [(_prefix(ranking, comparison), one)
             for ranking in comparison.rankings() for one in bad_endings(ranking)]  # fmt: skip
    asked = len(comparison.settings.experiments())
    missing = asked - len(comparison.results)
    if len(found) == 1 and not missing:
        library, only = found[0]
        why = "" if only.kind == "stopped" else only.problem.sentence
        yield Card("ended", how_it_ended(only), why, library=library)
        return
    details = [say("{library}: {sentence}", library=library, sentence=tell(one)) if library
               else tell(one) for library, one in found]  # fmt: skip
    if missing:
        never = say_counted("{number} run never began.", "{number} runs never began.", missing)
        details.append(never)
    if details:
        ended = say("{whole} of {asked} runs ended", whole=asked - missing - len(found),
                    asked=asked)  # fmt: skip
        yield Card("ended", ended, " ".join(details))


def _of_weights(rankings: list[Ranking]) -> Iterator[Card]:
    """Count the networks, and say whether that is as it should be."""
    found = networks(rankings)
    runs = sum(len(network.lanes) for network in found)
    if runs < 2:
        return
    headline = say("{runs} runs, {networks}", runs=runs,
                   networks=say_counted("{number} network", "{number} networks",
                                        len(found)))  # fmt: skip
    if len(found) == 1:
        yield Card("weights", headline, say("The same weights, bit for bit."))
        return
    between = between_libraries(rankings)
    same = [same_weights(ranking) for ranking in rankings]
    void = [tell(one) for one in same if one.answer == "void"]
    why = [reason for one in same for reason in why_other_weights(one)]
    if void:
        yield Card("weights", headline, void[0])
    elif between and between.differ and not between.reasons:
        yield Card("weights", headline, tell(between))
    else:
        why += why_libraries_differ(between) if between else []
        detail = say("That is expected, because {why}.", why="; ".join(dict.fromkeys(why)))
        yield Card("weights", headline, detail)


def _of_memory(ranking: Ranking) -> Iterator[Card]:
    """Name the lane that needed most."""
    if ranking.measured:
        yield _card_of_peaks(peak_memory(ranking))


def _card_of_peaks(fact: PeakMemory) -> Card:
    first, *others = fact.peaks
    headline = say("{lane} needed {mib:.0f} MiB more than before training, {times:.1f} times your "
                   "images", lane=first.lane, mib=first.mib, times=first.times)  # fmt: skip
    details = []
    if first.epochs_ended is not None:
        details.append(say("{lane} was stopped.", lane=first.lane))
    if others:
        others = listed([peak(one) for one in others])
        details.append(say("The others: {lanes}.", lanes=others))
    return Card("memory", headline, " ".join(details))


NO_SPEED = {
    "no steady state": to_say("one epoch: no speed to tell"),
    "busy": to_say("no speed told: the machine was busy"),
    "none shown": to_say("no difference in speed shown"),
}
IN_ONE_RUN = to_say("In one run each, nothing differs by more than 25 %.")


def _of_speed(ranking: Ranking) -> Iterator[Card]:
    """Say which lanes were shown to be faster or slower, or that none was."""
    judged = speed_verdicts(ranking)
    if judged:
        yield _card_of_blocks(ranking, judged)
        return
    fact = speed_of_single_runs(ranking)
    if fact.kind != "nothing to compare":
        yield _card_of_single_runs(fact)


def _card_of_blocks(ranking: Ranking, judged: list[SpeedVerdict]) -> Card:
    *lanes, control = judged
    shown = [say("{lane} is {verdict} than {reference}, {ratio:.2f} times its images/s",
                 lane=one.lane.name, verdict=short(one), reference=one.reference.name,
                 ratio=one.known.ratio)
             for one in lanes if one.answer in ("faster", "slower")]  # fmt: skip
    headline = listed(shown) if shown else say(NO_SPEED["none shown"])
    details = [tell(doubt) for doubt in doubts(ranking, judged)]
    details += [tell(one) for one in lanes]
    if not lanes:  # one function only, beside its control
        details.append(tell(control))
    return Card("speed", headline, " ".join(details))


def _card_of_single_runs(fact: SpeedOfSingleRuns) -> Card:
    if fact.kind == "none shown":
        return Card("speed", say(NO_SPEED[fact.kind]), say(IN_ONE_RUN))
    if fact.kind != "shown":
        return Card("speed", say(NO_SPEED[fact.kind]), tell(fact))
    if not fact.ratios:
        return Card("speed", say(NO_SPEED["none shown"]), apart_from_pauses())
    shown = [say("{lane}: {ratio:.1f} times the images/s of {reference}", lane=lane, ratio=ratio,
                 reference=fact.reference) for lane, ratio in fact.ratios]  # fmt: skip
    return Card("speed", listed(shown), tell(fact))


def _of_accuracy(ranking: Ranking) -> Iterator[Card]:
    """Say how many new images were named rightly, beside blind guessing."""
    for fact in accuracies(ranking):
        yield _card_of_accuracies(fact)


def _card_of_accuracies(fact: Accuracies) -> Card:
    rightly = sorted({round(accuracy * fact.images) for _, accuracy, *_ in fact.lanes})
    counts = {"low": rightly[0], "high": rightly[-1], "images": fact.images}
    if len(rightly) == 1:
        headline = say("{low} of {images} new images named rightly", **counts)
    else:
        headline = say("{low} to {high} of {images} new images named rightly", **counts)
    blind = say("Guessing blindly names about {blind:.0f} rightly.",
                blind=fact.images / len(CLASS_NAMES))  # fmt: skip
    alike = say("The runs cannot be told apart by this.") if fact.overlap == "all" else ""
    return Card("accuracy", headline, " ".join(filter(None, [blind, alike])))
