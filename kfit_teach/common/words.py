"""Every word that a person reads passes here: looked up in a language's catalogue, then filled.

English is what the code itself says, so it needs no catalogue. Another language is one gettext
file, languages/NAME.po beside this one, and KFIT_TEACH_LANGUAGE=NAME asks for it (a path to a .po
file does, too). Fields stand in the messages by name, so that a translation may move them; numbers
are written as the language writes them, plurals are chosen by its own rule.
"""

import gettext
import io
import os
import string
from functools import cache
from numbers import Real
from pathlib import Path

LANGUAGE_VARIABLE = "KFIT_TEACH_LANGUAGE"
LANGUAGES = Path(__file__).parent / "languages"


def say(message: str, /, **fields) -> str:
    """Say a message, in the learner's language; a literal, since catalogues are read off the code.

    >>> say("{lane} is faster than {other} ({ratio:.2f}).", lane="fit", other="loop", ratio=1.5)
    'fit is faster than loop (1.50).'
    """
    return _filled(_catalogue(_language()).gettext(message), fields)


def say_counted(one: str, several: str, number: int, /, **fields) -> str:
    """Say a message that depends on a number, whose field is {number}.

    >>> [say_counted("{number} lane", "{number} lanes", number) for number in (1, 2)]
    ['1 lane', '2 lanes']
    """
    message = _catalogue(_language()).ngettext(one, several, number)
    return _filled(message, fields | {"number": number})


def to_say(message: str) -> str:
    """Mark a message that stands in a table of messages and is said later: `say(TABLE[kind])`."""
    return message


def listed(phrases: list[str]) -> str:
    """Join phrases with commas and a last "and".

    >>> listed(["fit"]), listed(["fit", "keras", "loop"])
    ('fit', 'fit, keras and loop')
    """
    *first, last = phrases
    return say("{phrases} and {last}", phrases=", ".join(first), last=last) if first else last


def either(phrases: list[str]) -> str:
    """Join phrases with commas and a last "or".

    >>> either(["fit", "keras", "loop"])
    'fit, keras or loop'
    """
    *first, last = phrases
    return say("{phrases} or {last}", phrases=", ".join(first), last=last) if first else last


def write_number(value: float, form: str) -> str:
    """Write a number in the learner's language, in a format of Python such as ".2f"."""
    return _Formatter().format_field(value, form)


class _Formatter(string.Formatter):
    """Fills fields; numbers get the decimal sign of the language."""

    def format_field(self, value, format_spec):
        text = format(value, format_spec)
        sign = _decimal_sign(_language())
        return text.replace(".", sign) if sign != "." and isinstance(value, Real) else text


def _filled(message: str, fields: dict) -> str:
    return _Formatter().vformat(message, (), fields)


def _language() -> str:
    return os.environ.get(LANGUAGE_VARIABLE, "")


def _file_of(language: str) -> Path | None:
    """Find a language's catalogue; None for English, and where there is none, as gettext does."""
    named = Path(language) if language.endswith(".po") else LANGUAGES / f"{language}.po"
    return named if named.is_file() else None


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    file = _file_of(language)
    if file is None:
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile  # here, since English needs neither

    compiled = io.BytesIO()
    with file.open("rb") as text:
        mofile.write_mo(compiled, pofile.read_po(text))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _decimal_sign(language: str) -> str:
    if _file_of(language) is None:
        return "."
    from babel.core import UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    name = _catalogue(language).info().get("language") or Path(language).stem
    try:
        return get_decimal_symbol(name)
    except (UnknownLocaleError, ValueError):  # a language of a test, or a private one
        return "."
