"""What a comparison came to, as a panel shows it: the cards, the picture, the figures."""

from kfit_teach.front.comparison import Comparison
from kfit_teach.front.costs import costs_of
from kfit_teach.front.telling.report import Report


def outcome(
    comparison: Comparison, recorded: Comparison | None = None, costs_only: bool = False
) -> Report:
    """Make the report that a panel shows; what was recorded is drawn in grey."""
    return costs_of(comparison, recorded) if costs_only else comparison.told(recorded)
