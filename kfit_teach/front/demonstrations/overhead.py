"""How overhead is shown: images/s over batch size; lines that fan out where the step is small."""

from typing import ClassVar, Literal

from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from kfit_teach.common.demonstrations.overhead import STEPS_PER_EXECUTION, Piece, Settings
from kfit_teach.common.words import say, to_say, write_number
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures.canvas import legend_below, tidy, wide_figure
from kfit_teach.front.figures.style import LOOK_OF, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import Table

NETWORKS = {
    "tiny": to_say("tiny network: one dense layer"),
    "small": to_say("small network: two convolutions"),
}
WAYS = {
    "executions": to_say("fit, {steps} steps an execution"),
    "fit": to_say("fit"),
    "train_on_batch": to_say("train_on_batch"),
    "eager": to_say("fit, eager"),
}
_FIT, _LOOP = LOOK_OF["fit"], LOOK_OF["train_on_batch"]
LINES = {
    "executions": {"color": _FIT.colour, "marker": "D", "markerfacecolor": "white"},
    "fit": {"color": _FIT.colour, "marker": _FIT.marker},
    "train_on_batch": {"color": _LOOP.colour, "marker": _LOOP.marker},
    "eager": {"color": "0.35", "marker": "X"},
}


class Overhead(Demonstrated):
    """What a call costs besides the step, seen through the batch size."""

    title: ClassVar[str] = to_say("Where does overhead matter?")

    demonstration: Literal["overhead"] = "overhead"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    def speeds(self, network: str, way: str) -> dict[int, float]:
        """Give images/s by batch size."""
        known = {one.size: one.images_per_s for one in self.pieces
                 if (one.network, one.way) == (network, way)}  # fmt: skip
        return dict(sorted(known.items()))

    def factor(self, network: str, size: int) -> float | None:
        """Say how many times the slowest way the fastest is; None before all four were clocked."""
        known = [self.speeds(network, way).get(size) for way in WAYS]
        return max(known) / min(known) if all(known) else None

    def ends(self) -> tuple[float, float] | None:
        """Give the factors of the tiny network's smallest and the small network's largest batch."""
        sizes = sorted(self.settings.sizes)
        factors = self.factor("tiny", sizes[0]), self.factor("small", sizes[-1])
        return factors if all(factors) else None

    def draw(self):
        """Draw a panel a network, a line a way."""
        figure = wide_figure(5.8)
        panels = figure.subplots(1, 2, sharey=True)
        for panel, (network, name) in zip(panels, NETWORKS.items(), strict=True):
            for way in WAYS:
                speeds = self.speeds(network, way)
                if speeds:
                    panel.plot(list(speeds), list(speeds.values()), label=way_in_words(way),
                               linewidth=2, markersize=9, **LINES[way])  # fmt: skip
            _scale(panel, sorted(set(self.settings.sizes)), bool(self.pieces))
            panel.set(title=say(name), xlabel=say("images in a batch"))
            tidy(panel)
        panels[0].set_ylabel(say("images/s"))
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        signs = panels[0].get_legend_handles_labels()[0]
        if signs:
            legend_below(figure, signs, 4)
        return figure

    def _message(self) -> str:
        ends = self.ends()
        if not ends:
            return say("Clocking") if self.pieces else say("Waiting for the first steps")
        return say("From the slowest way to the fastest: tiny step × {tiny:.0f}, large step × "
                   "{large:.1f}", tiny=ends[0], large=ends[1])  # fmt: skip

    def tell(self) -> str:
        """Say what the lines show."""
        told = [say("{network}, {way}: {speeds}.", network=say(name), way=way_in_words(way),
                    speeds=", ".join(f"{size}: {speed:.0f}" for size, speed in speeds.items()))
                for network, name in NETWORKS.items() for way in WAYS
                if (speeds := self.speeds(network, way))]  # fmt: skip
        return " ".join([say("Lines of images/s over the batch size. {message}.",
                             message=self._message()), *told])  # fmt: skip

    def verdicts(self) -> list[Card]:
        """Say where the way matters."""
        ends, sizes = self.ends(), sorted(self.settings.sizes)
        if not ends:
            return []
        detail = say("Tiny step: the tiny network with batches of {smallest}. Large step: the "
                     "small network with batches of {largest}. Each was clocked once: read the "
                     "large factors, not the small ones.", smallest=sizes[0],
                     largest=sizes[-1])  # fmt: skip
        return [Card("first", self._message(), detail)]

    def table(self) -> Table:
        """Lay out milliseconds a step, a row a way."""
        heads = [""] + [say("{network}, {size}: ms a step", network=network, size=size)
                        for network in NETWORKS for size in self.settings.sizes]  # fmt: skip
        rows = []
        for way in WAYS:
            speeds = [(size, self.speeds(network, way).get(size))
                      for network in NETWORKS for size in self.settings.sizes]  # fmt: skip
            if any(speed for _, speed in speeds):
                rows.append([way_in_words(way), *(
                    write_number(1000 * size / speed, ".2f") if speed else "-"
                    for size, speed in speeds)])  # fmt: skip
        return Table(heads, rows, ["left", *["right"] * (len(heads) - 1)])


def way_in_words(way: str) -> str:
    """Name a way."""
    return say(WAYS[way], steps=STEPS_PER_EXECUTION)


def _scale(panel, sizes: list[int], has_values: bool) -> None:
    """Give both axes factors for distances, and plain numbers."""
    panel.set_xscale("log")
    panel.set_xticks(sizes, map(str, sizes))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xlim(0.8 * sizes[0], 1.25 * sizes[-1])
    if has_values:
        panel.set_yscale("log")
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write_number(value, ".0f")))
        panel.yaxis.set_minor_formatter(NullFormatter())
        panel.grid(axis="y", color="0.88")
    else:
        panel.set_yticks([])


SHOWN = Overhead
