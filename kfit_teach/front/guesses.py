"""Predict first: what a learner is asked before a run, what they guessed, and how far off it was.

A question knows how to find its answer in a Comparison. A Guess is plain data and is kept with the
result; the widgets that ask are in panels/, the picture is in figures/.
"""

import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.words import say, to_say, write_number


class Guess(BaseModel):
    """One guess beside what was measured."""

    model_config = ConfigDict(extra="forbid")

    question: str
    kind: Literal["number", "choice", "order"]
    guess: float | str | tuple[str, ...]  # a number, one of the options, or all items in order
    measured: float | str | tuple[str, ...] | None  # the same; None where the run could not tell
    unit: str = ""  # of a number, in the plural
    options: tuple[str, ...] = ()  # what there was to choose from, or to put in order

    @property
    def sentence(self) -> str:
        """Say how far apart the guess and the measurement are.

        >>> Guess(question="?", kind="number", guess=2, measured=3, unit="times the data").sentence
        'You guessed 2 times the data; measured were 3: your guess is 33 % too low.'
        >>> Guess(question="?", kind="choice", guess="fit", measured="fit").sentence
        'You guessed “fit”, and so it is.'
        """
        if self.measured is None:
            return say("This run cannot tell; your guess is kept.")
        return {"number": self._number, "choice": self._choice, "order": self._order}[self.kind]()

    def _number(self) -> str:
        words = {"guess": _with_unit(self.guess, self.unit), "measured": plain(self.measured)}
        if plain(self.guess) == plain(self.measured):
            return say("You guessed {guess}; measured were {measured}: that is it.", **words)
        low = self.guess < self.measured
        if not self.measured:
            return say(TOO_FAR[low], **words)
        ratio = self.guess / self.measured
        if ratio >= 2:
            return say(
                "You guessed {guess}; measured were {measured}: your guess is {times} times as "
                "much.", times=plain(ratio), **words)  # fmt: skip
        return say(TOO_FAR_IN_PERCENT[low], percent=100 * abs(ratio - 1), **words)

    def _choice(self) -> str:
        if self.guess == self.measured:
            return say("You guessed “{guess}”, and so it is.", guess=self.guess)
        return say("You guessed “{guess}”; measured was “{measured}”.", guess=self.guess,
                   measured=self.measured)  # fmt: skip

    def _order(self) -> str:
        right = sum(a == b for a, b in zip(self.guess, self.measured, strict=True))
        measured = ", ".join(self.measured)
        if right == len(self.measured):
            return say("Your order is the measured one: {measured}.", measured=measured)
        return say("{right} of {all} are in their place; measured was: {measured}.", right=right,
                   all=len(self.measured), measured=measured)  # fmt: skip


# By whether the guess was too low.
TOO_FAR = {
    True: to_say("You guessed {guess}; measured were {measured}: your guess is too low."),
    False: to_say("You guessed {guess}; measured were {measured}: your guess is too high."),
}
TOO_FAR_IN_PERCENT = {
    True: to_say(
        "You guessed {guess}; measured were {measured}: your guess is {percent:.0f} % too low."
    ),
    False: to_say(
        "You guessed {guess}; measured were {measured}: your guess is {percent:.0f} % too high."
    ),
}


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
        by_question.setdefault((guess.question, guess.unit), []).append(guess)
    return [_told_of(*key, mine) for key, mine in by_question.items()]


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

    def judge(self, guess, comparison) -> Guess:
        """Lay a guess beside what a comparison measured."""
        measured = self.measure(comparison)
        return Guess(question=self.text, guess=guess, measured=measured, **self.about)


@dataclass(frozen=True)
class NumberQuestion(Question):
    """A question whose answer is a number."""

    low: float
    high: float
    step: float  # how finely a guess is asked for
    unit: str = ""  # in the plural

    @property
    def about(self) -> dict:
        """What a Guess says of the question."""
        return {"kind": "number", "unit": self.unit}


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


def plain(number: float) -> str:
    """Write a number with as many digits as one would say.

    >>> plain(3.0), plain(0.5), plain(1234.5), plain(2.949)
    ('3', '0.5', '1234', '2.95')
    """
    if abs(number) >= 100:
        return write_number(number, ".0f")
    return write_number(round(number, 2), "g")
