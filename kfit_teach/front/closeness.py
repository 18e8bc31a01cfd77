"""How close guesses came, as facts: how many times too much or too little, right or wrong."""

import math
import statistics
from dataclasses import dataclass
from typing import Literal

from kfit_teach.front.guesses import Guess

# So close a number counts as right: what is measured differs by as much from run to run.
NEAR = 1.25
# From here on it does not matter by how much.
BEYOND = 1000.0
# Fewer numbers than this, and the first half is not laid beside the last.
LEAST_FOR_HALVES = 6

Outcome = Literal["right", "too much", "too little", "wrong"]


@dataclass(frozen=True)
class Closeness:
    """One guess that a run could answer.

    Args:
        guess: with what was measured.
        lesson: its notebook, such as "01_three_doors"; "" outside of the lessons.

    >>> far = Closeness(Guess(question="?", kind="number", guess=340, measured=20))
    >>> far.times, far.outcome
    (17.0, 'too much')
    """

    guess: Guess
    lesson: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it was a number that was guessed."""
        return self.guess.kind == "number"

    @property
    def times(self) -> float:
        """The number guessed over the one measured: 2 is twice as much, 0.5 half of it.

        Where one of them is 0, or they lie on two sides of it, no number of times is enough: inf
        where too much was guessed, 0 where too little.
        """
        guess, measured = self.guess.guess, self.guess.measured
        if guess == measured:
            return 1.0
        if 0 in (guess, measured) or (guess > 0) != (measured > 0):
            return math.inf if guess > measured else 0.0
        return guess / measured

    @property
    def times_off(self) -> float:
        """How many times too much or too little, 1 or more."""
        return max(self.times, 1 / self.times if self.times else math.inf)

    @property
    def outcome(self) -> Outcome:
        """Whether it was right; of a number, how it was not."""
        if not self.is_number:
            return "right" if self.guess.guess == self.guess.measured else "wrong"
        if self.times_off <= NEAR:
            return "right"
        return "too much" if self.times > 1 else "too little"


@dataclass(frozen=True)
class Progress:
    """The last half of the numbers beside the first: how many times off each was in the middle."""

    count: int  # of guesses in each half
    before: float
    lately: float

    @property
    def answer(self) -> Literal["closer", "further off", "alike"]:
        """What changed; a quarter is taken for chance."""
        if self.before > NEAR * self.lately:
            return "closer"
        return "further off" if self.lately > NEAR * self.before else "alike"


def middle_of(guesses: list[Closeness]) -> float | None:
    """Give how many times the numbers were off, in the middle; None where there is no number."""
    offs = [one.times_off for one in guesses if one.is_number]
    return statistics.median(offs) if offs else None


def progress(guesses: list[Closeness]) -> Progress | None:
    """Lay the last half of the numbers beside the first; None where there are too few."""
    numbers = [one for one in guesses if one.is_number]
    if len(numbers) < LEAST_FOR_HALVES:
        return None
    half = len(numbers) // 2
    return Progress(half, middle_of(numbers[:half]), middle_of(numbers[-half:]))
