"""Which one should I use? Three lists to choose from, and under them the advice with its code."""

import html

import ipywidgets as widgets

from kfit_teach.common.words import say
from kfit_teach.front.panels.base import close_widgets
from kfit_teach.front.panels.callbacks import guarded
from kfit_teach.front.panels.cells import replaced_by
from kfit_teach.front.panels.page import Page
from kfit_teach.front.panels.still import still_face
from kfit_teach.front.plain_code.advice import (
    DATA_ANSWERS,
    LIBRARY_ANSWERS,
    LOOP_ANSWERS,
    Advice,
    library_at_hand,
    recommend,
)
from kfit_teach.front.telling import pages


class AdvisorPanel:
    """Asks where the data is, what the loop needs and which Keras it is; advises at once.

    The library that is chosen first is the one that the learner's own code gets.

    >>> panel = AdvisorPanel()
    >>> panel.questions["loop"].value = "odd_loop"
    >>> print(panel.advice.headline)
    Use train_on_batch, over batches that you cut out of your arrays.
    >>> panel.close()
    """

    def __init__(self):
        library, how_found = library_at_hand()
        self.trouble = None
        self.questions = {
            "data": _list_of(DATA_ANSWERS, say("Where is your data?"),
                             say("what fit or your loop reads"), "arrays"),
            "loop": _list_of(LOOP_ANSWERS, say("What does your loop need?"),
                             say("who decides, and when"), "ordinary"),
            "library": _list_of(LIBRARY_ANSWERS, say("Which Keras?"), how_found, library),
        }  # fmt: skip
        self._answer = widgets.HTML().add_class("kfit-advice")
        self.trouble_shown = widgets.HTML().add_class("kfit-trouble")
        found = widgets.HTML(pages.section(pages.paragraph(how_found)))
        shown = [Page(), *self.questions.values(), found, self.trouble_shown, self._answer]
        self.view = widgets.VBox(shown, layout={"width": "100%"}).add_class("kfit-advisor")
        for question in self.questions.values():
            question.observe(guarded(self, lambda _: self.refresh()), "value")
        self.refresh()

    @property
    def advice(self) -> Advice:
        """The advice for what is chosen now."""
        return recommend(**{name: question.value for name, question in self.questions.items()})

    def refresh(self):
        """Show the advice for what is chosen now."""
        self.trouble, self.trouble_shown.value = None, ""
        advice = self.advice
        warnings = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in advice.beware)
        self._answer.value = pages.section(
            f"<p><b>{pages.status(advice.headline)}</b></p>", pages.paragraph(advice.why),
            pages.code(advice.code, max_height="none"),
            pages.paragraph(say("Mind:")), f"<ul>{warnings}</ul>",
        )  # fmt: skip

    def show_trouble(self):
        """Show what went wrong: a sentence, the traceback folded away."""
        self._answer.value = ""
        self.trouble_shown.value = pages.trouble(self.trouble)

    def close(self):
        """End the widgets."""
        close_widgets(self.view)

    def __repr__(self):
        return str(self.advice)

    def _repr_mimebundle_(self, **options):
        """Show the panel; without a kernel its still face and the advice stand there."""
        before = replaced_by(self)
        if before is not None:
            before.close()
        still = still_face(self, below=self._answer.value)
        return {**self.view._repr_mimebundle_(**options), "text/html": still,
                "text/plain": repr(self)}  # fmt: skip


def _list_of(answers, question, tooltip, first):
    return widgets.Dropdown(
        options=[(say(text), name) for name, text in answers.items()], value=first,
        description=question, tooltip=tooltip, style={"description_width": "16em"},
        layout={"width": "auto", "max_width": "52em"},
    )  # fmt: skip
