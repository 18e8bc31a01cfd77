"""Small pieces of HTML for panels. All text is escaped here; colours are those of JupyterLab."""

import base64
import html
import traceback

from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import say

_BOX = "border-left: 4px solid {colour}; padding: 0.3em 0.8em; margin: 0.3em 0"


def status(sentence: str) -> str:
    """One sentence that screen readers read out when it changes."""
    return f'<span role="status">{html.escape(sentence)}</span>'


def trouble_of(error: Exception) -> dict[str, str]:
    """Put an exception into plain data: its sentence, and its traceback unless it is bad input."""
    if isinstance(error, BadInput):
        return {"sentence": str(error), "traceback": ""}
    text = "".join(traceback.format_exception(error))
    return {"sentence": f"{type(error).__name__}: {error}", "traceback": text}


def trouble(told: dict[str, str]) -> str:
    """Show what `trouble_of` told, the traceback folded away."""
    return (
        f'<div role="alert" style="{_BOX.format(colour="var(--jp-error-color1, #b00020)")}">'
        f"<b>{say('Trouble:')}</b> {html.escape(told['sentence'])}"
        f"{folded(say('Traceback'), told.get('traceback', ''))}</div>"
    )


def hint(sentence: str) -> str:
    """Explain something under the controls."""
    if not sentence:
        return ""
    box = _BOX.format(colour="var(--jp-warn-color1, #b36b00)")
    words = f"<b>{say('Not possible:')}</b> {html.escape(sentence)}"
    return f'<div role="alert" style="{box}">{words}</div>'


def folded(title: str, text: str) -> str:
    """Fold preformatted text away; nothing where there is none."""
    if not text:
        return ""
    return f"<details><summary>{html.escape(title)}</summary>{code(text)}</details>"


def code(text: str, max_height: str = "30em") -> str:
    """Show preformatted text in JupyterLab's colours, light or dark; long lines scroll."""
    style = (
        f"overflow-x: auto; max-height: {max_height}; padding: 0.6em; line-height: 1.35;"
        "font-size: var(--jp-code-font-size, 13px);"
        "background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color0, #000)"
    )
    # JupyterLab gives code a background of its own, line by line.
    inner = f'<code style="background: none">{html.escape(text)}</code>'
    return f'<pre tabindex="0" style="{style}">{inner}</pre>'


def picture(png: bytes, alt: str, photograph: bool = False) -> str:
    """Show a PNG with words for those who cannot see it; a plot follows a dark theme."""
    data = base64.b64encode(png).decode()
    kind = "kfit-photograph" if photograph else "kfit-plot"
    return (
        f'<img class="{kind}" alt="{html.escape(alt)}" src="data:image/png;base64,{data}" '
        'style="max-width: 100%; height: auto">'
    )


def section(*parts: str) -> str:
    """Put parts together in JupyterLab's look for text and tables; wide tables scroll."""
    inner = "".join(part for part in parts if part)
    return f'<div class="jp-RenderedHTMLCommon" style="overflow-x: auto">{inner}</div>'


def paragraph(sentence: str, strong: bool = False) -> str:
    """One paragraph."""
    text = html.escape(sentence)
    return f"<p><b>{text}</b></p>" if strong else f"<p>{text}</p>"


def note(sentence: str) -> str:
    """Explain, in small letters, what stands above."""
    return f'<p style="font-size: 0.9em; margin: 0.2em 0">{html.escape(sentence)}</p>'


_CARDS = "display: flex; flex-wrap: wrap; gap: 0.6em; margin: 0.3em 0 0.8em 0"
_CARD = (
    "flex: 1 1 15em; max-width: 34em; padding: 0.6em 0.9em; border-radius: 4px; "
    "border: 1px solid var(--jp-border-color1, #bbb); border-top: 5px solid {colour}; "
    "color: var(--jp-ui-font-color0, #000); background: var(--jp-layout-color1, #fff)"
)
_HEADLINE = "font-size: 1.6em; font-weight: 600; line-height: 1.25; margin: 0 0 0.3em 0"


def cards(shown: list) -> str:
    """Show cards (telling/cards.py) in a row that wraps, their headlines large; "" for none."""
    inner = "".join(map(_card, shown))
    return f'<div class="kfit-cards" role="list" style="{_CARDS}">{inner}</div>' if inner else ""


def _card(card) -> str:
    warns = card.subject == "ended"
    colour = "var(--jp-warn-color1, #b36b00)" if warns else "var(--jp-brand-color1, #1976d2)"
    lines = [
        (card.library, "font-size: 1em; margin: 0"),
        (card.headline, _HEADLINE),
        (card.guess, "font-size: 1.25em; line-height: 1.3; margin: 0 0 0.3em 0"),
        (card.detail, "font-size: 1em; line-height: 1.35; margin: 0"),
    ]
    told = "".join(
        f'<p style="{style}">{html.escape(text)}</p>' for text, style in lines if text
    )  # fmt: skip
    kind = f"kfit-card kfit-card-{card.subject}"
    return f'<div class="{kind}" role="listitem" style="{_CARD.format(colour=colour)}">{told}</div>'


def unfolding(title: str, inner: str) -> str:
    """Fold HTML away under a title; nothing where there is none."""
    if not inner:
        return ""
    summary = f'<summary style="cursor: pointer">{html.escape(title)}</summary>'
    return f"<details>{summary}{inner}</details>"
