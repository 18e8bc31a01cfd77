"""A demonstration as a class has done it: its numbers, one a student."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from kfit_teach.common.words import say, say_counted
from kfit_teach.front.demonstrated import Demonstrated
from kfit_teach.front.gathered import GatheredNumber, GatheredNumbers
from kfit_teach.front.guesses import plain
from kfit_teach.front.telling.report import Section
from kfit_teach.front.telling.sentences import kind_of_machine
from kfit_teach.front.telling.tables import Table


@dataclass(frozen=True)
class GatheredDemonstration:
    """One demonstration of those students who ran the usual settings.

    Args:
        students: name to what their run told; at least one.
        others: name to which of their settings differ.
    """

    students: dict[str, Demonstrated]
    others: dict[str, str]

    @property
    def title(self) -> str:
        """Name it, with how many did it."""
        first = next(iter(self.students.values()))
        return say_counted("{number} student; {title}", "{number} students; {title}",
                           len(self.students), title=first.name)  # fmt: skip

    def machine_of(self, student: str) -> str:
        """Name the kind of machine that a student had."""
        machine = self.students[student].machine
        return kind_of_machine(machine) if machine else say("unknown machine")

    def numbers(self) -> list[GatheredNumber]:
        """Collect each number of the demonstration; a student whose run has it not is left out."""
        collected = {}
        for student, shown in self.students.items():
            for name, value in shown.numbers().items():
                if math.isfinite(value):
                    collected.setdefault(name, {})[student] = value
        return [GatheredNumber(name, values) for name, values in collected.items()]

    def part(self) -> GatheredNumbers:
        """Give what there is to draw."""
        machines = {student: self.machine_of(student) for student in self.students}
        return GatheredNumbers(self.title, self.numbers(), machines)

    def section(self) -> Section:
        """Lay the numbers out, one a row."""
        heads = ["", say("students"), say("median"), say("lowest"), say("highest")]
        rows = [[one.name, str(len(one.values)), *_spread(one)] for one in self.numbers()]
        return Section(self.title, Table(heads if rows else [], rows))

    def sentences(self) -> Iterator[str]:
        """Say whose numbers are missing, and who is left out."""
        known = {student for one in self.numbers() for student in one.values}
        missing = [student for student in self.students if student not in known]
        if missing:
            yield say("Without numbers of “{title}”: {students}.", students=", ".join(missing),
                      title=next(iter(self.students.values())).name)  # fmt: skip
        for student, what in self.others.items():
            yield say("Left out, {student} ran other settings: {what}.", student=student, what=what)

    def tell(self) -> Iterator[str]:
        """Say what its figure shows."""
        for one in self.numbers():
            median, low, high = _spread(one)
            yield say("{number}: median {median}, from {low} to {high}.", number=one.name,
                      median=median, low=low, high=high)  # fmt: skip


def _spread(number: GatheredNumber) -> tuple[str, str, str]:
    """Write the median, the lowest and the highest."""
    values = list(number.values.values())
    return plain(statistics.median(values)), plain(min(values)), plain(max(values))
