"""The panel around a comparison: set, guess, run, watch, read, keep."""

import html
import time
from functools import partial

import ipywidgets as widgets

from kfit_teach.common.experiment import ComparisonSettings, Experiment
from kfit_teach.common.problems import BadInput, validated
from kfit_teach.common.result import Result
from kfit_teach.common.wire import LaneEnded, PhaseBegan
from kfit_teach.common.words import say
from kfit_teach.front.comparable import comparable
from kfit_teach.front.comparing import Interrupted, prepare_comparison, run_comparison
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.figures.live import LaneSeen, LivePicture
from kfit_teach.front.guesses import Question
from kfit_teach.front.panels.base import Panel, close_widgets
from kfit_teach.front.panels.callbacks import guarded
from kfit_teach.front.panels.controls import make_control
from kfit_teach.front.panels.lane_row import LaneRow
from kfit_teach.front.panels.outcome import RecordedResult, outcome
from kfit_teach.front.panels.projector import slides
from kfit_teach.front.panels.questions import ask
from kfit_teach.front.panels.runs_shown import pictures_of_runs
from kfit_teach.front.panels.saving import SaveRow
from kfit_teach.front.panels.thread import Painter
from kfit_teach.front.plain_code.script import plain_script
from kfit_teach.front.running.lane_bars import LAST_PHASE_BEFORE_THE_CLOCK, clock_begins
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.sentences import kind_of_machine, tell

USUAL_CONTROLS = {"library": (), "loader": ("natural", "generator"), "batch_size": (), "epochs": ()}
MOST_RUNS = 4  # side by side


