"""How memory and images/s grow with the number of images, lane by lane, as facts."""

from dataclasses import dataclass

from kfit_teach.common.measuring.statistics import slope_interval

FEWEST_POINTS = 3


@dataclass(frozen=True)
class Line:
    """A straight line: what 1,000 images more add, its 95 % interval, and where it begins."""

    slope: float
    low: float
    high: float
    at_no_images: float

    def at(self, images: int) -> float:
        """Give its height over a number of images."""
        return self.at_no_images + self.slope / 1000 * images


@dataclass(frozen=True)
class Series:
    """One quantity of one lane: (number of images, value)."""

    points: list[tuple[int, float]]

    @property
    def line(self) -> Line | None:
        """The straight line through the points; None for too few.

        Points that all have one number of images are too few: no line is steeper than another.
        """
        if len(self.points) < FEWEST_POINTS or len({images for images, _ in self.points}) < 2:
            return None
        slope, low, high, at_no_images = slope_interval(*zip(*self.points, strict=True))
        return Line(1000 * slope, 1000 * low, 1000 * high, at_no_images)


@dataclass(frozen=True)
class Point:
    """What one run cost: its peak over the compiled base; images/s in the steady state, if any."""

    images: int
    peak_mib: float
    images_per_s: float | None


@dataclass(frozen=True)
class LaneGrowth:
    """One lane over more and more images; only runs that ended well are points."""

    name: str
    function: str
    loader: str
    points: list[Point]

    @property
    def memory(self) -> Series:
        """Peak memory over the compiled base, in MiB."""
        return Series([(point.images, point.peak_mib) for point in self.points])

    @property
    def speed(self) -> Series:
        """Images/s, where they are known."""
        return Series([(p.images, p.images_per_s) for p in self.points if p.images_per_s])
