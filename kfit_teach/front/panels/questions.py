"""The widgets that ask for a guess, one row a question."""

import html

import ipywidgets as widgets

from kfit_teach.common.words import say
from kfit_teach.front.guesses import ChoiceQuestion, NumberQuestion, OrderQuestion, Question
from kfit_teach.front.telling import pages

_WIDE = {"description_width": "initial"}


def ask(question: Question) -> "NumberRow | ChoiceRow | OrderRow":
    """Make the row of one question: its `box`, and the `inputs` in it that can be changed.

    Its `guess()` gives the guess, or None where it is not complete yet.
    """
    if isinstance(question, NumberQuestion):
        return NumberRow(question)
    return ChoiceRow(question) if isinstance(question, ChoiceQuestion) else OrderRow(question)


class _Row:
    """The question as text over its inputs."""

    def __init__(self, question: Question, inputs: list[widgets.Widget]):
        self.question, self.inputs = question, inputs
        text = widgets.HTML(f"<b>{html.escape(question.text)}</b>")
        self._why_not = widgets.HTML().add_class("kfit-why-not")
        line = widgets.Box(inputs, layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([text, line, self._why_not]).add_class("kfit-question")

    def answer(self):
        """Give what stands in the inputs, complete or not; None where none was touched."""
        return self.inputs[0].value

    def guess(self):
        """Give the guess; None where it is not complete."""
        answer = self.answer()
        return None if answer is None or self.question.why_not(answer) else answer

    def refresh(self, stale: bool) -> None:
        """Say what is missing; mark a guess that was made for other settings."""
        answer = self.answer()
        self._why_not.value = pages.hint("" if answer is None else self.question.why_not(answer))
        (self.box.add_class if stale else self.box.remove_class)("kfit-stale")


class NumberRow(_Row):
    """A bounded number, which counts as a guess once it was touched."""

    def __init__(self, question: NumberQuestion):
        number = widgets.BoundedFloatText(
            value=question.low, min=question.low, max=question.high, step=question.step,
            description=say("your guess ({unit})", unit=question.unit or say("number")),
            style=_WIDE, tooltip=question.text, layout={"width": "auto"},
        )  # fmt: skip
        super().__init__(question, [number])
        self._touched = False
        number.observe(self._touch, "value")

    def _touch(self, change):
        self._touched = True

    def answer(self):
        """Give the number, once it was set."""
        return float(self.inputs[0].value) if self._touched else None


class ChoiceRow(_Row):
    """One list to choose from."""

    def __init__(self, question: ChoiceQuestion):
        super().__init__(question, [_list_of(question.options, say("your guess"), question.text)])


class OrderRow(_Row):
    """One list a place."""

    def __init__(self, question: OrderQuestion):
        lists = []
        for place in range(1, len(question.items) + 1):
            tooltip = say("place {place}: {question}", place=place, question=question.text)
            lists.append(_list_of(question.items, f"{place}.", tooltip))
        super().__init__(question, lists)

    def answer(self):
        """Give the items in order; None for a place that is still empty."""
        return tuple(one.value for one in self.inputs)

    def guess(self):
        """Give all items in order; None while one is missing or there twice."""
        return super().guess() if None not in self.answer() else None


def _list_of(options: tuple[str, ...], label: str, tooltip: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=[(say("choose ..."), None), *((option, option) for option in options)],
        description=label, tooltip=tooltip, style=_WIDE, layout={"width": "auto"},
    )  # fmt: skip