class ComparePanel(Panel):
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
        **settings: those of ComparisonSettings; where a control stands for one, its first value.

    Raises:
        BadInput: a setting is out of its bounds, or there is no such control.

    >>> panel = ComparePanel(library="keras", epochs=3)
    >>> panel
    <ComparePanel: 3 lanes, not run yet>
    >>> panel.close()
    """

    def __init__(
        self, controls=None, questions=(), recorded=None, title="", path=None, takes="",
        first_batches=False, costs_only=False, **settings,
    ):  # fmt: skip
        validated(ComparisonSettings, **settings)
        super().__init__()
        self.title, self.comparison, self.runs = title, None, []
        self._recorded, self._path, self._settings = recorded, path, settings
        self._takes, self._with_first_batches, self._costs_only = takes, first_batches, costs_only
        controls = USUAL_CONTROLS if controls is None else controls
        self.controls = {name: self._control(name, choices) for name, choices in controls.items()}
        self.rows = [ask(question) for question in questions]
        self._committed = None  # (settings, guesses), once committed; none of them where skipped
        self._ran = None  # the settings of the last run, as they were asked for
        self._told_next = False
        self._lanes, self._lane_boxes = {}, widgets.VBox().add_class("kfit-lanes")
        self._why_not = widgets.HTML().add_class("kfit-why-not")
        self._recorded_told = widgets.HTML().add_class("kfit-recorded")
        self._picture = widgets.HTML().add_class("kfit-picture")
        self._outcome = widgets.HTML().add_class("kfit-outcome")
        self._runs = widgets.HTML().add_class("kfit-runs")
        self._code = widgets.HTML().add_class("kfit-code")
        self._large = widgets.HTML().add_class("kfit-large")
        self._make_buttons()
        self.view.children = self._children()
        for control in self.controls.values():
            self.watch(control, self.refresh_buttons)
        for row in self.rows:
            for one in row.inputs:
                self.watch(one, self.refresh_buttons)
        self.page.observe(guarded(self, lambda _: self._project()), "projected")
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
        self.saving = SaveRow(self.button, lambda: self.comparison)
        self._show_code = widgets.ToggleButton(
            description=say("Show the code"), tooltip=say("the same in plain Keras")
        )
        self._show_recorded = widgets.ToggleButton(
            description=say("Compare with recorded"), layout={"width": "14em"},
            tooltip=say("another machine's result, in grey"),
        )  # fmt: skip
        self.watch(self._show_code, self._refresh_code)
        self.watch(self._show_recorded, self._show_or_hide_recorded)

    def _children(self) -> list[widgets.Widget]:
        """Lay everything out, from top to bottom; what is a slide stands alone on a projector."""
        wrapped = partial(widgets.Box, layout={"flex_flow": "row wrap"})
        heading = [widgets.HTML(f"<b>{html.escape(self.title)}</b>")] if self.title else []
        question = "".join(pages.paragraph(row.question.text) for row in self.rows)
        asked = [row.box for row in self.rows]
        if asked:
            asked.append(wrapped([self._commit_button, self._skip_button]))
        run = [self.run_button, self.stop_button]
        if self._recorded:
            run.append(self._show_recorded)
        if self._takes:
            takes = say("A run takes {time}.", time=self._takes)
            run.append(widgets.HTML(html.escape(takes)).add_class("kfit-takes"))
        self._kept = wrapped([self._show_code, *self.saving.widgets])
        ask_box = [
            *heading,
            wrapped(list(self.controls.values())).add_class("kfit-controls"),
            self._why_not,
            widgets.VBox(asked).add_class("kfit-questions"),
        ]
        run_box = [wrapped(run), self.status, self._recorded_told, self._other_run,
                   self.trouble_shown, self._lane_boxes, self._picture]  # fmt: skip
        return [
            self.page,
            widgets.HTML(question).add_class("kfit-slide").add_class("kfit-question-large"),
            widgets.VBox(ask_box).add_class("kfit-slide"),
            widgets.VBox(run_box).add_class("kfit-slide"),
            self._outcome,
            self._runs,
            self._kept,
            self._code,
            self._large,
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
        self._committed = (self.settings(), self._guesses())
        self.show_status(say("Your guess is kept. Now run."))
        self.refresh_buttons()

    def _guesses(self) -> list[tuple[Question, float | str | tuple[str, ...] | None]]:
        return [(row.question, row.guess()) for row in self.rows]

    def skip(self) -> None:
        """Unlock Run without a guess, for an instructor in a hurry."""
        self._committed = (None, [])
        self.refresh_buttons()

    def _is_guessed(self, settings: ComparisonSettings | None) -> bool:
        """Whether there is a guess for these settings."""
        return bool(self._committed) and self._committed[0] is not None and (
            self._committed[0] == settings
        )  # fmt: skip

    def _is_locked(self, settings: ComparisonSettings | None) -> bool:
        """Whether a guess is asked for: none was made, or it was made for other settings."""
        skipped = self._committed is not None and self._committed[0] is None
        return bool(self.rows) and not skipped and not self._is_guessed(settings)

    def refresh_buttons(self) -> None:
        """Lock and unlock everything as the state of the panel asks for."""
        why_not = self._why_not_now()
        settings = None if why_not else self.settings()
        self._why_not.value = pages.hint(why_not)
        locked, running = self._is_locked(settings), self.is_running
        complete = all(row.guess() is not None for row in self.rows)
        self.run_button.disabled = running or locked or bool(why_not)
        self.stop_button.disabled = not running
        kept = self._is_guessed(settings) and self._guesses() == self._committed[1]
        self._commit_button.disabled = running or not complete or bool(why_not) or kept
        self._skip_button.disabled = running or not locked
        for control in self.controls.values():
            control.disabled = running
        for row in self.rows:
            row.refresh(stale=locked and self._committed is not None)
            for one in row.inputs:
                one.disabled = running
        has_results = self.comparison is not None and bool(self.comparison.results)
        self._kept.layout.display = "flex" if has_results and not running else "none"
        if not running:
            for shown in (self._outcome, self._runs):
                shown.remove_class("kfit-stale")
            self._say_what_is_next(settings, locked)

    def _say_what_is_next(self, settings: ComparisonSettings | None, locked: bool) -> None:
        """Say what is still to be done before a run; nothing where that is plain to see."""
        told = ""
        if locked and self._committed is None:
            told = say("Guess first: Run unlocks when you commit your guess.")
        elif locked:
            told = say("Your guess was for other settings. Guess anew and commit it, or skip.")
        elif self._ran and settings != self._ran and not self._is_guessed(settings):
            told = say("You have changed the settings; what stands below is of the last run.")
        if told or self._told_next:
            self.show_status(told)
        self._told_next = bool(told)

    # The work, in the panel's thread

    def work(self) -> Comparison:
        """Run the comparison that the controls ask for."""
        self._picture.value = self._code.value = ""
        self._show_code.value = False
        self.saving.forget()
        settings = self._ran = self.settings()
        self._told_next = False  # what is next is told by the run from now on
        for shown in (self._outcome, self._runs):
            shown.add_class("kfit-stale")  # of the last run, while this one is on
        self._lay_out_lanes(settings.experiments())
        self.show_status(say("Preparing the images."))
        comparison = prepare_comparison(self._path, self._bar, **settings.model_dump())
        before, self.comparison = self.comparison, comparison
        self._run_lanes(comparison)
        self._finish(settings, before)
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

    def _finish(self, settings: ComparisonSettings, before: Comparison | None) -> None:
        """Lay the guesses beside the results, and show everything; `before` is the last result.

        A guess belongs to the settings that it was made for; other settings want another guess.
        """
        comparison = self.comparison
        if self._is_guessed(settings):
            guesses = self._committed[1]
            comparison.guesses = [question.judge(guess, comparison) for question, guess in guesses]
        self._picture.value = ""
        stopped = self.stop_asked.is_set()
        if stopped and before and not any(result.timing for result in comparison.results):
            self.comparison = before
            self.show_status(say("Stopped before an epoch had ended; the last result stays."))
            return
        if comparison.results:
            self._keep(comparison)
        self.show_status(say("Stopped; what was measured is kept.") if stopped else say("Done."))

    def _keep(self, comparison: Comparison) -> None:
        """Show a result, beside those of the last runs."""
        self.comparison = comparison
        if any(result.timing for result in comparison.results):
            self.runs = [*self.runs, comparison][-MOST_RUNS:]
        self.show_status(say("Drawing the results."))
        self._refresh_outcome()
        self._runs.value = "".join(picture.as_html() for picture in self._pictures_of_runs())
        self.page.bring_into_view("outcome")

    def _pictures_of_runs(self) -> list:
        return pictures_of_runs(self.runs, self._with_first_batches, not self._costs_only)

    def take_over(self, other: "ComparePanel") -> None:
        """Show what a run came to that this cell's panel before had begun."""
        if other.comparison and other.comparison.results:
            self._ran = other._ran
            self._keep(other.comparison)
            self.show_status(say("That run is over; here is what it measured."))
        self.refresh_buttons()

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

    def _recorded_now(self) -> Comparison | None:
        return self._recorded if self._show_recorded.value else None

    def _show_or_hide_recorded(self) -> None:
        """Take the recorded result in or out; while a run is on, nothing is drawn."""
        recorded = self._recorded_now()
        self._recorded_told.value = pages.paragraph(self._about_recorded()) if recorded else ""
        if not self.is_running:
            self._refresh_outcome()

    def _refresh_outcome(self) -> None:
        """Show cards, figure, tables and conclusions of the last run; the projector's too."""
        recorded = self._recorded_now()
        if recorded:
            self._recorded_told.value = pages.paragraph(self._about_recorded())
        if self.comparison and self.comparison.results:
            self._outcome.value = outcome(self.comparison, recorded, self._costs_only).as_html()
        self._refresh_large()

    def _about_recorded(self) -> str:
        """Say what the recorded result is, and what of it can be compared."""
        if self.comparison and self.comparison.results and not self.is_running:
            return comparable(self.comparison, self._recorded).sentence
        machine = next(result.machine for result in self._recorded.results if result.machine)
        return say("Recorded on another machine ({machine}); it will stand in grey beside yours.",
                   machine=kind_of_machine(machine))  # fmt: skip

    def _project(self) -> None:
        """Draw the slides; while a run is on nothing is drawn, and its end draws them."""
        if not self.is_running:
            self._refresh_large()

    def _refresh_large(self) -> None:
        """Draw the projector's slides, where it is on; they cost some seconds."""
        if not self.page.projected or not (self.comparison and self.comparison.results):
            self._large.value = ""
            return
        more = self._pictures_of_runs()
        self._large.value = slides(
            self.comparison, self._recorded_now(), more, self._costs_only
        )  # fmt: skip

    def _refresh_code(self) -> None:
        """Show each lane's script in plain Keras, or hide them."""
        if not self._show_code.value or self.comparison is None:
            self._code.value = ""
            return
        lanes = self.comparison.settings.experiments()
        scripts = [pages.folded(lane.name, plain_script(lane)) for lane in lanes]
        self._code.value = pages.section(*scripts)

    # For scripts and for readers without a kernel

    def recorded(self) -> RecordedResult:
        """Give the recorded result, folded away, so that nobody reads it before their guess.

        Raises:
            BadInput: this panel has none.
        """
        if self._recorded is None:
            raise BadInput(say("This panel has no recorded result; run it with panel.run()."))
        return RecordedResult(self._recorded, self._costs_only)

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
