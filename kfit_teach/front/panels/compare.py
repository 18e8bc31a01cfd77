"""The panel around a comparison: set, guess, run, watch, read, keep."""

import time

from kfit_teach.common.experiment import ComparisonSettings, Experiment
from kfit_teach.common.result import Result
from kfit_teach.common.wire import LaneEnded, PhaseBegan
from kfit_teach.common.words import say
from kfit_teach.front.comparable import comparable
from kfit_teach.front.comparing import Interrupted, prepare_comparison, run_comparison
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.figures.live import LaneSeen, LivePicture
from kfit_teach.front.panels.asking import AskingPanel
from kfit_teach.front.panels.base import close_widgets
from kfit_teach.front.panels.lane_row import LaneRow
from kfit_teach.front.panels.outcome import outcome
from kfit_teach.front.panels.projector import slides
from kfit_teach.front.panels.runs_shown import pictures_of_runs
from kfit_teach.front.panels.thread import Painter
from kfit_teach.front.plain_code.script import plain_script
from kfit_teach.front.running.lane_bars import LAST_PHASE_BEFORE_THE_CLOCK, clock_begins
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Report
from kfit_teach.front.telling.sentences import tell

USUAL_CONTROLS = {"library": (), "loader": ("natural", "generator"), "batch_size": (), "epochs": ()}


