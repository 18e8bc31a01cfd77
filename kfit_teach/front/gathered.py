"""The ratios and the numbers of a class, as its figure and its tables take them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GatheredLane:
    """One lane's ratios to the first lane, each student's own."""

    name: str
    function: str
    ratios: dict[str, float]


@dataclass(frozen=True)
class GatheredPanel:
    """One quantity, in words, of all lanes but the first."""

    quantity: str
    lanes: list[GatheredLane]


@dataclass(frozen=True)
class GatheredPart:
    """One library: what its results rest on, the lane that ratios are taken to, its panels."""

    title: str
    reference: str
    panels: list[GatheredPanel]


@dataclass(frozen=True)
class GatheredNumber:
    """One number of a demonstration, with its unit in its name: each student's own."""

    name: str
    values: dict[str, float]


@dataclass(frozen=True)
class GatheredNumbers:
    """One demonstration: what it is and who did it, its numbers, each student's kind of machine."""

    title: str
    numbers: list[GatheredNumber]
    machine_of: dict[str, str]
