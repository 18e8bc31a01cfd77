"""A panel that asks first: controls, guesses, Run; then the result, and those before it.

What is run, and how its result is shown, a subclass says. A result is plain data that has
`settings`, `guesses`, `has_results`, `machine`, `seconds`, `told(recorded)` and `save(file)`: a
Comparison, or what a demonstration told.
"""

import html
from functools import partial

import ipywidgets as widgets
from pydantic import BaseModel

from kfit_teach.common.problems import BadInput, validated
from kfit_teach.common.words import say
from kfit_teach.front.guesses import Question
from kfit_teach.front.panels.base import Panel
from kfit_teach.front.panels.callbacks import guarded
from kfit_teach.front.panels.controls import make_control
from kfit_teach.front.panels.questions import ask
from kfit_teach.front.panels.saving import SaveRow
from kfit_teach.front.record import keep_guesses
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Picture, Report
from kfit_teach.front.telling.sentences import kind_of_machine

MOST_RUNS = 4  # side by side


class AskingPanel(Panel):
    """Controls, guesses, Run, and what came of it.

    Args:
        settings_class: pydantic class of what can be asked.
        settings: dict of settings; where a control stands for one, its first value.
        controls: dict of a setting's name to its choices, empty for all that are allowed.
        questions: list of questions (kfit_teach.front.guesses) to answer before the first run.
        recorded: result that was recorded on a reference machine, or None.
        title: what stands over the panel.
        path: where the real images are (.tgz or folder); else the usual places.
        takes: how long a run took that was recorded, such as "about 50 seconds on 2 cores".
        record_as: what the learner's own record calls the panel: its name in its lesson. "" keeps
            no guess.

    A subclass has `work()`, which calls `_begin` and `_finish`; `_outcome_of`, `_slides` and
    `_code_in_words`; and `_pictures_of_runs` where the last runs are shown side by side.

    Raises:
        BadInput: a setting is out of its bounds, or there is no such control.
    """

    settings_class: type[BaseModel]

    def __init__(self, settings, controls, questions, recorded, title, path, takes, record_as=""):
        validated(self.settings_class, **settings)
        super().__init__()
        self.title, self.result, self.runs = title, None, []
        self._record_as = record_as
        self._recorded, self._path, self._settings, self._takes = recorded, path, settings, takes
        self.controls = {name: self._control(name, choices) for name, choices in controls.items()}
        self.rows = [ask(question) for question in questions]
        self._committed = None  # (settings, guesses), once committed; none of them where skipped
        self._ran = None  # the settings of the last run, as they were asked for
        self._told_next = False
        self._lane_boxes = widgets.VBox().add_class("kfit-lanes")
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

    # What a subclass says

    def _outcome_of(self, result, recorded) -> Report:
        """Make the report of a result; what was recorded stands beside it where it is given."""
        raise NotImplementedError

    def _slides(self, result, recorded) -> str:
        """Make the projector's slides after a run, as HTML."""
        raise NotImplementedError

    def _code_in_words(self) -> str:
        """Show what was run as code, as HTML."""
        raise NotImplementedError

    def _pictures_of_runs(self) -> list[Picture]:
        """Lay the last runs beside each other."""
        return []

    def _about_recorded(self) -> str:
        """Say what the recorded result is, and what of it can be compared."""
        return say("Recorded on another machine ({machine}); it will stand in grey beside yours.",
                   machine=kind_of_machine(self._recorded.machine))  # fmt: skip

    # What stands where

    def _control(self, name: str, choices) -> widgets.Widget:
        field = self.settings_class.model_fields.get(name)
        first = self._settings.get(name, field.default if field else None)
        if isinstance(first, tuple | list) and len(first) == 1:
            first = first[0]
        return make_control(name, first, choices, self.settings_class)

    def _make_buttons(self) -> None:
        self._commit_button = self.button(
            "commit-my-guess", say("Commit my guess"), self.commit, "info",
            say("lock your guess in; then you can run"),
        )  # fmt: skip
        self._skip_button = self.button(
            "skip", say("Skip"), self.skip, tooltip=say("run without a guess")
        )
        self.saving = SaveRow(self.button, lambda: self.result)
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

    def settings(self) -> BaseModel:
        """Read the controls.

        Raises:
            BadInput: they do not go together.
        """
        chosen = {name: control.value for name, control in self.controls.items()}
        return validated(self.settings_class, **self._settings | chosen)

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

    def _is_guessed(self, settings: BaseModel | None) -> bool:
        """Whether there is a guess for these settings."""
        return bool(self._committed) and self._committed[0] is not None and (
            self._committed[0] == settings
        )  # fmt: skip

    def _is_locked(self, settings: BaseModel | None) -> bool:
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
        has_results = self.result is not None and self.result.has_results
        self._kept.layout.display = "flex" if has_results and not running else "none"
        if not running:
            for shown in (self._outcome, self._runs):
                shown.remove_class("kfit-stale")
            self._say_what_is_next(settings, locked)

    def _say_what_is_next(self, settings: BaseModel | None, locked: bool) -> None:
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

    # The work, in the panel's thread; what a subclass uses of it

    def _begin(self) -> BaseModel:
        """Clear what was shown while the last run was on; give the settings of this one."""
        self._picture.value = self._code.value = ""
        self._show_code.value = False
        self.saving.forget()
        settings = self._ran = self.settings()
        self._told_next = False  # what is next is told by the run from now on
        for shown in (self._outcome, self._runs):
            shown.add_class("kfit-stale")  # of the last run, while this one is on
        self.show_status(say("Preparing the images."))
        return settings

    def _finish(self, settings: BaseModel, before, is_worth_keeping: bool) -> None:
        """Lay the guesses beside the result, and show everything; `before` is the last result.

        A guess belongs to the settings that it was made for; other settings want another guess.
        """
        result, not_kept = self.result, ""
        if self._is_guessed(settings):
            guesses = self._committed[1]
            result.guesses = [question.judge(guess, result) for question, guess in guesses]
            not_kept = self._keep_in_record(result)
        self._picture.value = ""
        stopped = self.stop_asked.is_set()
        if stopped and before and not is_worth_keeping:
            self.result = before
            self.show_status(say("Stopped before an epoch had ended; the last result stays."))
            return
        if result.has_results:
            self._keep(result, is_worth_keeping)
        ended = say("Stopped; what was measured is kept.") if stopped else say("Done.")
        self.show_status(f"{ended} {not_kept}".strip())

    def _keep_in_record(self, result) -> str:
        """Keep in the learner's own record what they guessed, once; say where that went wrong.

        Who guesses at what an earlier run has shown them is not guessing.
        """
        if not self._record_as:
            return ""
        seen = [run for run in self.runs if run.settings == result.settings]
        answered = [guess for row, guess in zip(self.rows, result.guesses, strict=True)
                    if guess.measured is not None
                    and all(row.question.measure(run) is None for run in seen)]  # fmt: skip
        return keep_guesses(self._record_as, self.title, result, answered)

    def _keep(self, result, is_worth_keeping: bool = True) -> None:
        """Show a result, beside those of the last runs."""
        self.result = result
        if is_worth_keeping:
            self.runs = [*self.runs, result][-MOST_RUNS:]
        self.show_status(say("Drawing the results."))
        self._refresh_outcome()
        self._runs.value = "".join(picture.as_html() for picture in self._pictures_of_runs())
        self.page.bring_into_view("outcome")

    def take_over(self, other: "AskingPanel") -> None:
        """Show what a run came to that this cell's panel before had begun."""
        if other.result and other.result.has_results:
            self._ran = other._ran
            self._keep(other.result)
            self.show_status(say("That run is over; here is what it measured."))
        self.refresh_buttons()

    # After a run

    def _recorded_now(self):
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
        if self.result and self.result.has_results:
            self._outcome.value = self._outcome_of(self.result, recorded).as_html()
        self._refresh_large()

    def _project(self) -> None:
        """Draw the slides; while a run is on nothing is drawn, and its end draws them."""
        if not self.is_running:
            self._refresh_large()

    def _refresh_large(self) -> None:
        """Draw the projector's slides, where it is on; they cost some seconds."""
        if self.page.projected and self.result and self.result.has_results:
            self._large.value = self._slides(self.result, self._recorded_now())
        else:
            self._large.value = ""

    def _refresh_code(self) -> None:
        """Show what was run as code, or hide it."""
        shown = self._show_code.value and self.result is not None
        self._code.value = self._code_in_words() if shown else ""

    # For scripts and for readers without a kernel

    def recorded(self) -> "RecordedResult":
        """Give the recorded result, folded away, so that nobody reads it before their guess.

        Raises:
            BadInput: this panel has none.
        """
        if self._recorded is None:
            raise BadInput(say("This panel has no recorded result; run it with panel.run()."))
        return RecordedResult(self._recorded, partial(self._outcome_of, recorded=None))


class RecordedResult:
    """A result that shows itself folded away, so that nobody reads it before their guess.

    Args:
        result: the recorded one.
        report_of: makes the Report of it.
    """

    def __init__(self, result, report_of):
        self.result, self._report_of = result, report_of

    def __repr__(self):
        return self._report_of(self.result).as_text()

    def _repr_mimebundle_(self, **options):
        """Show it as HTML that reads without a kernel."""
        told = say("The recorded result of another machine. Guess and run first; then open this.")
        shown = self._report_of(self.result).as_html()
        return {"text/html": pages.unfolding(told, shown), "text/plain": told}
