"""compare() and Comparison: the front door of the package on the kernel's side.

`compare` runs the lanes; a Comparison holds their results and shows them as text, as a table, as
a figure, in a notebook, and as JSON.
"""

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path, write_file
from kfit_teach.common.flowers import NAME_OF_KIND, open_flowers, resolve_images
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.flowers.store import prepare_images, store_path
from kfit_teach.common.loaders import FORM_OF_LOADER
from kfit_teach.common.problems import BadInput, nearest_name, validated
from kfit_teach.common.progress import progress_bar, tell
from kfit_teach.common.result import Block, Result
from kfit_teach.front import verdicts
from kfit_teach.front.guesses import Guess
from kfit_teach.front.running.alone import the_machine_alone
from kfit_teach.front.running.compare import require_libraries, run_lanes
from kfit_teach.front.running.lane_bars import LaneBars
from kfit_teach.front.running.measure import LaneEnded, measure_blocks
from kfit_teach.front.running.weights import weight_distances
from kfit_teach.front.speed_verdicts import doubts, speed_verdicts

SCHEMA_VERSION = 2
# Their names are those of the methods that draw them.
FIGURES_OF_A_LIBRARY = ("timeline_figure", "coverage_figure", "weights_figure")


def compare(path=None, bar=progress_bar, **settings):
    """Train the same network through the training functions, each in a fresh process.

    Args:
        path: where the real images are (.tgz or folder); else the usual places.
        bar: what makes progress bars; kfit_teach.common.progress.no_progress_bar draws none.
        **settings: those of ComparisonSettings, such as library="keras" or epochs=3.

    Returns:
        Comparison; a lane that failed is in it, with the reason.

    Raises:
        BadInput: a setting is out of its bounds, or images or a library are missing.
        KeyboardInterrupt: Ctrl-C; the worker has been ended.

    >>> import kfit_teach as kt
    >>> comparison = kt.compare(library="keras", functions=["fit", "train_on_batch"],
    ...                         images="synthetic", image_size=16)
    >>> print(comparison.same_weights("keras").answer)
    yes
    """
    comparison = prepare_comparison(path, bar, **settings)
    run_comparison(comparison, bar=bar)
    return comparison


def prepare_comparison(path=None, bar=progress_bar, **settings):
    """Check the settings and make the images ready; start nothing.

    Returns:
        Comparison without results.

    Raises:
        BadInput: a setting is out of its bounds, or images or a library are missing.
    """
    settings = validated(ComparisonSettings, **settings)
    require_libraries(settings.libraries)
    settings = resolve_images(settings, path)
    stored, checked = prepare_images(settings.images, settings.image_size, path, bar)
    flowers = open_flowers(settings, stored, checked)
    for form in {FORM_OF_LOADER[name] for name in settings.loader if name in FORM_OF_LOADER}:
        prepare_form(form, flowers, path, bar)
    return Comparison(created=datetime.now(UTC), settings=settings, images_checked=checked)


def run_comparison(
    comparison, watch=None, stop=None, bar=progress_bar, warm=None, alone=False, tell=tell
):
    """Run every lane; each result is added as soon as its lane has ended.

    Args:
        comparison: Comparison from `prepare_comparison`.
        watch: called with (experiment, event) while a lane runs, and at its end with the event
            "ended", which holds its Result.
        stop: a threading.Event; once it is set, the running lane is ended and no other starts.
        bar: what makes progress bars.
        warm: WarmStart whose waiting worker is used, or None.
        alone: whether to wait for other measured runs even where no blocks are measured.
        tell: called with a sentence where another measured run has to be waited for.

    Raises:
        KeyboardInterrupt: Ctrl-C; the worker has been ended, and results so far are kept.
    """
    settings = comparison.settings
    store = store_path(settings.images, settings.image_size)
    with contextlib.ExitStack() as lock:
        if settings.measure or alone:
            lock.enter_context(the_machine_alone(tell, stop=stop))
        with LaneBars(bar) as bars, _weights_files(comparison) as files:

            def watch_both(experiment, event):
                bars.show(experiment, event)
                if watch:
                    watch(experiment, event)

            for result in run_lanes(settings.experiments(), store, watch_both, stop, warm, files):
                comparison.results.append(result)
                bars.end(result)
                if watch:
                    watch(result.experiment, {"event": "ended", "result": result})
        if settings.measure:
            _measure(comparison, store, stop, bar)


