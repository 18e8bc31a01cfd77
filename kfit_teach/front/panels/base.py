"""What every lesson's panel is built on: Run and Stop, one thread, and in words what went wrong.

A panel has two faces. Shown in a cell it is interactive: Run returns at once and the work is done
in the panel's thread. `panel.run()` does the same work and waits for it. Callbacks set traits of
widgets and never print; what goes wrong in one is kept in `trouble` and shown in the panel.
"""

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import wait

import ipywidgets as widgets

from kfit_teach.common.words import say
from kfit_teach.front.panels.callbacks import guarded
from kfit_teach.front.panels.cells import replaced_by
from kfit_teach.front.panels.page import Page
from kfit_teach.front.panels.still import still_face
from kfit_teach.front.panels.thread import JobThread
from kfit_teach.front.running.warm import WarmStart
from kfit_teach.front.telling import pages


class Panel:
    """Run, Stop, status and trouble; what is run, a subclass says.

    A subclass fills `view.children`, `page` among them, and has `work()`, which runs in the panel's
    thread, and `refresh_buttons()`.
    """

    # Only the panel that was shown last may keep a worker waiting: each holds some 450 MiB.
    _shown_last = None

    def __init__(self):
        self.trouble = None
        self.stop_asked = threading.Event()
        self.warm = WarmStart()
        self.thread = JobThread()
        self.job = None
        self.page = Page()
        self.page.observe(guarded(self, lambda _: self._keep_worker()), "seen")
        button = self.button
        self.run_button = button("run", say("Run"), self.start, "primary", say("train all lanes"))
        self.stop_button = button("stop", say("Stop"), self.stop, "warning",
                                  say("end the run at once"))  # fmt: skip
        self.status = widgets.HTML().add_class("kfit-status")
        self.trouble_shown = widgets.HTML().add_class("kfit-trouble")
        self._other_run = widgets.VBox().add_class("kfit-other-run")
        self.view = widgets.VBox(layout={"width": "100%"}).add_class("kfit-panel")

    # What a subclass uses

    def button(
        self, kind: str, text: str, action: Callable, style: str = "", tooltip: str = ""
    ) -> widgets.Button:
        """Make a button of the CSS class kfit-KIND, whose trouble is shown in the panel."""
        button = widgets.Button(description=text, button_style=style, tooltip=tooltip or text)
        button.add_class(f"kfit-{kind}")
        button.on_click(guarded(self, lambda _: action()))
        return button

    def watch(self, widget: widgets.Widget, action: Callable) -> None:
        """Call an action whenever a widget's value changes."""
        widget.observe(guarded(self, lambda _: action()), "value")

    def show_status(self, sentence: str) -> None:
        """Show one sentence beside the buttons; screen readers read it out."""
        self.status.value = pages.status(sentence)

    @property
    def is_running(self) -> bool:
        """Whether a run is on."""
        return self.job is not None and not self.job.done()

    # Run and Stop

    def start(self) -> None:
        """Begin the work in the panel's thread, and return at once; nothing where a run is on."""
        if self.is_running:
            return
        self.stop_asked.clear()
        self.page.awaited = False  # while a run is on the page is silent
        self._forget_trouble()
        self.show_status(say("Starting."))
        self.job = self.thread.put(self._work_and_tell)
        self.refresh_buttons()
        self.job.add_done_callback(guarded(self, lambda _: self.refresh_buttons()))
        if self._is_shown_last():
            self._prepare_worker()  # for the next click, once this run is over

    def stop(self) -> None:
        """End the run, if one is on; what was measured is kept."""
        self.stop_asked.set()
        self.warm.give_up()  # the run may be waiting behind it

    def run(self):
        """Do the work, wait for its end, and return what it gave: for scripts, for a cell.

        Raises:
            BadInput: a setting is out of its bounds, or images or a library are missing.
            RuntimeError: what was run went wrong.
            KeyboardInterrupt: Ctrl-C, or the kernel was interrupted; the worker has been ended, and
                the panel shows what was measured.
        """
        self.start()
        try:
            while not self.job.done():  # in short steps, so that an interrupt comes through
                wait([self.job], timeout=0.2)
        except KeyboardInterrupt as interrupt:
            self.stop()
            wait([self.job])
            raise self.interrupted(interrupt) from None
        done = self.job.result()
        self.refuse(done)
        return done

    def refuse(self, done) -> None:
        """Raise what a script must not overlook; a subclass knows what that is."""

    def interrupted(self, interrupt: KeyboardInterrupt) -> KeyboardInterrupt:
        """Say what to raise in place of an interrupt; a subclass may know what was measured."""
        return interrupt

    def _work_and_tell(self):
        """Do the work in the panel's thread; whatever it raises is shown, and raised in `run`."""
        try:
            return self.work()
        except Exception as error:
            self.trouble = pages.trouble_of(error)
            self.show_trouble()
            raise

    def _forget_trouble(self) -> None:
        self.trouble, self.trouble_shown.value = None, ""

    def show_trouble(self) -> None:
        """Show what went wrong: a sentence, the traceback folded away."""
        self.trouble_shown.value = pages.trouble(self.trouble)
        self.show_status("")

    # Shown in a cell

    def _repr_mimebundle_(self, **options):
        """Show the panel; a worker begins to wait, so that the first click trains at once.

        On a page without a kernel its still face stands there. A panel that this cell showed before
        is ended; where its run is still going on, this panel says so and offers Stop.
        """
        shown = self.view._repr_mimebundle_(**options)
        before = replaced_by(self)
        if before is not None and before.is_running:
            self._wait_for(before)
        elif before is not None:
            before.close()
        self.warm_up()
        return {**shown, "text/html": still_face(self), "text/plain": repr(self)}

    def _wait_for(self, other: "Panel") -> None:
        """Say that another panel's run is on, offer to stop it, and end that panel afterwards."""
        told = widgets.HTML(pages.section(pages.paragraph(
            say("A run that this cell started before is still going on.")
        )))  # fmt: skip
        stop = self.button("stop-other", say("Stop that run"), other.stop, "warning",
                           say("end that run at once"))  # fmt: skip
        self._other_run.children = [told, stop]

        def take_over():
            self.take_over(other)
            other.close()
            self._other_run.children = []

        other.job.add_done_callback(lambda _: self.thread.put(guarded(self, take_over)))

    def take_over(self, other: "Panel") -> None:
        """Show what the run of another panel came to; a subclass knows how."""

    def warm_up(self) -> None:
        """Let one worker wait with the library imported; that of another panel is ended."""
        last = Panel._shown_last and Panel._shown_last()
        if last not in (None, self):
            last.thread.put(last.warm.end)
        Panel._shown_last = weakref.ref(self)
        self._prepare_worker()

    def _is_shown_last(self) -> bool:
        return Panel._shown_last is not None and Panel._shown_last() is self

    def _prepare_worker(self):
        """Have a worker prepared in the panel's thread, after whatever it is doing."""
        library = self.library_to_warm()

        def prepare():
            if self._is_shown_last():
                self.warm.prepare(library)
                self.page.awaited = self.warm.is_waiting

        if library:
            self.thread.put(prepare)

    def _keep_worker(self) -> None:
        """The page has told that it is open, so the waiting worker may go on waiting."""
        self.thread.put(self.warm.keep)

    def library_to_warm(self) -> str:
        """Say which library the first lane needs; a subclass knows. "" for none."""
        return ""

    def close(self) -> None:
        """End everything: the run, the waiting worker, the thread, the widgets."""
        if self._is_shown_last():
            Panel._shown_last = None
        self.stop()
        self.thread.put(self.warm.end)
        self.thread.end()
        for own in [self.view, *vars(self).values()]:  # some are not shown
            if isinstance(own, widgets.Widget):
                close_widgets(own)


def close_widgets(widget: widgets.Widget) -> None:
    """End a widget with all it holds; without that the kernel keeps each for good."""
    for child in getattr(widget, "children", ()):
        close_widgets(child)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
        if isinstance(part, widgets.Widget):
            part.close()
