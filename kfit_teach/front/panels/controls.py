"""Controls for settings: the right widget for each, with its unit, its bounds and a tooltip.

They are widgets that assistive software can name: lists to choose from, bounded numbers and
check boxes, each with its label.
"""

import ipywidgets as widgets
from pydantic import BaseModel

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.fields import bounds_of, names_of, takes_several
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.words import say


def make_control(
    name: str, value, choices=(), settings_class: type[BaseModel] = ComparisonSettings
) -> widgets.Widget:
    """Make the control of one setting; its `value` is the setting's, first the one given.

    Choices are values, or (text, value) pairs; where there are none, all that are allowed.

    Raises:
        BadInput: there is no such setting, or its values cannot be listed.

    >>> make_control("batch_size", 32).max
    1020
    """
    field = settings_class.model_fields.get(name)
    if field is None:
        near = nearest_name(name, settings_class.model_fields)
        raise BadInput(say("There is no control {name!r}; {near}", name=name, near=near))
    words = {
        "description": say(field.title),
        "tooltip": say(field.description),
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "margin": "2px 1.5em 2px 2px"},
    }
    if choices:
        return widgets.Dropdown(options=list(choices), value=value, **words)
    if field.annotation is bool:
        return widgets.Checkbox(value=value, indent=False, **words)
    if names_of(field) and not takes_several(field):
        return widgets.Dropdown(options=names_of(field), value=value, **words)
    if field.annotation in (int, float):
        low, high = bounds_of(field)
        number = widgets.BoundedIntText if field.annotation is int else widgets.BoundedFloatText
        return number(value=value, min=low, max=high, **words)
    raise BadInput(say("The control {name!r} needs its choices; name them.", name=name))
