"""What a class guessed, and which exercises it passed: of saved results and of exported records."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from kfit_teach.common.words import say
from kfit_teach.front.closeness import Closeness
from kfit_teach.front.guesses import Guess, plain
from kfit_teach.front.record import Record
from kfit_teach.front.telling.closeness import times_off_in_words
from kfit_teach.front.telling.report import Section
from kfit_teach.front.telling.tables import NOTHING, Table, in_lines

LETTERS_OF_A_QUESTION = 60


@dataclass(frozen=True)
class GatheredGuesses:
    """The guesses of a class.

    Args:
        results: what has `created` and `guesses`: saved results.
        records: student to exported record; of a question that a student answered more than once,
            the first guess counts.
    """

    results: list
    records: dict[str, Record]

    def of_records(self) -> Iterator[tuple[str, Guess]]:
        """Give (lesson, guess) of each record, without those that a saved result has, too."""
        saved = {(one.created, guess.question) for one in self.results for guess in one.guesses}
        for record in self.records.values():
            first = {}
            for line in record.counted:
                first.setdefault(line.guess.question, line)
            for question, line in first.items():
                if (line.at, question) not in saved:
                    yield line.lesson, line.guess

    def guesses(self) -> list[Guess]:
        """Give all guesses, lesson by lesson where it is known."""
        of_results = [guess for one in self.results for guess in one.guesses]
        of_records = [guess for _, guess in sorted(self.of_records(), key=lambda told: told[0])]
        return of_results + of_records

    def section(self) -> Section | None:
        """Lay out each question: how many guessed, how close they came; None without a guess."""
        lesson_of = {guess.question: lesson for lesson, guess in self.of_records()}
        by_question = {}
        for guess in self.guesses():
            by_question.setdefault((guess.question, guess.kind, guess.unit), []).append(guess)
        rows = [[lesson_of.get(key[0]) or NOTHING, in_lines(key[0], LETTERS_OF_A_QUESTION),
                 str(len(guesses)), _how_close(guesses)]
                for key, guesses in by_question.items()]  # fmt: skip
        heads = [say("lesson"), say("question"), say("guesses"), say("in the middle")]
        title = say("What was guessed")
        return Section(title, Table(heads, sorted(rows, key=lambda row: row[0]))) if rows else None

    def exercises(self) -> Section | None:
        """Lay out each exercise: who checked it, how many passed; None where nobody did."""
        tried = {}
        for record in self.records.values():
            for lesson in sorted({line.lesson for line in record.checks}):
                for tries in record.tries(lesson):
                    tried.setdefault((lesson, tries.exercise), []).append(tries)
        rows = [[lesson or NOTHING, exercise, str(len(all_)), str(sum(one.passed for one in all_)),
                 _checks_until_passed(all_)]
                for (lesson, exercise), all_ in sorted(tried.items())]  # fmt: skip
        heads = [say("lesson"), say("exercise"), say("tried by"), say("passed by"),
                 say("checks until it passed, in the middle")]  # fmt: skip
        return Section(say("Exercises"), Table(heads, rows)) if rows else None


def _how_close(guesses: list[Guess]) -> str:
    """Say how far off the numbers were in the middle, or how many were right."""
    known = [Closeness(guess) for guess in guesses if guess.measured is not None]
    if not known:
        return NOTHING
    if known[0].is_number:
        return times_off_in_words(known)
    right = sum(one.outcome == "right" for one in known)
    return say("{right} of {all} right", right=right, all=len(known))


def _checks_until_passed(tries: list) -> str:
    counts = [one.checks for one in tries if one.passed]
    return plain(statistics.median(counts)) if counts else NOTHING