@contextlib.contextmanager
def _weights_files(comparison):
    """Give a file for each lane's weights; in the end, note how far apart these are."""
    lanes = comparison.settings.experiments()
    with tempfile.TemporaryDirectory(prefix="kfit_teach_") as folder:
        files = [Path(folder) / f"{place}.npy" for place in range(len(lanes))]
        try:
            yield files
        finally:
            file_of = {
                result.experiment: file if result.status == "done" else None
                for result, file in zip(comparison.results, files, strict=False)
            }
            for library in comparison.libraries:
                lanes = [result.experiment for result in comparison.results_of(library)]
                comparison.weight_distances[library] = weight_distances(map(file_of.get, lanes))


def _measure(comparison, store, stop, bar):
    """Add blocks, one library after the other; lanes that failed take no part."""
    settings = comparison.settings
    for library in comparison.libraries:
        lanes = [r.experiment for r in comparison.results_of(library) if r.status == "done"]
        if not lanes or (stop and stop.is_set()):
            continue
        turns = settings.blocks * (len(lanes) + 1)
        with bar(turns, f"{library}, {settings.blocks} blocks", "turns") as progress:
            blocks = measure_blocks(lanes, store, settings.blocks, progress.update, stop)
            try:
                for block in blocks:
                    comparison.blocks.append(block)
            except LaneEnded as ended:
                comparison.measuring_problems[library] = str(ended)


