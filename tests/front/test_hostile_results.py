"""What a file of somebody else says is shown as text, and never run: the HTML of every display."""

import contextlib
import runpy
from html.parser import HTMLParser
from pathlib import Path

import pytest

DISPLAYS = list(runpy.run_path(str(Path(__file__).parents[1] / "hostile.py"))["DISPLAYS"])
TELL_NOTHING_FOREIGN = ("the last runs", "the networks")  # they speak of settings and lanes alone
# All that our own pages are made of; whatever else comes from the file.
ELEMENTS = {
    "b", "br", "code", "details", "div", "h3", "h4", "img", "li", "p", "pre", "span", "strong",
    "summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "dl", "dt", "dd", "figure",
    "figcaption", "section", "article", "em", "i", "small", "style",
}  # fmt: skip


class Page(HTMLParser):
    """Collects what a browser would make of HTML: its elements, and the text to be read."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.descriptions = [], "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.descriptions += dict(attributes).get("alt") or ""

    def handle_data(self, text):
        self.text += text


def html_of(shown):
    told = getattr(shown, "_repr_mimebundle_", lambda **_: None)() or {}
    return told.get("text/html") or shown._repr_html_()


@pytest.fixture(scope="module")
def shown(hostile):
    """Gives the HTML of a display."""
    names = {}
    with contextlib.chdir(hostile.folder):
        exec(hostile.BEFORE, names)
        yield lambda name: html_of(eval(hostile.DISPLAYS[name], names))


def test_every_free_text_of_a_result_is_hostile(hostile):
    fields = hostile.fields_spoiled(hostile.folder)
    assert {
        "images_checked", "guesses.*.question", "guesses.*.unit", "guesses.*.options.*",
        "guesses.*.guess", "guesses.*.guess.*", "guesses.*.measured", "guesses.*.measured.*",
        "measuring_problems.keras", "measuring_problems.TEXT", "results.*.machine.processor",
        "results.*.machine.system", "results.*.machine.python", "results.*.machine.versions.keras",
        "results.*.machine.versions.TEXT", "results.*.machine.settings.TEXT",
        "results.*.problem.text", "results.*.problem.error", "results.*.problem.sentence",
        "results.*.problem.traceback", "results.*.problem.cause.text", "results.*.weights_sha256",
    } <= set(fields)  # fmt: skip


def test_every_free_text_of_a_record_is_hostile(hostile):
    assert {
        "lines.*.lesson", "lines.*.panel", "lines.*.title", "lines.*.exercise", "lines.*.library",
        "lines.*.settings.TEXT", "lines.*.guess.question", "lines.*.guess.guess",
    } <= set(hostile.fields_spoiled(hostile.folder, "record.json"))  # fmt: skip


# Texts so long leave a picture no room; that much a file may do.
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
@pytest.mark.parametrize("name", DISPLAYS)
def test_a_display_shows_the_text_and_runs_nothing(name, shown):
    page = Page(shown(name))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    for tag, attributes in page.elements:
        assert not [one for one in attributes if one.startswith("on")], (tag, attributes)
        assert attributes.get("href") is None
        if tag == "img":
            assert attributes["src"].startswith("data:image/")
    if name not in TELL_NOTHING_FOREIGN:
        assert "<img src=x onerror='window.hacked=1'>" in page.text + page.descriptions
