"""Predict first: what a learner is asked before a run, what they guessed, and how far off it was.

A question knows how to find its answer in a Comparison. A Guess is plain data and is kept with the
result; the widgets that ask are in panels/, the picture is in figures/.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from kfit_teach.common.words import say, say_counted, write_number

# What a question is about; a card of the same subject (telling/cards.py) shows the guess. Those of
# a demonstration are its first, second and third.
Subject = Literal["", "weights", "memory", "speed", "accuracy", "first", "second", "third"]


class Guess(BaseModel):
    """One guess beside what was measured."""

    model_config = ConfigDict(extra="forbid")

    question: str
    kind: Literal["number", "choice", "order"]
    guess: float | str | tuple[str, ...]  # a number, one of the options, or all items in order
    measured: float | str | tuple[str, ...] | None  # the same; None where the run could not tell
    unit: str = ""  # of a number, in the plural
    unit_of_one: str = ""  # of the number 1, where the unit is counted
    options: tuple[str, ...] = ()  # what there was to choose from, or to put in order
    subject: Subject = ""

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> "Guess":
        """Refuse, in a file that was edited, answers that no question of this kind has."""
        for answer in (self.guess, self.measured):
            if answer is not None and not self._can_be(answer):
                raise ValueError(say("{answer!r} answers no question of the kind {kind!r}",
                                     answer=answer, kind=self.kind))  # fmt: skip
        return self

    def _can_be(self, answer: float | str | tuple[str, ...]) -> bool:
        if self.kind == "number":
            return isinstance(answer, float) and math.isfinite(answer)
        if self.kind == "choice":
            return isinstance(answer, str) and answer in (self.options or answer)
        return isinstance(answer, tuple) and sorted(answer) == sorted(self.options or self.guess)

    @property
    def sentence(self) -> str:
        """Say what was expected, and what was.

        >>> guess = Guess(question="?", kind="number", guess=3, measured=1, unit="networks",
        ...               unit_of_one="network")
        >>> guess.sentence
        'You expected 3 networks. There was 1.'
        >>> Guess(question="?", kind="choice", guess="fit", measured="fit").sentence
        'You expected “fit”, and so it is.'
        """
        if self.measured is None:
            return say("This run cannot tell; your guess is kept.")
        return {"number": self._number, "choice": self._choice, "order": self._order}[self.kind]()

    def _number(self) -> str:
        unit = self.unit_of_one if self.guess == 1 and self.unit_of_one else self.unit
        words = {"guess": _with_unit(self.guess, unit), "measured": plain(self.measured)}
        if plain(self.guess) == plain(self.measured):
            return say("You expected {guess}, and so it is.", **words)
        is_a_count = float(self.measured).is_integer() and (self.unit_of_one or not self.unit)
        if not is_a_count:
            return say("You expected {guess}. Measured: {measured}.", **words)
        return say_counted(
            "You expected {guess}. There was {measured}.",
            "You expected {guess}. There were {measured}.",
            int(self.measured), **words)  # fmt: skip

    def _choice(self) -> str:
        words = {"guess": self.guess, "measured": self.measured}
        if self.guess == self.measured:
            return say("You expected “{guess}”, and so it is.", **words)
        return say("You expected “{guess}”. It was “{measured}”.", **words)

    def _order(self) -> str:
        words = {"guess": ", ".join(self.guess), "measured": ", ".join(self.measured)}
        if self.guess == self.measured:
            return say("You expected the order {guess}, and so it is.", **words)
        return say("You expected the order {guess}. It was {measured}.", **words)


def _with_unit(number: float, unit: str) -> str:
    return say("{number} {unit}", number=plain(number), unit=unit) if unit else plain(number)


def told_together(guesses: list[Guess]) -> list[str]:
    """Say what a class guessed, and what it measured: a sentence a question.

    >>> told_together([Guess(question="Which?", kind="choice", guess=one, measured="fit")
    ...                for one in ("fit", "none", "fit")])
    ['“Which?” guessed: fit (2), none (1); measured: fit (3).']
    """
    by_question = {}
    for guess in guesses:
        by_question.setdefault((guess.kind, guess.question, guess.unit), []).append(guess)
    return [_told_of(*key[1:], mine) for key, mine in by_question.items()]


def _told_of(question: str, unit: str, guesses: list[Guess]) -> str:
    """Say what a class guessed of one question."""
    words = {
        "question": question,
        "guesses": _counted([one.guess for one in guesses]),
        "measured": _counted([one.measured for one in guesses]),
    }
    if not unit:
        return say("“{question}” guessed: {guesses}; measured: {measured}.", **words)
    return say("“{question}” guessed, in {unit}: {guesses}; measured: {measured}.", unit=unit,
               **words)  # fmt: skip


def _counted(answers: list) -> str:
    """Count answers of any kind, the most frequent first; what no run could tell is left out."""
    told = [answer for answer in answers if answer is not None]
    if any(isinstance(answer, float) for answer in told):
        lowest, middle, highest = map(plain, (min(told), statistics.median(told), max(told)))
        if lowest == highest:
            return middle
        return say("{middle} in the middle, from {lowest} to {highest}", middle=middle,
                   lowest=lowest, highest=highest)  # fmt: skip
    counted = Counter(", ".join(one) if isinstance(one, tuple) else one for one in told)
    answers = [say("{answer} ({count})", answer=answer, count=count)
               for answer, count in counted.most_common()]  # fmt: skip
    return ", ".join(answers) or say("nothing")


@dataclass(frozen=True)
class Question:
    """A question that a learner answers before a run."""

    text: str
    measure: Callable  # takes the Comparison, gives what a guess would be; None: it cannot tell
    _: KW_ONLY
    subject: Subject = ""

    def judge(self, guess, comparison) -> Guess:
        """Lay a guess beside what a comparison measured."""
        measured = self.measure(comparison)
        return Guess(question=self.text, guess=guess, measured=measured, subject=self.subject,
                     **self.about)  # fmt: skip

    def why_not(self, answer) -> str:
        """Say why an answer is no guess yet; "" where it is, or where nothing was answered."""
        return ""


@dataclass(frozen=True)
class NumberQuestion(Question):
    """A question whose answer is a number."""

    low: float
    high: float
    step: float  # how finely a guess is asked for
    unit: str = ""  # in the plural
    _: KW_ONLY
    unit_of_one: str = ""  # of the number 1, where that is another word
    things: str = ""  # where whole things are counted: their name, as it begins a sentence

    @property
    def about(self) -> dict:
        """What a Guess says of the question."""
        return {"kind": "number", "unit": self.unit, "unit_of_one": self.unit_of_one}

    def why_not(self, answer) -> str:
        """Say why a number is no guess yet.

        Args:
            answer: number, or None where there is none.

        >>> NumberQuestion("?", len, 0, 340, 1, things="Images").why_not(120.5)
        'Images come whole: 120 or 121?'
        """
        if answer is None:
            return ""
        if not self.low <= answer <= self.high:
            return say("{answer} is out of reach: from {low} to {high}.", answer=plain(answer),
                       low=plain(self.low), high=plain(self.high))  # fmt: skip
        if self.things and not float(answer).is_integer():
            return say("{things} come whole: {below} or {above}?", things=self.things,
                       below=math.floor(answer), above=math.ceil(answer))  # fmt: skip
        return ""


@dataclass(frozen=True)
class ChoiceQuestion(Question):
    """A question with a few answers to choose from."""

    options: tuple[str, ...]

    @property
    def about(self) -> dict:
        """What a Guess says of the question."""
        return {"kind": "choice", "options": self.options}


@dataclass(frozen=True)
class OrderQuestion(Question):
    """A question that asks to put items in order, the first being the most of something."""

    items: tuple[str, ...]

    @property
    def about(self) -> dict:
        """What a Guess says of the question."""
        return {"kind": "order", "options": self.items}

    def why_not(self, answer) -> str:
        """Say why places filled with items are no order yet.

        Args:
            answer: one item a place, None where nothing was chosen.

        >>> OrderQuestion("?", len, ("fit", "loop")).why_not(("fit", "fit"))
        'fit stands there twice; each has one place.'
        """
        often = [item for item, count in Counter(answer or ()).items() if item and count > 1]
        if not often:
            return ""
        if list(answer).count(often[0]) == 2:
            return say("{item} stands there twice; each has one place.", item=often[0])
        return say("{item} stands there more than once; each has one place.", item=often[0])


def plain(number: float) -> str:
    """Write a number with as many digits as one would say.

    >>> plain(3.0), plain(0.5), plain(1234.5), plain(2.949), plain(0.00042)
    ('3', '0.5', '1234', '2.95', '0.00042')
    """
    if abs(number) >= 100:
        return write_number(number, ".0f")
    if abs(number) < 0.1:
        return write_number(number, ".2g")
    return write_number(round(number, 2), "g")