class Comparison(BaseModel):
    """Results side by side, with what they were asked for.

    Args:
        schema_version: of the JSON.
        created: when it was started, in UTC.
        settings: ComparisonSettings, with images settled.
        images_checked: how the images were checked.
        results: list of Result, one a lane, in the order they ended.
        blocks: list of Block, where speeds were measured.
        measuring_problems: library to the sentence that tells what ended its measuring too early.
        guesses: list of Guess, what a learner expected before the run.
        weight_distances: library to max |difference| of the final weights of each two lanes, in the
            order of `results_of`: a list of lists, None where a lane has no weights.
    """

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[2] = SCHEMA_VERSION
    created: datetime
    settings: ComparisonSettings
    images_checked: str
    results: list[Result] = []
    blocks: list[Block] = []
    measuring_problems: dict[str, str] = {}
    guesses: list[Guess] = []
    weight_distances: dict[str, list[list[float | None]]] = {}

    def results_of(self, library):
        """List the results of one library, in the order they ended."""
        return [result for result in self.results if result.experiment.library == library]

    def blocks_of(self, library):
        """List the blocks of one library, in the order they were measured."""
        return [block for block in self.blocks if block.library == library]

    def speed_verdicts(self, library, quantity="images_per_s"):
        """Judge one library's lanes by their blocks (kfit_teach.front.speed_verdicts).

        Args:
            library: "keras" or "tf_keras".
            quantity: "images_per_s" or "images_per_s_without_pauses".

        Returns:
            list of SpeedVerdict, the control's last; empty where there are fewer than two blocks.
        """
        blocks = self.blocks_of(library)
        return speed_verdicts(blocks, self.settings.view, quantity) if len(blocks) > 1 else []

    @property
    def libraries(self):
        """The libraries that have results."""
        return [library for library in self.settings.libraries if self.results_of(library)]

    @property
    def all_done(self):
        """Whether every lane ended well and the lanes of each library did the same work."""
        void = any(self.same_weights(library).answer == "void" for library in self.libraries)
        complete = len(self.results) == len(self.settings.experiments())
        complete = complete and not self.measuring_problems
        return complete and not void and all(result.status == "done" for result in self.results)

    def same_weights(self, library):
        """Whether one library's lanes ended with the same weights (kfit_teach.front.verdicts)."""
        return verdicts.same_weights(self.results_of(library))

    def title(self, library):
        """Say what one library's results rest on: network, images, machine, and how sure."""
        settings = self.settings
        machines = [result.machine for result in self.results_of(library) if result.machine]
        version = machines[0].versions.get(library) if machines else None
        versions = f" {version}" if version else ""
        blocks = len(self.blocks_of(library))
        sure = f"{blocks} blocks" if blocks else "illustration: one run each"
        augmented = "" if settings.augment == "none" else f", augmented by {settings.augment}"
        return (
            f"{library}{versions}: {settings.network}, "
            f"{settings.number_of_images} images ({NAME_OF_KIND[settings.images]}), "
            f"{settings.image_size} px, batches of {settings.batch_size}, "
            f"{settings.epochs} epoch{'s' * (settings.epochs > 1)}{augmented} ({sure})"
        )

    def sentences(self, library):
        """Say in plain words what one library's results show, failures first."""
        results, view = self.results_of(library), self.settings.view
        names = verdicts.names_of_lanes(results)
        failures = [
            f"{name} {result.status}: {result.problem.sentence}"
            for name, result in zip(names, results, strict=True)
            if result.problem
        ]
        if library in self.measuring_problems:
            failures.append(f"Measuring ended early: {self.measuring_problems[library]}")
        same = self.same_weights(library)
        if same.answer == "void":
            said = []
        else:
            said = [*self._speed_sentences(library), verdicts.conclusion(results, view)]
        return " ".join(text for text in (*failures, *said, same.sentence) if text)

    def _speed_sentences(self, library):
        """Say what the blocks show, pauses included; and without them where that is otherwise."""
        judged = self.speed_verdicts(library)
        if not judged:
            return [verdicts.speed_sentence(self.results_of(library))]
        between = self.speed_verdicts(library, "images_per_s_without_pauses")
        said = [verdict.sentence for verdict in judged]
        said += [
            f"Without the pauses between epochs, {verdict.sentence}"
            for verdict, with_pauses in zip(between, judged, strict=True)
            if verdict.answer != with_pauses.answer
        ]
        return doubts(self.blocks_of(library), judged) + said

    def report(self):
        """Show everything as text: one table and one conclusion a library."""
        blocks = [
            f"{self.title(library)}\n\n{self.table(library)}\n\n{self.sentences(library)}"
            for library in self.libraries
        ]
        return "\n\n\n".join([*blocks, self.machine_line()]) if blocks else "No lane has ended."

    def table(self, library, form="simple"):
        """Lay one library's lanes side by side, as text.

        Args:
            library: "keras" or "tf_keras".
            form: a format of tabulate, such as "simple" or "html" (escaped).

        Returns:
            str.
        """
        from kfit_teach.front.showing.tables import comparison_table

        results = self.results_of(library)
        return comparison_table(
            results, verdicts.names_of_lanes(results), self.speed_verdicts(library), form
        )

    def machine_line(self):
        """Name the machine and the versions that the results were measured with."""
        machine = next((result.machine for result in self.results if result.machine), None)
        if machine is None:
            return f"Images: {self.images_checked}."
        versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
        return (
            f"Machine: {machine.processor}, {machine.cores} cores, {machine.memory_gib:.0f} GiB, "
            f"{machine.system}, Python {machine.python}, {versions}.\n"
            f"Images: {self.images_checked}."
        )

    def figure(self, recorded=None):
        """Draw images/s, memory over time and loss by step; one row of panels a library.

        Args:
            recorded: another Comparison whose speeds and memory are drawn in grey, or None.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no result to draw.
        """
        from kfit_teach.front.showing.plots import comparison_figure

        if not self.results:
            raise BadInput("This comparison has no results, but a figure needs one; run it first.")
        return comparison_figure(
            {library: self.results_of(library) for library in self.libraries},
            {library: self.title(library) for library in self.libraries},
            {library: self.blocks_of(library) for library in self.libraries},
            {library: recorded.results_of(library) for library in recorded.libraries}
            if recorded
            else {},
        )

    def timeline_figure(self, library=None):
        """Draw when each batch of one library's lanes ended, and when their loaders were busy.

        Args:
            library: "keras" or "tf_keras"; the first that has results unless given.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no result to draw.
        """
        draw, _, given = self._of_library("timeline_figure", library)
        return draw(*given)

    def coverage_figure(self, library=None):
        """Draw how often each epoch of one library's lanes saw each image.

        Args:
            library: "keras" or "tf_keras"; the first that has results unless given.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no result to draw.
        """
        draw, _, given = self._of_library("coverage_figure", library)
        return draw(*given)

    def weights_figure(self, library=None):
        """Write how far apart the final weights of each two of one library's lanes are.

        Args:
            library: "keras" or "tf_keras"; the first that has results unless given.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no result to draw.
        """
        draw, _, given = self._of_library("weights_figure", library)
        return draw(*given)

    def _of_library(self, figure, library):
        """Find what draws one of FIGURES_OF_A_LIBRARY, what tells of it, and what both are given.

        Returns:
            (draw, tell, given): two functions, and their arguments.
        """
        from kfit_teach.front.showing import coverage_strip, plots, timeline, weights_plot

        library = self._library_to_draw(library)
        results, title = self.results_of(library), self.title(library)
        lanes = (results, title)
        weights = (
            self.weight_distances.get(library, []),
            [result.weights_moved for result in results],
            plots.names_under_bars(results),
            title,
        )
        return {
            "timeline_figure": (timeline.timeline_figure, timeline.timeline_alt, lanes),
            "coverage_figure": (coverage_strip.coverage_figure, coverage_strip.coverage_alt, lanes),
            "weights_figure": (weights_plot.weights_figure, weights_plot.weights_alt, weights),
        }[figure]

    def _library_to_draw(self, library):
        """Settle which library's results are drawn."""
        if library is None and self.libraries:
            return self.libraries[0]
        if library not in self.libraries:
            whose = f"of {library!r}" if library else "yet"
            raise BadInput(f"There are no results {whose}, but a figure needs one; run it first.")
        return library

    def alt_text(self, figure="figure", library=None):
        """Describe a figure in words, for those who cannot see it.

        Args:
            figure: the name of the method that draws it: "figure", or one of
                FIGURES_OF_A_LIBRARY.
            library: that of the method; "figure" shows all.

        Returns:
            str.

        Raises:
            BadInput: there is no such figure, or no result to tell of.
        """
        from kfit_teach.front.showing import plots

        if figure in FIGURES_OF_A_LIBRARY:
            _, tell, given = self._of_library(figure, library)
            return tell(*given)
        if figure != "figure":
            known = nearest_name(figure, ["figure", *FIGURES_OF_A_LIBRARY])
            raise BadInput(f"There is no figure {figure!r}; {known}")
        told = "Bars of images per second, lines of memory over time, lines of loss by step."
        for library in self.libraries:
            bars = plots.speed_bars(self.results_of(library), self.blocks_of(library))
            speeds = plots.speed_in_words(bars)
            told += f" {self.title(library)}. {speeds} {self.sentences(library)}"
        return told

    def save(self, file):
        """Write the comparison as JSON; the file is whole or not there.

        Args:
            file: path of the file to write.

        Raises:
            BadInput: its folder does not exist or cannot be written.
        """
        write_file(writable_path(file), self.model_dump_json(indent=1).encode())

    @classmethod
    def load(cls, file):
        """Read a comparison that `save` wrote.

        Args:
            file: path of the JSON file.

        Returns:
            Comparison.

        Raises:
            BadInput: the file is not there, or is not a comparison of this schema.
        """
        try:
            text = Path(file).read_bytes()
        except OSError as error:
            raise BadInput(
                f"{file} cannot be read ({error.strerror}); name a file that was saved before."
            ) from None
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"]) or "the file"
            raise BadInput(
                f"{file} is not a comparison of schema version {SCHEMA_VERSION} "
                f"({place}: {first['msg']}); make it again with this version of kfit_teach."
            ) from None

    def save_figure(self, file, figure="figure", library=None):
        """Draw a figure into a file; the file is whole or not there.

        Args:
            file: path that ends in .png, .svg or .pdf.
            figure: the name of the method that draws it: "figure", or one of
                FIGURES_OF_A_LIBRARY.
            library: that of the method; "figure" shows all.

        Raises:
            BadInput: the ending is another, or the folder does not exist or cannot be written.
        """
        from kfit_teach.front.showing.plots import figure_as

        path = writable_path(file, FIGURE_SUFFIXES)
        drawn = self.figure() if figure == "figure" else getattr(self, figure)(library)
        write_file(path, figure_as(drawn, path.suffix[1:]))

    def __repr__(self):
        return f"<Comparison of {len(self.results)} lanes>\n{self.report()}"

    def __str__(self):
        return self.report()

    def _ipython_display_(self):
        """Show figure (with alt text), tables and conclusions in a notebook."""
        from IPython.display import HTML, Markdown, display

        from kfit_teach.front.showing.plots import as_image

        if self.results:
            display(as_image(self.figure(), self.alt_text()))
        for library in self.libraries:
            display(Markdown(f"**{self.title(library)}**"))
            display(HTML(self.table(library, "html")))
            display(Markdown(self.sentences(library)))
        display(Markdown(self.machine_line()))
