"""Predict first: what a learner is asked before a run, what they guessed, and how far off it was.

A question knows how to find its answer in a Comparison. A Guess is plain data and is kept with the
result; the widgets that ask are in panels/, the picture is in showing/.
"""

import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Guess(BaseModel):
    """One guess beside what was measured.

    Args:
        question: what was asked.
        kind: "number", "choice" or "order".
        guess: what the learner said: a number, one of the options, or all items in order.
        measured: what came out, in the same form; None where the run could not tell.
        unit: of a number, in the plural.
        options: what there was to choose from, or to put in order.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    kind: Literal["number", "choice", "order"]
    guess: float | str | tuple[str, ...]
    measured: float | str | tuple[str, ...] | None
    unit: str = ""
    options: tuple[str, ...] = ()

    @property
    def sentence(self):
        """Say how far apart the guess and the measurement are.

        >>> Guess(question="?", kind="number", guess=2, measured=3, unit="times the data").sentence
        'You guessed 2 times the data; measured were 3: your guess is 33 % too low.'
        >>> Guess(question="?", kind="choice", guess="fit", measured="fit").sentence
        'You guessed “fit”, and so it is.'
        """
        if self.measured is None:
            return "This run cannot tell; your guess is kept."
        return {"number": self._number, "choice": self._choice, "order": self._order}[self.kind]()

    def _number(self):
        unit = f" {self.unit}" if self.unit else ""
        said = f"You guessed {plain(self.guess)}{unit}; measured were {plain(self.measured)}"
        if plain(self.guess) == plain(self.measured):
            return f"{said}: that is it."
        way = "low" if self.guess < self.measured else "high"
        if not self.measured:
            return f"{said}: your guess is too {way}."
        ratio = self.guess / self.measured
        if ratio >= 2:
            return f"{said}: your guess is {plain(ratio)} times as much."
        return f"{said}: your guess is {100 * abs(ratio - 1):.0f} % too {way}."

    def _choice(self):
        if self.guess == self.measured:
            return f"You guessed “{self.guess}”, and so it is."
        return f"You guessed “{self.guess}”; measured was “{self.measured}”."

    def _order(self):
        right = sum(a == b for a, b in zip(self.guess, self.measured, strict=True))
        measured = ", ".join(self.measured)
        if right == len(self.measured):
            return f"Your order is the measured one: {measured}."
        return f"{right} of {len(self.measured)} are in their place; measured was: {measured}."


def told_together(guesses):
    """Say what a class guessed, and what it measured.

    Args:
        guesses: list of Guess, of any questions.

    Returns:
        list of str, a sentence a question.

    >>> told_together([Guess(question="Which?", kind="choice", guess=one, measured="fit")
    ...                for one in ("fit", "none", "fit")])
    ['“Which?” guessed: fit (2), none (1); measured: fit (3).']
    """
    by_question = {}
    for guess in guesses:
        by_question.setdefault((guess.question, guess.unit), []).append(guess)
    return [
        f"“{question}” guessed{unit and f', in {unit}'}: {_counted([one.guess for one in mine])}; "
        f"measured: {_counted([one.measured for one in mine])}."
        for (question, unit), mine in by_question.items()
    ]


def _counted(answers):
    """Count answers of any kind, the most frequent first; what no run could tell is left out."""
    if any(isinstance(answer, float) for answer in answers):
        numbers = sorted(answer for answer in answers if answer is not None)
        lowest, middle, highest = map(plain, (numbers[0], statistics.median(numbers), numbers[-1]))
        alike = lowest == highest
        return middle if alike else f"{middle} in the middle, from {lowest} to {highest}"
    counted = Counter(
        ", ".join(answer) if isinstance(answer, tuple) else answer
        for answer in answers
        if answer is not None
    )
    return ", ".join(f"{answer} ({count})" for answer, count in counted.most_common()) or "nothing"


@dataclass(frozen=True)
class NumberQuestion:
    """A question whose answer is a number.

    Args:
        text: the question.
        measure: takes the Comparison, gives the number, or None where it cannot tell.
        low, high, step: the bounds of a guess, and how finely it is asked for.
        unit: in the plural.
    """

    text: str
    measure: Callable
    low: float
    high: float
    step: float
    unit: str = ""

    def judge(self, guess, comparison):
        """Lay a guess beside what a comparison measured; give a Guess."""
        measured = self.measure(comparison)
        return Guess(
            question=self.text, kind="number", guess=guess, measured=measured, unit=self.unit
        )


@dataclass(frozen=True)
class ChoiceQuestion:
    """A question with a few answers to choose from.

    Args:
        text: the question.
        measure: takes the Comparison, gives one of the options, or None where it cannot tell.
        options: the answers.
    """

    text: str
    measure: Callable
    options: tuple[str, ...]

    def judge(self, guess, comparison):
        """Lay a guess beside what a comparison measured; give a Guess."""
        measured = self.measure(comparison)
        return Guess(
            question=self.text, kind="choice", guess=guess, measured=measured, options=self.options
        )


@dataclass(frozen=True)
class OrderQuestion:
    """A question that asks to put items in order, the first being the most of something.

    Args:
        text: the question.
        measure: takes the Comparison, gives all items in order, or None where it cannot tell.
        items: what is put in order.
    """

    text: str
    measure: Callable
    items: tuple[str, ...]

    def judge(self, guess, comparison):
        """Lay a guess beside what a comparison measured; give a Guess."""
        measured = self.measure(comparison)
        return Guess(
            question=self.text, kind="order", guess=guess, measured=measured, options=self.items
        )


def plain(number):
    """Write a number with as many digits as one would say.

    >>> plain(3.0), plain(0.5), plain(1234.5), plain(2.949)
    ('3', '0.5', '1234', '2.95')
    """
    return f"{number:.0f}" if abs(number) >= 100 else f"{round(number, 2):g}"
