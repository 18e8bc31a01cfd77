"""What a comparison's runs cost, and nothing else of it: speed and memory.

For a lesson that asks only for these, and must not tell what a later one asks.
"""

from kfit_teach.front.comparable import comparable
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.projected import pictures
from kfit_teach.front.telling.cards import cards
from kfit_teach.front.telling.report import Report, Section
from kfit_teach.front.telling.tables import cost_table

SUBJECTS = ("ended", "memory", "speed", "guess")


def costs_of(comparison: Comparison, recorded: Comparison | None = None) -> Report:
    """Make the report of the costs; what was recorded on another machine is drawn in grey.

    >>> from kfit_teach.lessons.recorded import load_recorded
    >>> [card.subject for card in costs_of(load_recorded("start_here")).cards]
    ['memory', 'speed']
    """
    beside = comparable(comparison, recorded).rankings if recorded else ()
    shown = [card for card in cards(comparison) if card.subject in SUBJECTS]
    drawn = pictures(comparison, beside, kinds=("speed", "memory"))
    sections = [Section(ranking.title, cost_table(ranking)) for ranking in comparison.rankings()]
    return Report(drawn, sections, [comparison.closing()], shown)
