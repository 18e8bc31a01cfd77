"""What a comparison came to, as HTML that reads with and without a kernel."""

from kfit_teach.front.panels import pages
from kfit_teach.front.showing.guess_plot import guess_alt, guess_figure
from kfit_teach.front.showing.plots import figure_as


def outcome(comparison, recorded=None):
    """Show guesses, figure, tables and conclusions.

    Args:
        comparison: Comparison with results.
        recorded: Comparison of another machine, drawn in grey, or None.

    Returns:
        HTML.
    """
    parts = [*_guesses(comparison.guesses)]
    drawn = figure_as(comparison.figure(recorded), "png")
    parts.append(pages.picture(drawn, comparison.alt_text()))
    for library in comparison.libraries:
        parts += [
            pages.paragraph(comparison.title(library), strong=True),
            comparison.table(library, "html"),
            pages.paragraph(comparison.sentences(library)),
        ]
    parts.append(pages.paragraph(comparison.machine_line()))
    if recorded:
        parts.append(pages.paragraph(f"In grey, recorded elsewhere. {recorded.machine_line()}"))
    return pages.section(*parts)


def _guesses(guesses):
    """Show guess and measurement together, and say how far apart they were."""
    if guesses:
        yield pages.picture(figure_as(guess_figure(guesses), "png"), guess_alt(guesses))
    for guess in guesses:
        yield pages.paragraph(guess.sentence)


class RecordedResult:
    """A comparison that shows itself folded away, so that nobody reads it before their guess."""

    SUMMARY = "The recorded result of another machine. Guess and run first; then open this."

    def __init__(self, comparison):
        self.comparison = comparison

    def __repr__(self):
        return self.comparison.report()

    def _repr_mimebundle_(self, **options):
        """Show it as HTML that reads without a kernel."""
        inner = outcome(self.comparison)
        return {
            "text/html": f"<details><summary>{self.SUMMARY}</summary>{inner}</details>",
            "text/plain": self.SUMMARY,
        }
