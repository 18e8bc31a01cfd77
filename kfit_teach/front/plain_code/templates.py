"""Fill the templates of this folder: they read like what they make, decisions stand in Python."""

import re
from pathlib import Path
from textwrap import fill

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LINE_LENGTH = 100


def filled(template: str, **values) -> str:
    """Fill a template; nowhere in the text are more than two empty lines together."""
    return re.sub(r"\n{4,}", "\n\n\n", TEMPLATES.get_template(template).render(values))


def _paragraph(text: str) -> str:
    return fill(text, LINE_LENGTH, break_on_hyphens=False) + "\n"


def _on_one_line_if_short(call: str) -> str:
    """Put a call with a line for each argument on one line, where it fits."""
    opening, *arguments, closing = (line.strip() for line in call.splitlines())
    line = opening + " ".join(arguments).removesuffix(",") + closing
    fits = len(line) <= LINE_LENGTH - 4  # it may stand under an if
    return line + "\n" if fits else call


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
)  # fmt: skip
TEMPLATES.filters |= {"paragraph": _paragraph, "on_one_line_if_short": _on_one_line_if_short}
