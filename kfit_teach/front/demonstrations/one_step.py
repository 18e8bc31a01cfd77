"""How one_step is shown: a flower's probabilities, and the loss along the line of each step."""

from typing import ClassVar, Literal

from kfit_teach.common.demonstrations.one_step import (
    POINTS_OF_A_LINE,
    STEEPER,
    TWICE,
    Before,
    Landing,
    Piece,
    Point,
    Settings,
)
from kfit_teach.common.words import say, to_say, write_number
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures import one_step
from kfit_teach.front.figures.one_step import NAME_OF, Line
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.report import Picture
from kfit_teach.front.telling.tables import NOTHING, Table

WORDS_FOR_PLACE = {
    "short": to_say("too short: the loss hardly falls"),
    "between": to_say("between too short and too far"),
    "far": to_say("too far: the loss is higher than before"),
}


class OneStep(Demonstrated):
    """The first step of SGD and of Adam, from the same weights, on the same batch."""

    title: ClassVar[str] = to_say("One step, and how far it goes")

    demonstration: Literal["one_step"] = "one_step"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    # Facts

    @property
    def before(self) -> Before | None:
        """The batch and the network before the step; None until it is known."""
        return next((piece.before for piece in self.pieces if piece.before), None)

    @property
    def landings(self) -> list[Landing]:
        """Where the steps led, as far as they were taken."""
        return [piece.landing for piece in self.pieces if piece.landing]

    def landing(self, optimizer: str, rate_times: int = 1, loss_times: int = 1) -> Landing | None:
        """Find one step; None where it was not taken yet."""
        for one in self.landings:
            if (one.optimizer, one.rate_times, one.loss_times) == (
                optimizer, rate_times, loss_times
            ):  # fmt: skip
                return one
        return None

    def line(self, optimizer: str) -> Line:
        """Give the loss along the line of an optimizer's step, as far as it is known."""
        points: list[Point] = [piece.point for piece in self.pieces if piece.point]
        own = [(point.size, point.loss) for point in points if point.optimizer == optimizer]
        return Line(own, self.before.loss if self.before else None,
                    is_whole=len(own) == POINTS_OF_A_LINE)  # fmt: skip

    def times_as_large(
        self, optimizer: str, rate_times: int = 1, loss_times: int = 1
    ) -> float | None:
        """Compare an update with that of the plain step; None where one of them is not known."""
        plain, other = self.landing(optimizer), self.landing(optimizer, rate_times, loss_times)
        return other.size / plain.size if plain and other and plain.size else None

    # Picture

    def draw(self):
        """Draw the flower and its probabilities, and beside them the two lines."""
        return one_step.draw(self, self._message())

    def picture(self) -> Picture:
        """Make the picture; the flower in it keeps its colours."""
        return Picture(self.figure, self.tell(), photograph=True)

    def _message(self) -> str:
        sgd, adam = (self.times_as_large(one, loss_times=STEEPER) for one in NAME_OF)
        if self.before is None:
            return say("Waiting for the first batch")
        if sgd is None or adam is None:
            return say("Each optimizer takes its first step")
        return say("A loss {steeper} times as steep: SGD goes {sgd} times as far, Adam "
                   "{adam} times", steeper=STEEPER, sgd=times(sgd), adam=times(adam))  # fmt: skip

    def tell(self) -> str:
        """Say what the picture shows."""
        if self.before is None:
            return say("Nothing is drawn yet. {message}.", message=self._message())
        told = [self._message() + ".", one_step.tell_probabilities(self)]
        for landing in self.landings:
            told.append(say("{step}: an update of length {size}, loss {loss}.",
                            step=self.name_of_step(landing), size=length(landing.size),
                            loss=loss_in_words(landing.loss)))  # fmt: skip
        return " ".join(told)

    def name_of_step(self, landing: Landing) -> str:
        """Say which step it is, such as "Adam, rate 0.02"."""
        rate = write_number(self.settings.learning_rate * landing.rate_times, "g")
        named = {"optimizer": NAME_OF[landing.optimizer], "rate": rate}
        if landing.loss_times == 1:
            return say("{optimizer}, rate {rate}", **named)
        return say("{optimizer}, rate {rate}, loss times {times}", times=landing.loss_times,
                   **named)  # fmt: skip

    # Words

    def verdicts(self) -> list[Card]:
        """Say how much larger the updates were, and where they landed."""
        made = [self._of_twice("first", "sgd"), self._of_twice("second", "adam"),
                self._of_steeper(), *map(self._of_place, NAME_OF)]  # fmt: skip
        return [card for card in made if card]

    def _of_twice(self, subject: str, optimizer: str) -> Card | None:
        ratio = self.times_as_large(optimizer, rate_times=TWICE)
        if ratio is None:
            return None
        headline = say("Twice the rate: {optimizer}'s update is {ratio} times as large",
                       optimizer=NAME_OF[optimizer], ratio=times(ratio))  # fmt: skip
        sizes = [length(self.landing(optimizer, rate).size) for rate in (1, TWICE)]
        return Card(subject, headline, say("From {one} to {other}, over all weights.",
                                           one=sizes[0], other=sizes[1]))  # fmt: skip

    def _of_steeper(self) -> Card | None:
        sgd, adam = (self.times_as_large(one, loss_times=STEEPER) for one in NAME_OF)
        if sgd is None or adam is None:
            return None
        headline = say("A loss {steeper} times as steep: Adam's update is {adam} times as large",
                       steeper=STEEPER, adam=times(adam))  # fmt: skip
        return Card("third", headline, say("SGD's is {sgd} times as large.", sgd=times(sgd)))

    def _of_place(self, optimizer: str) -> Card | None:
        landing = self.landing(optimizer)
        place = self.line(optimizer).place_of(landing.size, landing.loss) if landing else None
        if place is None:
            return None
        headline = say("{step} lands {place}", step=self.name_of_step(landing),
                       place=say(WORDS_FOR_PLACE[place]))  # fmt: skip
        lowest = self.line(optimizer).lowest
        return Card("", headline, say(
            "The loss goes from {before} to {after}. The lowest on this line is {lowest}, at the "
            "length {at}.", before=loss_in_words(self.before.loss),
            after=loss_in_words(landing.loss), lowest=loss_in_words(lowest[1]),
            at=length(lowest[0])))  # fmt: skip

    def table(self) -> Table:
        """Lay out every step."""
        rows = []
        for landing in self.landings:
            place = self.line(landing.optimizer).place_of(landing.size, landing.loss)
            rows.append([self.name_of_step(landing), length(landing.size),
                         loss_in_words(landing.loss),
                         say(WORDS_FOR_PLACE[place]) if place else NOTHING])  # fmt: skip
        heads = [say("step"), say("length of the update"), say("loss after it"),
                 say("where it lands")]  # fmt: skip
        note = say("The length is the Euclidean norm of the change over all weights. Too short: "
                   "less than a tenth of the fall that this line has to give.")  # fmt: skip
        return Table(heads, rows, ["left", "right", "right", "left"], (note,))

    def sentences(self) -> list[str]:
        """Say what this is true of."""
        return [say("These are first steps: neither optimizer remembers another step yet. The loss "
                    "is that of this one batch, without Dropout.")]  # fmt: skip

    def numbers(self) -> dict[str, float]:
        """Name the ratios that a class can compare."""
        asked = {
            say("SGD, twice the rate, times"): self.times_as_large("sgd", rate_times=TWICE),
            say("Adam, twice the rate, times"): self.times_as_large("adam", rate_times=TWICE),
            say("SGD, loss times 100, times"): self.times_as_large("sgd", loss_times=STEEPER),
            say("Adam, loss times 100, times"): self.times_as_large("adam", loss_times=STEEPER),
        }
        return {name: ratio for name, ratio in asked.items() if ratio is not None}


def times(ratio: float) -> str:
    """Write how many times as large.

    >>> times(99.98), times(2.0)
    ('100', '2.00')
    """
    return write_number(ratio, ".0f" if ratio >= 10 else ".2f")


def length(size: float) -> str:
    """Write the length of an update, or a loss, with three digits that count.

    >>> length(0.015031), length(2.337), length(250.4)
    ('0.0150', '2.34', '250')
    """
    return write_number(size, "#.3g").removesuffix(".")


def loss_in_words(loss: float | None) -> str:
    """Write a loss, or say that it is none."""
    return say("no number") if loss is None else length(loss)


SHOWN = OneStep
