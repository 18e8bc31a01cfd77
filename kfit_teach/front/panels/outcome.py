"""What a comparison came to: its report, with the guesses above it."""

from kfit_teach.common.words import say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.figures import guesses as guesses_figure
from kfit_teach.front.guesses import Guess
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Picture


def outcome(comparison: Comparison, recorded: Comparison | None = None) -> str:
    """Show guesses, figure, tables and conclusions as HTML; what was recorded is drawn in grey."""
    return comparison.told(recorded).as_html(above=_guesses(comparison.guesses))


def _guesses(guesses: list[Guess]) -> str:
    """Show guess and measurement together, and say how far apart they were."""
    if not guesses:
        return ""
    drawn = Picture(lambda: guesses_figure.draw(guesses), guesses_figure.tell(guesses))
    return drawn.as_html() + "".join(pages.paragraph(guess.sentence) for guess in guesses)


class RecordedResult:
    """A comparison that shows itself folded away, so that nobody reads it before their guess."""

    def __init__(self, comparison: Comparison):
        self.comparison = comparison

    def __repr__(self):
        return self.comparison.report()

    def _repr_mimebundle_(self, **options):
        """Show it as HTML that reads without a kernel."""
        told = say("The recorded result of another machine. Guess and run first; then open this.")
        inner = f"<summary>{told}</summary>{outcome(self.comparison)}"
        return {"text/html": f"<details>{inner}</details>", "text/plain": told}
