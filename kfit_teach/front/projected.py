"""A comparison for the projector: one picture a panel of its figure, under what it comes to."""

from functools import partial

from kfit_teach.front.figures import projected
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.telling.cards import cards
from kfit_teach.front.telling.report import Picture


def pictures(
    comparison, recorded_rankings: list[Ranking] = (), kinds: tuple[str, ...] = projected.KINDS
) -> list[Picture]:
    """Make the pictures of a Comparison: speed, memory, loss, and accuracy where it was taken.

    Args:
        comparison: kfit_teach.front.comparison.Comparison with results.
        recorded_rankings: what another machine recorded and can be drawn beside it, in grey.
        kinds: which of them.
    """
    recorded = {ranking.library: ranking.lanes for ranking in recorded_rankings}
    told = cards(comparison)
    rankings = comparison.rankings()
    made = []
    for ranking in rankings:
        for kind in [one for one in projected.kinds_of(ranking) if one in kinds]:
            title = _title(kind, ranking, told, len(rankings) > 1)
            beside = recorded.get(ranking.library, [])
            words = f"{title}. {projected.tell(kind, ranking)} {ranking.title}."
            made.append(Picture(partial(projected.draw, kind, ranking, beside, title), words))
    return made


def _title(kind, ranking, told, of_several):
    """Find what the cards say of a picture's subject, or else say what it shows."""
    said = [card.headline for card in told
            if card.subject == kind and card.library in ("", ranking.library)]  # fmt: skip
    title = said[0] if said else projected.own_title(kind, ranking)
    return f"{ranking.library}: {title}" if of_several else title
