"""Comparison: results side by side, as plain data that shows itself."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.result import Block, Machine, Result
from kfit_teach.common.words import say
from kfit_teach.front import figures
from kfit_teach.front.comparable import comparable
from kfit_teach.front.guesses import Guess
from kfit_teach.front.ranking import Ranking, control_of, lanes_of
from kfit_teach.front.saved import read_saved
from kfit_teach.front.telling import sentences
from kfit_teach.front.telling.cards import cards
from kfit_teach.front.telling.networks import Networks
from kfit_teach.front.telling.report import FoldedPicture, Picture, Report, SavedReport, Section
from kfit_teach.front.telling.tables import comparison_table, short_table
from kfit_teach.front.verdicts import SameWeights, same_weights

SCHEMA_VERSION = 2


class Comparison(SavedReport, BaseModel):
    """Results side by side, with what they were asked for.

    Args:
        schema_version: of the JSON.
        created: when it was started, in UTC.
        settings: ComparisonSettings, with images settled.
        images_checked: how the images were checked.
        results: one Result a lane, in the order they ended.
        blocks: where speeds were measured.
        measuring_problems: library to the sentence that tells what ended its measuring too early.
        guesses: what a learner expected before the run.
        weight_distances: library to max |difference| of the final weights of each two lanes, in the
            order of `results_of`: a list of lists, None where a lane has no weights.
    """

    schema_version: Literal[2] = SCHEMA_VERSION
    created: datetime
    settings: ComparisonSettings
    images_checked: str
    results: list[Result] = []
    blocks: list[Block] = []
    measuring_problems: dict[str, str] = {}
    guesses: list[Guess] = []
    weight_distances: dict[str, list[list[float | None]]] = {}

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"Comparison of {len(self.results)} lanes"

    @property
    def libraries(self) -> list[str]:
        """The libraries that have results."""
        return [library for library in self.settings.libraries if self.results_of(library)]

    def results_of(self, library: str) -> list[Result]:
        """List the results of one library, in the order they ended."""
        return [result for result in self.results if result.experiment.library == library]

    def blocks_of(self, library: str) -> list[Block]:
        """List the blocks of one library, in the order they were measured."""
        return [block for block in self.blocks if block.library == library]

    def ranking(self, library: str) -> Ranking:
        """Lay one library's lanes side by side."""
        results, blocks = self.results_of(library), self.blocks_of(library)
        lanes = lanes_of(results, blocks, self.settings.view)
        title = sentences.title(self.settings, library, results, len(blocks))
        distances = self.weight_distances.get(library, [])
        control = control_of(lanes, blocks)
        return Ranking(library, self.settings.view, title, lanes, control, distances)

    def rankings(self) -> list[Ranking]:
        """List one Ranking a library that has results."""
        return [self.ranking(library) for library in self.libraries]

    @property
    def all_done(self) -> bool:
        """Whether every lane ended well and the lanes of each library did the same work."""
        void = any(self.same_weights(library).answer == "void" for library in self.libraries)
        complete = len(self.results) == len(self.settings.experiments())
        complete = complete and not self.measuring_problems
        return complete and not void and all(result.status == "done" for result in self.results)

    def same_weights(self, library: str) -> SameWeights:
        """Whether one library's lanes ended with the same weights; `answer` says it in a word."""
        return same_weights(self.ranking(library))

    @property
    def machine(self) -> Machine | None:
        """Where it ran; None where it came to nothing."""
        return next((result.machine for result in self.results if result.machine), None)

    @property
    def seconds(self) -> float:
        """How long its lanes took, start-up and ceiling included."""
        return sum(result.curve[-1][0] for result in self.results if result.curve)

    @property
    def has_results(self) -> bool:
        """Whether any lane has ended."""
        return bool(self.results)

    # What it shows

    def title(self, library: str) -> str:
        """Say what one library's results rest on: network, images, machine, and how sure."""
        return self.ranking(library).title

    def sentences(self, library: str) -> str:
        """Say in plain words what one library's results show, failures first."""
        return " ".join(self._sentences(library))

    def _sentences(self, library):
        ended = self.measuring_problems.get(library, "")
        return sentences.sentences(self.ranking(library), ended)

    def table(self, library: str, form: str = "simple") -> str:
        """Lay one library's lanes side by side, as text.

        Args:
            library: "keras" or "tf_keras".
            form: a format of tabulate, such as "simple" or "html" (escaped).
        """
        return comparison_table(self.ranking(library)).as_text(form)

    def closing(self) -> str:
        """Name the machine, the versions and the images that the results were measured with."""
        images = say("Images: {checked}.", checked=self.images_checked)
        return f"{sentences.tell(self.machine)}\n{images}" if self.machine else images

    def told(self, recorded: "Comparison | None" = None) -> Report:
        """Make the report.

        Args:
            recorded: a comparison of another machine, drawn in grey, or None.
        """
        if not self.results:
            return Report(closing=[say("No lane has ended.")], cards=cards(self))
        sections = [self._section(library) for library in self.libraries]
        return Report(list(self._pictures(recorded)), sections, [self.closing()], cards(self))

    def _pictures(self, recorded):
        """Yield the figure, then what else there is: accuracies, the guesses."""
        beside = comparable(self, recorded).sentence if recorded else ""
        yield Picture(lambda: self.figure(recorded=recorded), self.alt_text(), caption=beside)
        for library in self.libraries:
            if any(result.test_accuracy is not None for result in self.results_of(library)):
                yield Picture(lambda library=library: self.figure("accuracy", library),
                              self.alt_text("accuracy", library))  # fmt: skip
        if self.guesses:
            from kfit_teach.front.figures import guesses  # here: it draws, so it loads matplotlib

            drawn = Picture(lambda: guesses.draw(self.guesses), guesses.tell(self.guesses))
            yield FoldedPicture(say("Guess and measurement, drawn"), drawn)

    def _section(self, library):
        ranking = self.ranking(library)
        tables = short_table(ranking), comparison_table(ranking)
        if library != self.libraries[0]:  # what words mean is said where they first appear
            tables = [replace(table, notes=()) for table in tables]
        short, whole = tables
        return Section(ranking.title, short, "\n".join(self._sentences(library)), whole)

    def networks(self) -> Networks:
        """Which lanes ended as the same network, and why; it shows itself, here and in text."""
        return Networks(self.rankings())

    # Its figures; kfit_teach.front.figures lists them

    def figure(self, kind="comparison", library=None, recorded=None):
        """Draw a figure.

        Args:
            kind: one of kfit_teach.front.figures.FIGURES, such as "timeline"; "comparison" is
                images/s, memory over time and loss by step, a row a library.
            library: of a figure that shows one library; the first that has results unless given.
            recorded: for "comparison": another Comparison, drawn in grey, or None.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no such figure, or no result to draw.
        """
        drawn = self._figure_kind(kind, library)
        if drawn.one_a_library:
            return drawn.module.draw(self._ranking_to_draw(library))
        beside = comparable(self, recorded).rankings if recorded else ()
        return drawn.module.draw(self.rankings(), beside)

    def alt_text(self, kind="comparison", library=None):
        """Describe a figure in words, for those who cannot see it; it is named as for `figure`.

        Raises:
            BadInput: there is no such figure, or no result to tell of.
        """
        drawn = self._figure_kind(kind, library)
        if drawn.one_a_library:
            return drawn.module.tell(self._ranking_to_draw(library))
        told = [self.sentences(library) for library in self.libraries]
        return drawn.module.tell(self.rankings(), told)

    def _figure_kind(self, kind, library):
        """Find a kind of figure, and refuse it where there is nothing to draw."""
        if kind not in figures.FIGURES:
            known = nearest_name(kind, figures.FIGURES)
            raise BadInput(say("There is no figure {kind!r}; {known}", kind=kind, known=known))
        if not self.results:
            raise BadInput(
                say("This comparison has no results, but a figure needs one; run it first.")
            )
        return figures.FIGURES[kind]

    def _ranking_to_draw(self, library):
        """Settle which library's results are drawn."""
        if library is None:
            return self.ranking(self.libraries[0])
        if library not in self.libraries:
            raise BadInput(say(
                "There are no results of {library!r}, but a figure needs one; run it first.",
                library=library))  # fmt: skip
        return self.ranking(library)

    @classmethod
    def load(cls, file: str | Path) -> "Comparison":
        """Read a comparison that `save` wrote.

        Raises:
            BadInput: the file is not there, or is not a comparison of this schema.
        """
        what = say("a comparison of schema version {version}", version=SCHEMA_VERSION)
        return read_saved(cls, file, what)
