"""What a comparison came to, as a panel shows it: the cards, the picture, the figures."""

from kfit_teach.common.words import say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.costs import costs_of
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Report


def outcome(
    comparison: Comparison, recorded: Comparison | None = None, costs_only: bool = False
) -> Report:
    """Make the report that a panel shows; what was recorded is drawn in grey."""
    return costs_of(comparison, recorded) if costs_only else comparison.told(recorded)


class RecordedResult:
    """A comparison that shows itself folded away, so that nobody reads it before their guess."""

    def __init__(self, comparison: Comparison, costs_only: bool = False):
        self.comparison, self._costs_only = comparison, costs_only

    def __repr__(self):
        return outcome(self.comparison, costs_only=self._costs_only).as_text()

    def _repr_mimebundle_(self, **options):
        """Show it as HTML that reads without a kernel."""
        told = say("The recorded result of another machine. Guess and run first; then open this.")
        shown = outcome(self.comparison, costs_only=self._costs_only).as_html()
        return {"text/html": pages.unfolding(told, shown), "text/plain": told}
