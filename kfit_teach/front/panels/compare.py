"""The panel around a comparison: set, guess, run, watch, read, keep."""

import html
import time
from functools import partial

import ipywidgets as widgets

from kfit_teach.common.experiment import ComparisonSettings, Experiment
from kfit_teach.common.files import writable_path
from kfit_teach.common.problems import BadInput, validated
from kfit_teach.common.wire import LaneEnded
from kfit_teach.common.words import say
from kfit_teach.front.comparing import prepare_comparison, run_comparison
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.figures.live import LaneSeen, LivePicture
from kfit_teach.front.panels.base import Panel
from kfit_teach.front.panels.controls import make_control
from kfit_teach.front.panels.lane_row import LaneRow
from kfit_teach.front.panels.outcome import RecordedResult, outcome
from kfit_teach.front.panels.questions import ask
from kfit_teach.front.panels.thread import Painter
from kfit_teach.front.plain_code.script import plain_script
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.sentences import tell

USUAL_CONTROLS = {"library": (), "loader": ("natural", "generator"), "batch_size": (), "epochs": ()}
FILE_NAME = "my_result.json"


class ComparePanel(Panel):
    """A comparison with controls.

    Args:
        controls: dict of a setting's name to its choices, empty for all that are allowed.
        questions: list of questions (kfit_teach.front.guesses) to answer before the first run.
        recorded: Comparison that was recorded on a reference machine, or None.
        title: what stands over the panel.
        path: where the real images are (.tgz or folder); else the usual places.
        **settings: those of ComparisonSettings; where a control stands for one, its first value.

    Raises:
        BadInput: a setting is out of its bounds, or there is no such control.

    >>> panel = ComparePanel(library="keras", epochs=3)
    >>> panel
    <ComparePanel: 3 lanes, not run yet>
    >>> panel.close()
    """

    def __init__(self, controls=None, questions=(), recorded=None, title="", path=None, **settings):
        validated(ComparisonSettings, **settings)
        super().__init__()
        self.comparison = None
        self._recorded, self._path, self._settings = recorded, path, settings
        controls = USUAL_CONTROLS if controls is None else controls
        self.controls = {name: self._control(name, choices) for name, choices in controls.items()}
        self.rows = [ask(question) for question in questions]
        self._committed = None  # (settings, guesses), once committed; none of them where skipped
        self._lanes, self._lane_boxes = {}, widgets.VBox().add_class("kfit-lanes")
        self._why_not = widgets.HTML().add_class("kfit-why-not")
        self._picture = widgets.HTML().add_class("kfit-picture")
        self._outcome = widgets.HTML().add_class("kfit-outcome")
        self._code = widgets.HTML().add_class("kfit-code")
        self._make_buttons()
        self.view.children = self._children(title)
        for control in self.controls.values():
            self.watch(control, self.refresh_buttons)
        for row in self.rows:
            for one in row.inputs:
                self.watch(one, self.refresh_buttons)
        self.refresh_buttons()

    # What stands where

    def _control(self, name: str, choices) -> widgets.Widget:
        field = ComparisonSettings.model_fields.get(name)
        first = self._settings.get(name, field.default if field else None)
        if isinstance(first, tuple | list) and len(first) == 1:
            first = first[0]
        return make_control(name, first, choices)

    def _make_buttons(self) -> None:
        self._commit_button = self.button(
            "commit-my-guess", say("Commit my guess"), self.commit, "info",
            say("lock your guess in; then you can run"),
        )  # fmt: skip
        self._skip_button = self.button(
            "skip", say("Skip"), self.skip, tooltip=say("run without a guess")
        )
        self._save_button = self.button(
            "save-result", say("Save result"), self.save, tooltip=say("write it as JSON")
        )
        self._file = widgets.Text(
            FILE_NAME, description=say("file"), tooltip=say("where it is saved")
        )
        self._show_code = widgets.ToggleButton(
            description=say("Show the code"), tooltip=say("the same in plain Keras")
        )
        self._show_recorded = widgets.ToggleButton(
            description=say("Compare with recorded"), layout={"width": "14em"},
            tooltip=say("another machine's result, in grey"),
        )  # fmt: skip
        self.watch(self._show_code, self._refresh_code)
        self.watch(self._show_recorded, self._refresh_outcome)

    def _children(self, title: str) -> list[widgets.Widget]:
        """Lay everything out, from top to bottom."""
        wrapped = partial(widgets.Box, layout={"flex_flow": "row wrap"})
        heading = [widgets.HTML(f"<b>{html.escape(title)}</b>")] if title else []
        asked = [row.box for row in self.rows]
        if asked:
            asked.append(wrapped([self._commit_button, self._skip_button]))
        kept = [self._show_code, self._file, self._save_button]
        if self._recorded:
            kept.insert(1, self._show_recorded)
        self._kept = wrapped(kept)
        return [
            *heading,
            wrapped(list(self.controls.values())).add_class("kfit-controls"),
            self._why_not,
            widgets.VBox(asked).add_class("kfit-questions"),
            wrapped([self.run_button, self.stop_button, self.status]),
            self.trouble_shown,
            self._lane_boxes,
            self._picture,
            self._outcome,
            self._kept,
            self._code,
        ]

    # Settings and guesses

    def settings(self) -> ComparisonSettings:
        """Read the controls.

        Raises:
            BadInput: they do not go together.
        """
        chosen = {name: control.value for name, control in self.controls.items()}
        return validated(ComparisonSettings, **self._settings | chosen)

    def _why_not_now(self) -> str:
        """Say why these settings cannot be run; "" where they can."""
        try:
            self.settings()
        except BadInput as refusal:
            return str(refusal)
        return ""

    def commit(self) -> None:
        """Lock the guesses in; from now on Run is unlocked."""
        self._committed = (self.settings(), [(row.question, row.guess()) for row in self.rows])
        self.show_status(say("Your guess is kept. Now run."))
        self.refresh_buttons()

    def skip(self) -> None:
        """Unlock Run without a guess, for an instructor in a hurry."""
        self._committed = (None, [])
        self.refresh_buttons()

    def refresh_buttons(self) -> None:
        """Lock and unlock everything as the state of the panel asks for."""
        why_not = self._why_not_now()
        self._why_not.value = pages.hint(why_not)
        locked = bool(self.rows) and self._committed is None
        complete = all(row.guess() is not None for row in self.rows)
        running = self.is_running
        self.run_button.disabled = running or locked or bool(why_not)
        self.stop_button.disabled = not running
        self._commit_button.disabled = running or not complete or bool(why_not)
        self._skip_button.disabled = not locked
        for control in self.controls.values():
            control.disabled = running
        for row in self.rows:
            for one in row.inputs:
                one.disabled = running
        has_results = self.comparison is not None and bool(self.comparison.results)
        self._kept.layout.display = "flex" if has_results and not running else "none"
        if locked and not self.status.value:
            self.show_status(say("Guess first: Run unlocks when you commit your guess."))

    # The work, in the panel's thread

    def work(self) -> Comparison:
        """Run the comparison that the controls ask for."""
        self._picture.value = self._outcome.value = self._code.value = ""
        self._show_code.value = self._show_recorded.value = False
        settings = self.settings()
        self._lay_out_lanes(settings.experiments())
        self.show_status(say("Preparing the images."))
        comparison = prepare_comparison(self._path, self._bar, **settings.model_dump())
        self.comparison = comparison
        lanes = {run.name: LaneSeen(run) for run in comparison.settings.experiments()}
        live = LivePicture(list(lanes.values()))
        self.show_status(say("Running."))
        started_s = {}
        with Painter(lambda: self._paint(live)) as painter:

            def watch(experiment, event):
                if isinstance(event, LaneEnded):
                    self._lanes[experiment.name].end(event.result)
                    return
                start_s = started_s.setdefault(experiment.name, time.monotonic())
                lanes[experiment.name].note(event, time.monotonic() - start_s)
                painter.touch()

            run_comparison(
                comparison, watch, self.stop_asked, self._bar, self.warm, True, self.show_status
            )
        self._finish(settings)
        return comparison

    def _lay_out_lanes(self, experiments: list[Experiment]) -> None:
        """Show one row a lane; rows are used again, so that nothing piles up."""
        for run in experiments:
            self._row(run.name).begin(run.epochs * run.steps_per_epoch)
        names = [run.name for run in experiments]
        self._lane_boxes.children = [self._lanes[name].box for name in names]

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

    def _finish(self, settings: ComparisonSettings) -> None:
        """Lay the guesses beside the results, and show everything.

        A guess belongs to the settings that it was made for; other settings want another guess.
        """
        comparison = self.comparison
        guessed_for, guesses = self._committed or (None, [])
        if guessed_for == settings:
            comparison.guesses = [question.judge(guess, comparison) for question, guess in guesses]
        stopped = self.stop_asked.is_set()
        self.show_status(say("Drawing the results."))
        self._refresh_outcome()
        self._picture.value = ""
        self.show_status(say("Stopped; what was measured is kept.") if stopped else say("Done."))

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

    def _refresh_outcome(self) -> None:
        """Show figure, guesses, tables and conclusions of the last run."""
        if self.comparison and self.comparison.results:
            recorded = self._recorded if self._show_recorded.value else None
            self._outcome.value = outcome(self.comparison, recorded)

    def _refresh_code(self) -> None:
        """Show each lane's script in plain Keras, or hide them."""
        if not self._show_code.value or self.comparison is None:
            self._code.value = ""
            return
        lanes = self.comparison.settings.experiments()
        scripts = [pages.folded(lane.name, plain_script(lane)) for lane in lanes]
        self._code.value = pages.section(*scripts)

    def save(self) -> None:
        """Write the last result as JSON, into the file named beside the button."""
        try:
            path = writable_path(self._file.value.strip() or FILE_NAME, (".json",))
            self.comparison.save(path)
        except BadInput as refusal:
            self.show_status(str(refusal))
        else:
            self.show_status(say("Saved as {file}.", file=path.name))

    # For scripts and for readers without a kernel

    def recorded(self) -> RecordedResult:
        """Give the recorded result, folded away, so that nobody reads it before their guess.

        Raises:
            BadInput: this panel has none.
        """
        if self._recorded is None:
            raise BadInput(say("This panel has no recorded result; run it with panel.run()."))
        return RecordedResult(self._recorded)

    def library_to_warm(self) -> str:
        """Name the library of the first lane; none while the settings cannot be run."""
        return "" if self._why_not_now() else self.settings().libraries[0]

    def __repr__(self):
        if self._why_not_now():
            return f"<ComparePanel: {self._why_not_now()}>"
        lanes = len(self.settings().experiments())
        if self.comparison is None:
            return f"<ComparePanel: {lanes} lanes, not run yet>"
        return f"<ComparePanel: {lanes} lanes>\n{self.comparison.report()}"
