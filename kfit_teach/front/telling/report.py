"""A report is made once, and shown as text, as HTML, and in a notebook.

Whatever has results (a comparison, growth, the results of a class) says what its report holds; how
that looks stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path, write_file
from kfit_teach.common.words import say
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table


@dataclass(frozen=True)
class Picture:
    """A figure, drawn only where it is shown, and what it shows in words."""

    draw: Callable
    alt: str
    photograph: bool = False  # keeps its colours in a dark theme
    caption: str = ""  # stands over it

    def enlarged(self) -> "Picture":
        """Give the same for a projector: fewer inches and more dots, so that letters are larger."""
        from kfit_teach.front.figures.canvas import enlarged

        return replace(self, draw=lambda: enlarged(self.draw()))

    def as_html(self) -> str:
        """Draw it into an img element."""
        from kfit_teach.front.figures.canvas import figure_as  # text needs no matplotlib

        drawn = pages.picture(figure_as(self.draw(), "png"), self.alt, self.photograph)
        return pages.paragraph(self.caption) + drawn if self.caption else drawn


@dataclass(frozen=True)
class FoldedPicture:
    """A figure that a reader unfolds."""

    title: str
    picture: Picture

    def as_html(self) -> str:
        """Draw it under its title."""
        return pages.unfolding(self.title, self.picture.as_html())


@dataclass(frozen=True)
class Section:
    """One library's part: what it rests on, its figures in rows and columns, what they show."""

    title: str
    table: Table
    sentences: str = ""  # in lines, where they are to stand so
    all_measurements: Table | None = None  # where `table` shows but a few: the whole of it

    def as_text(self) -> str:
        """Show it as text, with all measurements."""
        whole = self.all_measurements or self.table
        parts = [self.title, whole.as_text(), "\n".join(whole.notes), self.sentences]
        return "\n\n".join(filter(None, parts))

    def as_html(self) -> str:
        """Show it as HTML, all measurements folded away."""
        title = pages.paragraph(self.title, strong=True)
        said = "".join(map(pages.paragraph, self.sentences.splitlines()))
        whole = self.all_measurements
        rest = pages.unfolding(say("All measurements"), _as_html(whole)) if whole else ""
        return f"{title}{_as_html(self.table)}{said}{rest}"


def _as_html(table: Table) -> str:
    return table.as_text("html") + "".join(map(pages.note, table.notes))


@dataclass(frozen=True)
class Report:
    """What there is to show."""

    # come after the cards; text leaves them out
    pictures: list[Picture | FoldedPicture] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)  # one a library
    closing: list[str] = field(default_factory=list)  # paragraphs at the end
    cards: list[Card] = field(default_factory=list)  # come first

    def as_text(self) -> str:
        """Show it as text."""
        cards = "\n".join(card.as_text() for card in self.cards)
        sections = [section.as_text() for section in self.sections]
        return "\n\n\n".join(filter(None, [cards, *sections, "\n\n".join(self.closing)]))

    def as_html(self) -> str:
        """Show it as HTML, which reads with and without a kernel."""
        shown = [part.as_html() for part in (*self.pictures, *self.sections)]
        closing = map(pages.paragraph, self.closing)
        return pages.section(pages.cards(self.cards), *shown, *closing)


class Reported:
    """What has a report: as text at the shell, with its pictures in a notebook, saved as files.

    A subclass has `told()`, which makes the Report; `name`, for repr; and `figure(...)`.
    """

    def report(self) -> str:
        """Show everything as text."""
        return self.told().as_text()

    def save_figure(self, file, *which) -> None:
        """Draw a figure into a file; the file is whole or not there.

        Args:
            file: path that ends in .png, .svg or .pdf.
            *which: what `figure` takes.

        Raises:
            BadInput: the ending is another, or the folder does not exist or cannot be written.
        """
        from kfit_teach.front.figures.canvas import figure_as

        path = writable_path(file, FIGURE_SUFFIXES)
        write_file(path, figure_as(self.figure(*which), path.suffix[1:]))

    def __repr__(self) -> str:
        return f"<{self.name}>\n{self.report()}"

    def __str__(self) -> str:
        return self.report()

    def _repr_mimebundle_(self, **options) -> dict[str, str]:
        """Show figures (with alt text), tables and conclusions in a notebook."""
        return {"text/html": self.told().as_html(), "text/plain": self.report()}


class SavedReport(Reported, BaseModel):
    """What has a report and is plain data."""

    model_config = ConfigDict(extra="forbid")

    def save(self, file) -> None:
        """Write everything as JSON; the file is whole or not there.

        Raises:
            BadInput: its folder does not exist or cannot be written.
        """
        write_file(writable_path(file), self.model_dump_json(indent=1).encode())
