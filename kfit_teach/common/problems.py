"""What a user can get wrong, said in one sentence: the value, the rule and the way out.

What a user can cause before anything runs is raised as BadInput. (A run that fails raises nothing:
its Result tells why.) At the shell the sentence is all that is printed. Pydantic does the checking;
what is here turns its findings into sentences.
"""

import difflib
from typing import Literal, get_args, get_origin

from pydantic import ByteSize, ValidationError


class BadInput(ValueError):
    """A setting, a file or an archive that cannot be used (exit code 2 at the shell)."""


def nearest_name(name, known_names):
    """Suggest the known name that is closest to a mistyped one.

    Args:
        name: what the user wrote.
        known_names: the names that would have been right.

    Returns:
        A phrase such as "did you mean 'fit'?", or the list of known names where none is close.

    >>> nearest_name("train_on_bach", ["fit", "train_on_batch"])
    "did you mean 'train_on_batch'?"
    >>> nearest_name("xyz", ["fit", "train_on_batch"])
    'choose one of fit, train_on_batch'
    """
    known_names = [str(known) for known in known_names]
    if len(known_names) == 1:
        return f"choose {known_names[0]!r}"
    close = difflib.get_close_matches(str(name).lower(), known_names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"choose one of {', '.join(known_names)}"


def validated(settings_class, **settings):
    """Build a settings object, or say in one sentence what is wrong with the settings.

    Args:
        settings_class: a pydantic model class.
        **settings: its fields, as typed by a user (numbers may be text).

    Returns:
        An instance of settings_class.

    Raises:
        BadInput: a field is unknown, missing or out of its bounds.

    >>> from kfit_teach.common.flowers.settings import ImageSettings
    >>> validated(ImageSettings, image_size=0)
    Traceback (most recent call last):
    kfit_teach.common.problems.BadInput: image_size is 0, but it must be a whole number from 16 \
to 256; the default is 64.
    """
    try:
        return settings_class(**settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput(_sentence(settings_class, first)) from None


def _sentence(settings_class, finding):
    """Turn one finding of pydantic into the house's sentence."""
    if finding["type"] == "value_error":
        return str(finding["ctx"]["error"])
    name = str(finding["loc"][0])
    if finding["type"] == "extra_forbidden":
        return f"There is no setting {name!r}; {nearest_name(name, settings_class.model_fields)}"
    if finding["type"] == "missing":
        return f"The setting {name!r} is missing; give it a value."
    if finding["type"] == "literal_error":
        value, known = finding["input"], _known_names(settings_class.model_fields[name].annotation)
        return f"{name} is {value!r}, which is not known; {nearest_name(value, known)}"
    field = settings_class.model_fields[name]
    default = "" if field.is_required() else f"; the default is {field.default}"
    return f"{name} is {_shown(finding['input'])}, but it must be {_rule(field)}{default}."


def _shown(value):
    """Show a value as it was typed, in quotes where it is blank, shortened where it is long."""
    text = str(value)
    if not text.strip() or not text.isprintable():
        text = repr(text)
    return text if len(text) <= 40 else f"{text[:20]}... ({len(text)} characters)"


def _known_names(annotation):
    """List the names that a field of literals accepts, alone, in a tuple or among other types."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [name for inner in get_args(annotation) for name in _known_names(inner)]


def _rule(field):
    """Say in words what a field accepts."""
    if ByteSize in (field.annotation, *get_args(field.annotation)):
        return "a size with its unit, such as 500MiB or 2GiB, of 1 MiB or more"
    bounds = [getattr(b, end) for b in field.metadata for end in ("ge", "le") if hasattr(b, end)]
    if len(bounds) == 2:
        return f"a whole number from {bounds[0]} to {bounds[1]}"
    return "true or false" if field.annotation is bool else "a list of names"
