"""How slope is shown: what each way needed, and its line run on to this machine's free memory."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from kfit_teach.common.demonstrations.slope import Piece, Settings
from kfit_teach.common.ways import WAYS, WayName
from kfit_teach.common.words import listed, say, to_say, write_number
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures import running_on
from kfit_teach.front.slopes import Series
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import NOTHING, Table

FARTHEST_IMAGES = 100_000_000  # a wall farther away than this is none


@dataclass(frozen=True)
class WallAhead:
    """At how many images a line meets the free memory, and the ends of the interval around that."""

    images: float
    low: float
    high: float


class Slope(Demonstrated):
    """What each way needs, against the number of images."""

    title: ClassVar[str] = to_say("Where is the wall of your machine?")

    demonstration: Literal["slope"] = "slope"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    # Facts

    def series_of(self, way: WayName) -> Series:
        """List what a way needed: (images, MiB)."""
        runs = [run for run in self.runs if Settings.asked_of(run.name)[0] == way]
        return Series([(one.images, one.needed_mib) for run in runs for one in run.pieces])

    @property
    def free_mib(self) -> float | None:
        """Tell the least free memory that a run found before it took any data."""
        return min((piece.free_mib for piece in self.pieces), default=None)

    def wall_of(self, way: WayName) -> WallAhead | None:
        """Run a way's line on to the free memory; None where it is not known to rise.

        The interval is that of the slope (95 %).
        """
        line, free = self.series_of(way).line, self.free_mib
        if line is None or line.low <= 0:
            return None
        room = 1000 * (free - line.at_no_images)
        wall = WallAhead(*(room / slope for slope in (line.slope, line.high, line.low)))
        return wall if wall.images < FARTHEST_IMAGES else None

    def times_the_array(self, way: WayName) -> float | None:
        """Tell the slope as a multiple of what one image takes as float32."""
        line = self.series_of(way).line
        return line and line.slope / 1000 / (self.settings.kib_an_image / 1024)

    # The picture

    def draw(self):
        """Draw what was measured at the left, and at the right the lines run on."""
        lines = [
            running_on.Line(WAYS[way].call, WAYS[way].function, WAYS[way].loader,
                            self.series_of(way), wall and wall.images)
            for way in self.settings.ways for wall in [self.wall_of(way)]
        ]  # fmt: skip
        return running_on.draw(lines, self._message(), self.free_mib, self.settings.sizes[-1])

    def _message(self) -> str:
        if not self.pieces:
            return say("Waiting for the first run to end")
        wall = self.wall_of("array")
        if wall is None:
            return say("What each way needs")
        return say("{call} meets the wall at about {images} images of {size} px",
                   call=WAYS["array"].call, images=rounded(wall.images),
                   size=self.settings.image_size)  # fmt: skip

    # Words

    def tell(self) -> str:
        """Say what the picture shows."""
        ways = [self._told_of(way) for way in self.settings.ways]
        return say("Needed memory against the number of images: points, straight lines, and the "
                   "lines run on to the free memory. {message}. {ways}", message=self._message(),
                   ways=" ".join(filter(None, ways))).strip()  # fmt: skip

    def _told_of(self, way: WayName) -> str:
        """Say a way's slope with its interval, and where it meets the wall."""
        line, wall = self.series_of(way).line, self.wall_of(way)
        if line is None:
            return ""
        told = {"call": WAYS[way].call, "slope": line.slope, "low": line.low, "high": line.high}
        slope = say("{call}: 1,000 images more need {slope:.1f} MiB more, 95 % interval "
                    "[{low:.1f}, {high:.1f}]", **told)  # fmt: skip
        if line.low <= 0:
            return say("{slope}; that is not shown to rise, so no wall is in sight.", slope=slope)
        if wall is None:
            return say("{slope}; no wall is in sight.", slope=slope)
        return say("{slope}; its wall would be at about {images} images [{low}, {high}].",
                   slope=slope, images=rounded(wall.images), low=rounded(wall.low),
                   high=rounded(wall.high))  # fmt: skip

    def verdicts(self) -> list[Card]:
        """Say where the wall of fit over arrays is, and how the ways grow."""
        cards = []
        wall, times = self.wall_of("array"), self.times_the_array("array")
        if wall:
            detail = say("Run on from {most} images by a straight line, to the {free:.1f} GiB that "
                         "were free; nobody tried it. Each image takes {times:.1f} times its "
                         "{kib:.0f} KiB.", most=self.settings.sizes[-1], times=times,
                         free=self.free_mib / 1024, kib=self.settings.kib_an_image)  # fmt: skip
            cards.append(Card("first", self._message(), detail))
        flat = [WAYS[way].call for way in self.settings.ways
                if self.series_of(way).line and self.wall_of(way) is None]  # fmt: skip
        if flat:
            cards.append(Card("", say("No wall in sight for {calls}", calls=listed(flat))))
        return cards

    def table(self) -> Table:
        """Lay out what each way needed at each number of images."""
        ways = self.settings.ways
        needed = {way: dict(self.series_of(way).points) for way in ways}
        rows = [
            [str(images), *(write_number(needed[way][images], ".0f") if images in needed[way]
                            else NOTHING for way in ways)]
            for images in self.settings.sizes
        ]  # fmt: skip
        heads = [say("images"), *(say("{call}, MiB", call=WAYS[way].call) for way in ways)]
        return Table(heads, rows, ["right" for _ in heads])

    def sentences(self) -> list[str]:
        """Say the slopes, and what the extrapolation leaves out."""
        told = [*filter(None, map(self._told_of, self.settings.ways))]
        if self.wall_of("array"):
            told.append(say("The lines beyond {most} images are extrapolated. Free is what other "
                            "programs had left when the runs began; open one more, and the wall "
                            "comes nearer.", most=self.settings.sizes[-1]))  # fmt: skip
        return told

    def numbers(self) -> dict[str, float]:
        """Name what a class may compare."""
        wall = self.wall_of("array")
        name = say("images at the wall of {call}", call=WAYS["array"].call)
        return {name: wall.images} if wall else {}


SHOWN = Slope


def rounded(images: float) -> str:
    """Write a number of images as it is known: with two digits.

    >>> rounded(131_441), rounded(8_972)
    ('130,000', '9,000')
    """
    return f"{int(float(f'{images:.1e}')):,}"
