"""The widgets that ask for a guess, one row a question."""

import html

import ipywidgets as widgets

from kfit_teach.common.words import say
from kfit_teach.front.guesses import ChoiceQuestion, NumberQuestion, OrderQuestion, Question

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
        line = widgets.Box(inputs, layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([text, line]).add_class("kfit-question")


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

    def guess(self):
        """Give the number, once it was set."""
        return float(self.inputs[0].value) if self._touched else None


class ChoiceRow(_Row):
    """One list to choose from."""

    def __init__(self, question: ChoiceQuestion):
        super().__init__(question, [_list_of(question.options, say("your guess"), question.text)])

    def guess(self):
        """Give the option chosen."""
        return self.inputs[0].value


class OrderRow(_Row):
    """One list a place."""

    def __init__(self, question: OrderQuestion):
        lists = []
        for place in range(1, len(question.items) + 1):
            tooltip = say("place {place}: {question}", place=place, question=question.text)
            lists.append(_list_of(question.items, f"{place}.", tooltip))
        super().__init__(question, lists)

    def guess(self):
        """Give all items in order; None while one is missing or there twice."""
        order = tuple(one.value for one in self.inputs)
        return order if set(order) == set(self.question.items) else None


def _list_of(options: tuple[str, ...], label: str, tooltip: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=[(say("choose ..."), None), *((option, option) for option in options)],
        description=label, tooltip=tooltip, style=_WIDE, layout={"width": "auto"},
    )  # fmt: skip
