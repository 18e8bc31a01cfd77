"""What the projector shows of a result: one thing a slide, large."""

from kfit_teach.front import projected
from kfit_teach.front.comparable import comparable
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.panels.outcome import outcome
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Picture


def slides(
    comparison: Comparison, recorded: Comparison | None, more: list[Picture], costs_only: bool
) -> str:
    """Make the slides after a run as HTML: the cards, then one picture each."""
    report = outcome(comparison, recorded, costs_only)
    rankings = comparable(comparison, recorded).rankings if recorded else ()
    drawn = report.pictures if costs_only else projected.pictures(comparison, rankings)
    shown = [pages.cards(report.cards), *(picture.as_html() for picture in [*drawn, *more])]
    return "".join(f'<div class="kfit-slide">{one}</div>' for one in shown)
