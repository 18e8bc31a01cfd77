"""How close guesses came, in words."""

from kfit_teach.common.words import say, say_counted, write_number
from kfit_teach.front.closeness import BEYOND, Closeness, middle_of, progress


def times(number: float) -> str:
    """Write a number of times, 1 or more.

    >>> times(1.42), times(2.0), times(17.2), times(float("inf"))
    ('1.4 times', '2 times', '17 times', 'more than 1000 times')
    """
    if number > BEYOND:
        return say("more than {number} times", number=write_number(BEYOND, ".0f"))
    digits = 1 if number < 10 else 0
    return say("{number} times", number=write_number(round(number, digits), "g"))


def times_off_in_words(guesses: list[Closeness]) -> str:
    """Say how many times the numbers were off in the middle; "" where there is no number."""
    middle = middle_of(guesses)
    if middle is None:
        return ""
    return say("{times} off", times=times(middle)) if middle >= 1.05 else say("as measured")


def how_it_is_counted(guesses: list[Closeness]) -> list[str]:
    """Say what a number of times off is, and which guesses a headline speaks of."""
    if middle_of(guesses) is None:
        return []
    said = [say("2 times off is twice as much as was measured, or half of it.")]
    changed = progress(guesses)
    if changed and changed.answer != "alike":
        said.append(say("At first and lately: in the middle of the first {count} and of the last "
                        "{count} numbers.", count=changed.count))  # fmt: skip
    return said


def headline(guesses: list[Closeness]) -> str:
    """Say the main thing about guesses, the oldest first: whether they come closer, else how close.

    >>> from kfit_teach.front.guesses import Guess
    >>> def guessed(number):
    ...     return Closeness(Guess(question="?", kind="number", guess=number, measured=1))
    >>> headline([guessed(2), guessed(4)])
    '2 guesses: numbers 3 times off in the middle'
    >>> headline([guessed(number) for number in (9, 8, 7, 3, 2, 1)])
    'Your guesses come closer: 8 times off at first, 2 times lately'
    """
    if not guesses:
        return say("No guess yet")
    changed = progress(guesses)
    if changed and changed.answer != "alike":
        words = {"lately": times(changed.lately), "before": times(changed.before)}
        if changed.answer == "closer":
            return say("Your guesses come closer: {before} off at first, {lately} lately", **words)
        return say("Your guesses were closer at first: {before} off, {lately} lately", **words)
    told = ", ".join([*_of_numbers(guesses), *_of_choices(guesses)])
    return say_counted("{number} guess: {told}", "{number} guesses: {told}", len(guesses),
                       told=told)  # fmt: skip


def _of_numbers(guesses: list[Closeness]) -> list[str]:
    numbers = [one for one in guesses if one.is_number]
    if not numbers:
        return []
    return [say_counted("a number {off}", "numbers {off} in the middle", len(numbers),
                        off=times_off_in_words(numbers))]  # fmt: skip


def _of_choices(guesses: list[Closeness]) -> list[str]:
    choices = [one for one in guesses if not one.is_number]
    if not choices:
        return []
    right = sum(one.outcome == "right" for one in choices)
    return [say("of the choices {right} of {all} right", right=right, all=len(choices))]
