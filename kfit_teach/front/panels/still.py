"""The still face of a panel: what stands in its place where no kernel is, as on a web page.

Viewers take most HTML out of a page that they do not trust. So it is made of the few elements that
even the strictest of them leaves in, and needs no style to be read.
"""

import html
from collections.abc import Callable, Iterable

import ipywidgets as widgets

from kfit_teach.common.words import either, say
from kfit_teach.front.guesses import NumberQuestion, OrderQuestion, Question, plain

# What nbconvert's strictest sanitiser leaves in, and this page uses.
ELEMENTS = {"b", "code", "em", "li", "ul"}
COMMAND = "make lab"


def still_face(panel, below: str = "") -> str:
    """Show a panel as HTML: what it asks, what can be set, and how to run it.

    Args:
        panel: any panel. Of what it has is shown: `title`; `sentence`, what it found out; `rows`,
            its questions; `controls` (or `questions`), a dict of name to widget.
        below: HTML that stands under it, such as the advice of an AdvisorPanel.

    >>> from kfit_teach.front.panels.advisor import AdvisorPanel
    >>> panel = AdvisorPanel()
    >>> "<code>make lab</code>" in still_face(panel)
    True
    >>> panel.close()
    """
    title = getattr(panel, "title", "") or say("A panel")
    said = getattr(panel, "sentence", "")
    controls = getattr(panel, "controls", None) or getattr(panel, "questions", {})
    questions = [row.question for row in getattr(panel, "rows", ())]
    parts = [
        f"<li>{html.escape(said)}</li>" if said else "",
        _part(say("To set:"), map(_control, controls.values())),
        _part(say("To guess:"), map(_asked, questions)),
        f"<li>{_how_to_run()}</li>",
    ]
    return f"<b>{html.escape(title)}</b><ul>{''.join(parts)}</ul>{below}"


def _part(name: str, lines: Iterable[str]) -> str:
    """Put lines below a name; nothing where there are none."""
    lines = "".join(f"<li>{line}</li>" for line in lines)
    return f"<li><b>{html.escape(name)}</b><ul>{lines}</ul></li>" if lines else ""


def _how_to_run() -> str:
    told = say(
        "On this page the panel stands still. To use it, type {command} in the folder of "
        "kfit_teach, and open this notebook in the JupyterLab that starts.",
        command=COMMAND,
    )
    return html.escape(told).replace(COMMAND, f"<code>{COMMAND}</code>")


def _asked(question: Question) -> str:
    """Write a question and how it is answered."""
    return f"{html.escape(question.text)} <em>{html.escape(_answers(question))}</em>"


def _answers(question: Question) -> str:
    """Say what may be answered."""
    if isinstance(question, NumberQuestion):
        return say("Your guess: from {low} to {high} {unit}.", low=plain(question.low),
                   high=plain(question.high), unit=question.unit or say("(a number)"))  # fmt: skip
    if isinstance(question, OrderQuestion):
        return say("To be put in order: {items}.", items=", ".join(question.items))
    return say("Your guess: {options}.", options=either(list(question.options)))


def _control(control: widgets.Widget) -> str:
    """Write a control's name, its value, and what else it may be."""
    told = [tell(control) for kind, tell in _CONTROLS.items() if isinstance(control, kind)]
    name = control.description.removesuffix("?")
    return f"{html.escape(name)}: {told[0]}"


def _list(control: widgets.Dropdown) -> str:
    labels = [option[0] if isinstance(option, tuple) else option for option in control.options]
    return _value(control.label, say("of: {choices}", choices="; ".join(map(str, labels))))


def _number(control: widgets.BoundedIntText | widgets.BoundedFloatText) -> str:
    low, high = plain(control.min), plain(control.max)
    return _value(plain(control.value), say("from {low} to {high}", low=low, high=high))


def _box(control: widgets.Checkbox) -> str:
    return _value(say("on") if control.value else say("off"), say("on or off"))


def _value(value: str, else_: str) -> str:
    return f"<b>{html.escape(value)}</b> ({html.escape(else_)})"


# By kind of widget: those that panels/controls.py makes, and lists of questions.
_CONTROLS: dict[type, Callable] = {
    widgets.Dropdown: _list,
    widgets.Checkbox: _box,
    widgets.BoundedIntText: _number,
    widgets.BoundedFloatText: _number,
}
