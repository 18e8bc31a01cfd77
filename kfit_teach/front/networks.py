"""Which lanes ended as the same network, over both libraries, as facts."""

from dataclasses import dataclass
from typing import Literal

from kfit_teach.front.ranking import Lane, Ranking


@dataclass(frozen=True)
class Network:
    """Lanes that ended with the same weights, bit for bit."""

    digest: str  # the beginning of the weights' sha256
    lanes: tuple[tuple[str, str], ...]  # (library, lane)


def networks(rankings: list[Ranking]) -> list[Network]:
    """Sort the lanes that are done by their weights, in the order they are first met."""
    found = {}
    for ranking in rankings:
        for lane in ranking.done:
            found.setdefault(lane.result.weights_sha256, []).append((ranking.library, lane.name))
    return [Network(digest[:8], tuple(lanes)) for digest, lanes in found.items()]


# What makes the libraries differ, as far as it is known (docs/measuring.md); in this order told.
WhyLibrariesDiffer = Literal["Dropout", "BatchNormalization", "own order"]


@dataclass(frozen=True)
class BetweenLibraries:
    """Whether the same lane of both libraries came to the same weights."""

    libraries: tuple[str, ...]
    differ: tuple[str, ...] = ()  # names of lanes whose weights are not the same
    reasons: tuple[WhyLibrariesDiffer, ...] = ()  # what is known to make them differ here


def between_libraries(rankings: list[Ranking]) -> BetweenLibraries | None:
    """Hold both libraries' lanes against each other; None where there are no such two."""
    if len(rankings) != 2:
        return None
    one, other = ({(lane.function, lane.loader): lane for lane in r.done} for r in rankings)
    pairs = [(lane, other[key]) for key, lane in one.items() if key in other]
    if not pairs:
        return None
    differ = [lane for lane, twin in pairs if _weights(lane) != _weights(twin)]
    known = [reason for reason in WhyLibrariesDiffer.__args__
             if any(_is_so(reason, lane) for lane in differ)]  # fmt: skip
    names = tuple(lane.name for lane in differ)
    return BetweenLibraries(tuple(r.library for r in rankings), names, tuple(known))


def _weights(lane: Lane) -> str:
    return lane.result.weights_sha256


def _is_so(reason: WhyLibrariesDiffer, lane: Lane) -> bool:
    run = lane.experiment
    if reason == "own order":
        return run.shuffle and run.call == "fit" and run.loader in ("arrays", "uint8_arrays")
    return run.has_dropout if reason == "Dropout" else run.has_batch_normalization
