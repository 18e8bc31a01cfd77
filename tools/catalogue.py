"""All messages of the package, as Babel finds them; and a made-up language to see them in.

    python tools/catalogue.py FILE.po

writes the made-up language: every letter of a message gets an accent, so that whatever still shows
a plain one was not said through kfit_teach.common.words.
"""

import re
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

PACKAGE = Path(__file__).parents[1] / "kfit_teach"
KEYWORDS = {"say": None, "say_counted": (1, 2), "to_say": None}
PLAIN = string.ascii_letters
ACCENTED = "áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẍýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẌÝŹ"
MARKED = str.maketrans(PLAIN, ACCENTED)


def all_messages(folder=PACKAGE):
    """Collect the messages of the package's code."""
    catalogue = Catalog(locale="en")
    kinds = [("**/wrong_answers/**", "ignore"), ("**.py", "python")]
    found = extract_from_dir(folder, method_map=kinds, keywords=KEYWORDS)
    for file, line, message, comments, context in found:
        catalogue.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalogue


def fields_of(message):
    """The names in braces, each with its format."""
    return sorted((name, form) for _, name, form, _ in string.Formatter().parse(message) if name)


def in_accents(message):
    """Mark every letter that stands in no field."""
    return "".join(
        part if part.startswith("{") else part.translate(MARKED)
        for part in re.split(r"(\{[^{}]*\})", message)
    )


def made_up_language(messages):
    """Translate all messages into accents."""
    catalogue = Catalog(locale="en")
    for message in messages:
        if message.id:
            several = isinstance(message.id, tuple)
            said = tuple(map(in_accents, message.id)) if several else in_accents(message.id)
            catalogue.add(message.id, said)
    return catalogue


def problems_of(language, messages):
    """List what is wrong with a language's catalogue: messages and fields that are missing."""
    wrong = []
    for message in messages:
        if not message.id:
            continue
        translated = language.get(message.id if isinstance(message.id, str) else message.id[0])
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = translated.string if translated else ""
        said = [said] if isinstance(said, str) else list(said)
        if not all(said):
            wrong.append(f"missing: {ids[0]}")
        elif {tuple(fields_of(one)) for one in said} != {tuple(fields_of(one)) for one in ids}:
            wrong.append(f"other fields: {ids[0]}")
    return wrong


if __name__ == "__main__":
    with Path(sys.argv[1]).open("wb") as file:
        write_po(file, made_up_language(all_messages()))
