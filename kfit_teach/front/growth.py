"""grow() and Growth: how memory and speed grow with the number of images.

One comparison for each number of images; a straight line through each lane's points says what a
thousand images more would cost.
"""

from collections.abc import Iterable

from pydantic import BaseModel

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.problems import BadInput, validated
from kfit_teach.common.progress import progress_bar
from kfit_teach.common.words import say
from kfit_teach.front.comparing import compare
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.slopes import LaneGrowth, Point
from kfit_teach.front.telling.report import Picture, Report, SavedReport, Section
from kfit_teach.front.telling.tables import growth_table

USUAL_NUMBERS = (340, 680, 1360, 2720)


def grow(numbers=USUAL_NUMBERS, path=None, bar=progress_bar, **settings) -> "Growth":
    """Run one comparison for each number of images.

    Args:
        numbers: how many images an epoch has, three numbers or more.
        path: where the real images are (.tgz or folder); else the usual places.
        bar: what makes progress bars.
        **settings: those of ComparisonSettings, but for images_per_epoch and measure.

    Returns:
        Growth.

    Raises:
        BadInput: there are fewer than three numbers, or a setting is out of its bounds.
        KeyboardInterrupt: Ctrl-C; the worker has been ended.
    """
    return Growth(comparisons=list(comparisons_over(numbers, path, bar, **settings)))


def comparisons_over(numbers=USUAL_NUMBERS, path=None, bar=progress_bar, **settings):
    """Run the comparisons of `grow` one by one, for whoever wants to keep what is done so far."""
    if isinstance(numbers, str) or not isinstance(numbers, Iterable):
        numbers = [numbers]  # too few, which is said below
    asked = [settings | {"images_per_epoch": number} for number in numbers]
    numbers = [validated(ComparisonSettings, **one).number_of_images for one in asked]
    if len(set(numbers)) < 3:
        raise BadInput(say(
            "numbers names {count} different numbers of images, but a slope needs three or more; "
            "the default is {usual}.",
            count=len(set(numbers)), usual=" ".join(map(str, USUAL_NUMBERS))))  # fmt: skip
    for number in sorted(set(numbers)):
        yield compare(path, bar, images_per_epoch=number, **settings)


class Growth(SavedReport, BaseModel):
    """Comparisons of the same lanes over more and more images."""

    comparisons: list[Comparison]  # from few images to many

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"Growth over {len(self.comparisons)} numbers of images"

    @property
    def libraries(self) -> list[str]:
        """The libraries that have results."""
        return self.comparisons[0].libraries

    @property
    def all_done(self) -> bool:
        """Whether every lane ended well."""
        return all(comparison.all_done for comparison in self.comparisons)

    def lanes(self, library: str) -> list[LaneGrowth]:
        """Collect what each lane cost at each number of images, of the runs that ended."""
        collected = {}
        for comparison in self.comparisons:
            for lane in comparison.ranking(library).lanes:
                new = LaneGrowth(lane.name, lane.function, lane.loader, [])
                points = collected.setdefault(lane.name, new).points
                if lane.is_done:
                    peak_mib = lane.result.memory.peak_extra_mib
                    speed = lane.result.timing.images_per_s
                    points.append(Point(lane.experiment.number_of_images, peak_mib, speed))
        return list(collected.values())

    def sentences(self, library: str) -> str:
        """Say what a thousand images more cost each lane, with a 95 % interval."""
        said = []
        for lane in self.lanes(library):
            line = lane.memory.line
            if line is None:
                said.append(say("{lane}: too few runs ended for a slope.", lane=lane.name))
                continue
            said.append(say(
                "{lane}: {mib:.1f} MiB more at the peak for every 1,000 images more ({low:.1f} to "
                "{high:.1f}).",
                lane=lane.name, mib=line.slope, low=line.low, high=line.high))  # fmt: skip
        images_mib = 1000 * self.comparisons[0].settings.image_size ** 2 * 3 * 4 / 2**20
        said.append(say("1,000 such images are {mib:.1f} MiB as float32.", mib=images_mib))
        return " ".join(said)

    def told(self) -> Report:
        """Make the report."""
        from kfit_teach.front.figures import growth  # here: it draws, so it loads matplotlib

        pictures, sections = [], []
        for library in self.libraries:
            lanes, title = self.lanes(library), self.comparisons[-1].title(library)
            alt = growth.tell(lanes, title)
            pictures.append(Picture(lambda library=library: self.figure(library), alt))
            sections.append(Section(title, growth_table(lanes), self.sentences(library)))
        return Report(pictures, sections, [self.comparisons[0].closing()])

    def figure(self, library: str):
        """Draw memory and images/s of one library against the number of images."""
        from kfit_teach.front.figures import growth

        return growth.draw(self.lanes(library), self.comparisons[-1].title(library))
