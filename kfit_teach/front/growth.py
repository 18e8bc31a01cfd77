"""grow() and Growth: how memory and speed grow with the number of images.

One comparison for each number of images; a straight line through each lane's points says what a
thousand images more would cost.
"""

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path, write_file
from kfit_teach.common.measuring.statistics import slope_interval
from kfit_teach.common.problems import BadInput, validated
from kfit_teach.common.progress import progress_bar
from kfit_teach.front import verdicts
from kfit_teach.front.comparison import Comparison, compare

USUAL_NUMBERS = (340, 680, 1360, 2720)


def grow(numbers=USUAL_NUMBERS, path=None, bar=progress_bar, **settings):
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
    """Run the comparisons of `grow` one by one, for whoever wants to keep what is done so far.

    Yields:
        Comparison, from few images to many.
    """
    numbers = [validated(ComparisonSettings, images_per_epoch=n).images_per_epoch for n in numbers]
    if len(set(numbers)) < 3:
        raise BadInput(
            f"numbers names {len(set(numbers))} different numbers of images, but a slope needs "
            f"three or more; the default is {' '.join(map(str, USUAL_NUMBERS))}."
        )
    for number in sorted(set(numbers)):
        yield compare(path, bar, images_per_epoch=number, **settings)


class Growth(BaseModel):
    """Comparisons of the same lanes over more and more images.

    Args:
        comparisons: list of Comparison, from few images to many.
    """

    model_config = ConfigDict(extra="forbid")

    comparisons: list[Comparison]

    @property
    def libraries(self):
        """The libraries that have results."""
        return self.comparisons[0].libraries

    @property
    def all_done(self):
        """Whether every lane ended well."""
        return all(comparison.all_done for comparison in self.comparisons)

    def points(self, library):
        """Collect what each lane cost at each number of images.

        Args:
            library: "keras" or "tf_keras".

        Returns:
            dict of lane name to (training_function, loader, points), where points is a list of
            (number of images, peak MiB over the base, images/s or None), of the runs that ended.
        """
        collected = {}
        for comparison in self.comparisons:
            results = comparison.results_of(library)
            for name, result in zip(verdicts.names_of_lanes(results), results, strict=True):
                lane = result.experiment
                told = collected.setdefault(name, (lane.training_function, lane.loader, []))
                if result.status == "done":
                    speed, peak_mib = result.timing.images_per_s, result.memory.peak_extra_mib
                    told[2].append((lane.number_of_images, peak_mib, speed))
        return collected

    def sentences(self, library):
        """Say what a thousand images more cost each lane, with a 95 % interval."""
        said = []
        for name, (_, _, points) in self.points(library).items():
            if len(points) < 3:
                said.append(f"{name}: too few runs ended for a slope.")
                continue
            slope, low, high, _ = slope_interval(
                *zip(*[point[:2] for point in points], strict=True)
            )
            said.append(
                f"{name}: {1000 * slope:.1f} MiB more at the peak for every 1,000 images more "
                f"({1000 * low:.1f} to {1000 * high:.1f})."
            )
        images_mib = 1000 * self.comparisons[0].settings.image_size ** 2 * 3 * 4 / 2**20
        return " ".join([*said, f"1,000 such images are {images_mib:.1f} MiB as float32."])

    def report(self):
        """Show everything as text: one table and its slopes a library."""
        from kfit_teach.front.showing.tables import growth_table

        shown = [
            f"{self.comparisons[-1].title(library)}\n\n{growth_table(self.points(library))}\n\n"
            f"{self.sentences(library)}"
            for library in self.libraries
        ]
        return "\n\n\n".join([*shown, self.comparisons[0].machine_line()])

    def figure(self, library):
        """Draw memory and images/s of one library against the number of images.

        Returns:
            matplotlib Figure.
        """
        from kfit_teach.front.showing.growth_plot import growth_figure

        return growth_figure(self.points(library), self.comparisons[-1].title(library))

    def save_figure(self, file, library):
        """Draw the figure of one library into a file; the file is whole or not there.

        Raises:
            BadInput: the ending is unknown, or the folder does not exist or cannot be written.
        """
        from kfit_teach.front.showing.plots import figure_as

        path = writable_path(file, FIGURE_SUFFIXES)
        write_file(path, figure_as(self.figure(library), path.suffix[1:]))

    def save(self, file):
        """Write everything as JSON; the file is whole or not there.

        Raises:
            BadInput: its folder does not exist or cannot be written.
        """
        write_file(writable_path(file), self.model_dump_json(indent=1).encode())

    def __repr__(self):
        return f"<Growth over {len(self.comparisons)} numbers of images>\n{self.report()}"

    def __str__(self):
        return self.report()
