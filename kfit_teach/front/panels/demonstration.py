"""The panel around a demonstration: set, guess, run, watch the picture grow, read, keep."""

from pathlib import Path

from kfit_teach.common import demonstrations, wire
from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.demonstrating import prepare_demonstration, run_demonstration
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.differing import what_differs
from kfit_teach.front.figures.canvas import figure_as
from kfit_teach.front.panels.asking import AskingPanel
from kfit_teach.front.panels.base import close_widgets
from kfit_teach.front.panels.lane_row import LaneRow
from kfit_teach.front.panels.thread import Painter
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Picture, Report

# Shown as code: what the worker really does.
DEMONSTRATING = Path(__file__).parents[2] / "worker" / "demonstrating"


class DemonstrationPanel(AskingPanel):
    """A demonstration with controls.

    Args:
        name: of the demonstration, one of kfit_teach.common.demonstrations.names().
        controls: dict of a setting's name to its choices, empty for all that are allowed.
        questions: list of questions (kfit_teach.front.guesses) to answer before the first run.
        recorded: Demonstrated that was recorded on a reference machine, or None.
        title: what stands over the panel; the demonstration's own unless given.
        path: where the real images are (.tgz or folder); else the usual places.
        takes: how long a run took that was recorded, such as "about 10 seconds on 2 cores".
        record_as: what the learner's own record calls the panel, where that is not `name`.
        **settings: the demonstration's; where a control stands for one, its first value.

    Raises:
        BadInput: there is no such demonstration, a setting is out of its bounds, or there is no
            such control.
    """

    def __init__(
        self, name, controls=None, questions=(), recorded=None, title="", path=None, takes="",
        record_as="", **settings,
    ):  # fmt: skip
        self.name, self._shown_as = name, shown_as(name)
        self.settings_class = demonstrations.demonstration(name).Settings
        self._rows_of_runs = {}
        title = title or say(self._shown_as.title)
        super().__init__(settings, controls or {}, questions, recorded, title, path, takes,
                         record_as or name)  # fmt: skip

    # The work, in the panel's thread

    def work(self) -> Demonstrated:
        """Do the demonstration that the controls ask for."""
        settings = self._begin()
        self._lay_out_runs(settings)
        shown = prepare_demonstration(self.name, self._path, self._bar, **settings.model_dump())
        before, self.result = self.result, shown
        self.show_status(say("Running."))
        with Painter(lambda: self._paint(shown)) as painter:

            def watch(seen: RunSeen, event: wire.Seen | None) -> None:
                if isinstance(event, wire.ClockRuns):
                    (painter.rest_at_once if event.runs else painter.go_on)()
                elif event is None:  # its run has ended, perhaps with the clock running
                    painter.go_on()
                elif shown.is_seen_in_picture(event):
                    painter.touch()

            run_demonstration(shown, watch, self.stop_asked, self._bar, self.warm, self.show_status)
        self._finish(settings, before, shown.has_results)
        return shown

    def _lay_out_runs(self, settings) -> None:
        rows = [self._bar(1, run.name) for run in settings.runs()]
        self._lane_boxes.children = [row.box for row in rows]

    def _bar(self, total: int, label: str, unit: str | None = None) -> LaneRow:
        """Give the row of a run, or one more for whatever else takes time."""
        if label not in self._rows_of_runs:
            self._rows_of_runs[label] = LaneRow(label)
        row = self._rows_of_runs[label]
        if row.box not in self._lane_boxes.children:
            self._lane_boxes.children = [*self._lane_boxes.children, row.box]
        return row.begin(total, say("waiting"))

    def _paint(self, shown: Demonstrated) -> None:
        """Draw what is known so far."""
        growing = shown.model_copy(deep=True)  # pieces come while it is drawn
        self._picture.value = pages.picture(
            figure_as(growing.draw(), "png"), growing.tell(), growing.picture().photograph
        )

    def refuse(self, done: Demonstrated) -> None:
        """Raise what a script must not overlook: a run that failed."""
        for run in done.runs:
            if run.status == "failed":
                sentence, traceback = run.problem.sentence, run.problem.traceback
                raise RuntimeError(f"{run.name}: {sentence}\n{traceback}")

    # After a run

    def _outcome_of(self, result: Demonstrated, recorded: Demonstrated | None) -> Report:
        return result.told(recorded)

    def _pictures_of_runs(self) -> list[Picture]:
        """Show the runs before the last one, each under what differs."""
        if len(self.runs) < 2:
            return []
        titles = what_differs([run.settings for run in self.runs])
        before = list(zip(titles, self.runs, strict=True))[:-1]
        return [Picture(run.figure, run.tell(), run.picture().photograph,
                        say("Before: {what_differs}", what_differs=title))
                for title, run in before[::-1]]  # fmt: skip

    def _slides(self, result: Demonstrated, recorded: Demonstrated | None) -> str:
        """Make a slide of the cards, and one of each picture, larger."""
        report = result.told(recorded)
        pictures = [picture.enlarged() for picture in report.pictures
                    if isinstance(picture, Picture)]  # fmt: skip
        shown = [pages.cards(report.cards), *(picture.as_html() for picture in pictures)]
        return "".join(f'<div class="kfit-slide">{one}</div>' for one in shown)

    def _code_in_words(self) -> str:
        """Show what the worker does, as it stands in the package."""
        code = (DEMONSTRATING / f"{self.name}.py").read_text(encoding="utf-8")
        return pages.section(pages.code(code))

    # For scripts

    def library_to_warm(self) -> str:
        """Name the library of the first run; none while the settings cannot be run."""
        return "" if self._why_not_now() else self.settings().runs()[0].library

    def close(self) -> None:
        """End everything."""
        super().close()
        for row in self._rows_of_runs.values():
            close_widgets(row.box)

    def __repr__(self):
        try:
            runs = len(self.settings().runs())
        except BadInput as refusal:
            return f"<DemonstrationPanel: {refusal}>"
        if self.result is None:
            return f"<DemonstrationPanel {self.name}: {runs} runs, not run yet>"
        return f"<DemonstrationPanel {self.name}: {runs} runs>\n{self.result.report()}"
