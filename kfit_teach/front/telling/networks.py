"""Which runs ended as the same network, shown by itself: in a cell after a run."""

from kfit_teach.common.words import say, say_counted
from kfit_teach.front.networks import Network, between_libraries, networks
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.telling.report import Report, Reported, Section
from kfit_teach.front.telling.sentences import tell
from kfit_teach.front.telling.tables import Table
from kfit_teach.front.verdicts import same_weights


class Networks(Reported):
    """The runs of a comparison by network, with fingerprints, and why there are so many.

    Args:
        rankings: one a library.
    """

    def __init__(self, rankings: list[Ranking]):
        self._rankings = rankings
        self._networks = networks(rankings)

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"{len(self._networks)} networks"

    def told(self) -> Report:
        """Make the report."""
        if not self._networks:
            return Report(closing=[say("No run has ended yet.")])
        runs = sum(len(network.lanes) for network in self._networks)
        title = say("{runs}, {networks}",
                    runs=say_counted("{number} run", "{number} runs", runs),
                    networks=say_counted("{number} network", "{number} networks",
                                         len(self._networks)))  # fmt: skip
        rows = [
            [str(place), network.digest, _runs(network)]
            for place, network in enumerate(self._networks, start=1)
        ]
        table = Table([say("network"), say("fingerprint (sha256 of its weights)"), say("runs")],
                      rows, ["left"] * 3)  # fmt: skip
        return Report(sections=[Section(title, table)], closing=self._why())

    def _why(self) -> list[str]:
        """Say, library by library and over both, why weights are the same or are not."""
        told = [
            say("{library}: {sentence}", library=ranking.library,
                sentence=tell(same_weights(ranking))) for ranking in self._rankings
        ]  # fmt: skip
        between = between_libraries(self._rankings)
        return [*told, tell(between)] if between else told


def _runs(network: Network) -> str:
    """List a network's runs, library by library."""
    of_library = {}
    for library, lane in network.lanes:
        of_library.setdefault(library, []).append(lane)
    return "; ".join(say("{library}: {lanes}", library=library, lanes=", ".join(lanes))
                     for library, lanes in of_library.items())  # fmt: skip
