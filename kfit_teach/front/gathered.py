"""The ratios of a class, as its figure and its tables take them."""

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