class ComparePanel(AskingPanel):
    """A comparison with controls.

    Args:
        controls: dict of a setting's name to its choices, empty for all that are allowed.
        questions: list of questions (kfit_teach.front.guesses) to answer before the first run.
        recorded: Comparison that was recorded on a reference machine, or None.
        title: what stands over the panel.
        path: where the real images are (.tgz or folder); else the usual places.
        takes: how long a run took that was recorded, such as "about 50 seconds on 2 cores".
        first_batches: whether the images of each run's first batch are shown after a run.
        costs_only: whether an outcome tells of speed and memory alone.
        record_as: what the learner's own record calls the panel; "" keeps no guess.
        **settings: those of ComparisonSettings; where a control stands for one, its first value.

    Raises:
        BadInput: a setting is out of its bounds, or there is no such control.

    >>> panel = ComparePanel(library="keras", epochs=3)
    >>> panel
    <ComparePanel: 3 lanes, not run yet>
    >>> panel.close()
    """

    settings_class = ComparisonSettings

    def __init__(
        self, controls=None, questions=(), recorded=None, title="", path=None, takes="",
        first_batches=False, costs_only=False, record_as="", **settings,
    ):  # fmt: skip
        self._with_first_batches, self._costs_only = first_batches, costs_only
        self._lanes = {}
        controls = USUAL_CONTROLS if controls is None else controls
        super().__init__(settings, controls, questions, recorded, title, path, takes, record_as)

    @property
    def comparison(self) -> Comparison | None:
        """The last result."""
        return self.result

    # The work, in the panel's thread

    def work(self) -> Comparison:
        """Run the comparison that the controls ask for."""
        settings = self._begin()
        self._lay_out_lanes(settings.experiments())
        comparison = prepare_comparison(self._path, self._bar, **settings.model_dump())
        before, self.result = self.result, comparison
        self._run_lanes(comparison)
        self._finish(settings, before, any(result.timing for result in comparison.results))
        return comparison

    def _run_lanes(self, comparison: Comparison) -> None:
        """Run every lane; the picture and the rows move only while no clock runs."""
        lanes = {run.name: LaneSeen(run) for run in comparison.settings.experiments()}
        live = LivePicture(list(lanes.values()))
        self.show_status(say("Running."))
        started_s = {}
        with Painter(lambda: self._paint(live)) as painter:

            def watch(experiment, event):
                if isinstance(event, LaneEnded):
                    self._lanes[experiment.name].end(event.result)
                    painter.go_on()
                    return
                if experiment.name not in started_s:
                    started_s[experiment.name] = time.monotonic()
                    self.show_status(say("Running."))  # another run may have been waited for
                at_s = time.monotonic() - started_s[experiment.name]
                lanes[experiment.name].note(event, at_s)
                if clock_begins(event):
                    painter.rest()
                elif isinstance(event, PhaseBegan) and event.phase == LAST_PHASE_BEFORE_THE_CLOCK:
                    self._lanes[experiment.name].fill_by_itself()
                else:
                    painter.touch()

            run_comparison(
                comparison, watch, self.stop_asked, self._bar, self.warm, True, self.show_status
            )

    def _lay_out_lanes(self, experiments: list[Experiment]) -> None:
        """Show one row a lane; rows are used again, so that nothing piles up."""
        for run in experiments:
            row = self._row(run.name).begin(run.epochs * run.steps_per_epoch)
            row.expected_s = self._expected_s(run)
        names = [run.name for run in experiments]
        self._lane_boxes.children = [self._lanes[name].box for name in names]

    def _expected_s(self, run: Experiment) -> float | None:
        """Tell how long the clock will run, by the last run of the same function and network."""
        known = [self._recorded, *self.runs] if self._recorded else self.runs
        for result in (result for comparison in known[::-1] for result in comparison.results):
            if result.status == "done" and _works_alike(result, run):
                images = result.experiment.epochs * result.experiment.number_of_images
                return result.timing.call_s * run.epochs * run.number_of_images / images
        return None

    def _row(self, label: str) -> LaneRow:
        """Find the row with this label; a row is made only once, since widgets live on for good."""
        if label not in self._lanes:
            self._lanes[label] = LaneRow(label)
        return self._lanes[label]

    def _bar(self, total: int, label: str, unit: str | None = None) -> LaneRow:
        """Give the row of a lane, or one more row for whatever else takes time."""
        row = self._row(label)
        if row.box not in self._lane_boxes.children:
            self._lane_boxes.children = [*self._lane_boxes.children, row.box]
        return row.begin(total, say("{total} {units}", total=total, units=unit or say("images")))

    def _paint(self, live: LivePicture) -> None:
        self._picture.value = pages.picture(live.frame(), live.alt())

    def _pictures_of_runs(self) -> list:
        return pictures_of_runs(self.runs, self._with_first_batches, not self._costs_only)

    def interrupted(self, interrupt: KeyboardInterrupt) -> KeyboardInterrupt:
        """Raise what was measured with the interrupt."""
        return Interrupted(self.comparison) if self.comparison else interrupt

    def refuse(self, done: Comparison) -> None:
        """Raise what a script must not overlook: a lane that failed, or a void comparison."""
        failed = [result for result in done.results if result.status == "failed"]
        if failed:
            name, problem = failed[0].experiment.name, failed[0].problem
            raise RuntimeError(f"{name}: {problem.sentence}\n{problem.traceback}")
        for same in map(done.same_weights, done.libraries):
            if same.answer == "void":
                raise RuntimeError(tell(same))

    # After a run

    def _outcome_of(self, result: Comparison, recorded: Comparison | None) -> Report:
        return outcome(result, recorded, self._costs_only)

    def _about_recorded(self) -> str:
        """Say what the recorded result is, and what of it can be compared."""
        if self.comparison and self.comparison.results and not self.is_running:
            return comparable(self.comparison, self._recorded).sentence
        return super()._about_recorded()

    def _slides(self, result: Comparison, recorded: Comparison | None) -> str:
        return slides(result, recorded, self._pictures_of_runs(), self._costs_only)

    def _code_in_words(self) -> str:
        """Show each lane's script in plain Keras."""
        lanes = self.comparison.settings.experiments()
        scripts = [pages.folded(lane.name, plain_script(lane)) for lane in lanes]
        return pages.section(*scripts)

    # For scripts and for readers without a kernel

    def library_to_warm(self) -> str:
        """Name the library of the first lane; none while the settings cannot be run."""
        return "" if self._why_not_now() else self.settings().libraries[0]

    def close(self) -> None:
        """End everything."""
        super().close()
        for row in self._lanes.values():
            close_widgets(row.box)

    def __repr__(self):
        if self._why_not_now():
            return f"<ComparePanel: {self._why_not_now()}>"
        lanes = len(self.settings().experiments())
        if self.comparison is None:
            return f"<ComparePanel: {lanes} lanes, not run yet>"
        return f"<ComparePanel: {lanes} lanes>\n{self.comparison.report()}"


def _works_alike(result: Result, run: Experiment) -> bool:
    """Whether an image costs about as much in one experiment as in another."""
    names = ("training_function", "library", "loader", "model", "image_size", "augment")
    return all(getattr(result.experiment, name) == getattr(run, name) for name in names)
