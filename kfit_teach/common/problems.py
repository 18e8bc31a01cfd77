"""What a user can get wrong, said in one sentence: the value, the rule and the way out.

What a user can cause before anything runs is raised as BadInput. (A run that fails raises nothing:
its Result tells why.) At the shell the sentence is all that is printed. Pydantic does the checking;
what is here turns its findings into sentences.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from kfit_teach.common.fields import bounds_of, names_of, takes_a_size
from kfit_teach.common.words import say

Settings = TypeVar("Settings", bound=BaseModel)


class BadInput(ValueError):
    """A setting, a file or an archive that cannot be used (exit code 2 at the shell)."""

    def _render_traceback_(self) -> list[str]:
        """Give the lines that a notebook shows: the sentence alone."""
        return [str(self)]


def path_of(named: str | Path, setting: str) -> Path:
    """Make a Path of what a user named; a leading ~ is their home folder.

    Raises:
        BadInput: it can name no place, whatever is on the disk; it says so of the setting.

    >>> path_of(3, "path")
    Traceback (most recent call last):
    kfit_teach.common.problems.BadInput: path is 3, but it must be text or a Path that names a \
place.
    """
    try:
        if "\0" not in str(named):
            return Path(named).expanduser()
    except (TypeError, RuntimeError):  # neither text nor a path; or nobody is called so
        pass
    raise BadInput(say("{name} is {value}, but it must be text or a Path that names a place.",
                       name=setting, value=_shown(named)))  # fmt: skip


def nearest_name(name, known_names: Iterable) -> str:
    """Suggest the known name that is closest to a mistyped one, or else list the known names.

    >>> nearest_name("train_on_bach", ["fit", "train_on_batch"])
    "did you mean 'train_on_batch'?"
    >>> nearest_name("xyz", ["fit", "train_on_batch"])
    'choose one of fit, train_on_batch'
    """
    known_names = [str(known) for known in known_names]
    if len(known_names) == 1:
        return say("choose {name!r}", name=known_names[0])
    close = difflib.get_close_matches(str(name).lower(), known_names, n=1)
    if close:
        return say("did you mean {name!r}?", name=close[0])
    return say("choose one of {names}", names=", ".join(known_names))


def validated(settings_class: type[Settings], **settings) -> Settings:
    """Build a settings object of what a user typed (numbers may be text).

    Raises:
        BadInput: a field is unknown, missing or out of its bounds; it says so in one sentence.

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
        raise BadInput(_sentence(settings_class.model_fields, first)) from None


def _sentence(fields: dict[str, FieldInfo], finding: dict) -> str:
    """Turn one finding of pydantic into the house's sentence."""
    if finding["type"] == "value_error":
        return str(finding["ctx"]["error"])
    name, value = str(finding["loc"][0]), finding["input"]
    if finding["type"] == "extra_forbidden":
        near = nearest_name(name, fields)
        return say("There is no setting {name!r}; {what_is_near}", name=name, what_is_near=near)
    if finding["type"] == "missing":
        return say("The setting {name!r} is missing; give it a value.", name=name)
    field = fields[name]
    if finding["type"] == "literal_error":
        near = nearest_name(value, names_of(field))
        return say("{name} is {value!r}, which is not known; {what_is_near}", name=name,
                   value=value, what_is_near=near)  # fmt: skip
    told = {"name": name, "value": _shown(value), "rule": _rule(field)}
    if field.is_required():
        return say("{name} is {value}, but it must be {rule}.", **told)
    return say("{name} is {value}, but it must be {rule}; the default is {default}.", **told,
               default=str(field.default))  # fmt: skip


def _shown(value) -> str:
    """Show a value as it was typed, in quotes where it is blank, shortened where it is long."""
    text = str(value)
    if not text.strip() or not text.isprintable():
        text = repr(text)
    if len(text) <= 40:
        return text
    return say("{start}... ({number} characters)", start=text[:20], number=len(text))


def _rule(field: FieldInfo) -> str:
    """Say in words what a field accepts."""
    if takes_a_size(field):
        return say("a size with its unit, such as 500MiB or 2GiB, of 1 MiB or more")
    if bounds_of(field):
        low, high = bounds_of(field)
        if field.annotation is float:
            return say("a number from {low} to {high}", low=low, high=high)
        return say("a whole number from {low} to {high}", low=low, high=high)
    return say("true or false") if field.annotation is bool else say("a list of names")
