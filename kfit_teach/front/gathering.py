"""gather() and Gathering: the saved results of a class, laid over each other.

One dot a student. Absolute figures differ from machine to machine, so what is compared are ratios
to the first lane of the same student's own comparison.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.common.problems import BadInput, path_of
from kfit_teach.common.words import say, say_counted, to_say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.demonstrated import Demonstrated
from kfit_teach.front.gathered import GatheredLane, GatheredNumbers, GatheredPanel, GatheredPart
from kfit_teach.front.gathered_demonstrations import GatheredDemonstration
from kfit_teach.front.gathered_guesses import GatheredGuesses
from kfit_teach.front.guesses import told_together
from kfit_teach.front.ranking import Lane, name_of_lane
from kfit_teach.front.record import Record
from kfit_teach.front.results import load_result
from kfit_teach.front.telling.report import Picture, Report, Reported, Section
from kfit_teach.front.telling.sentences import kind_of_machine
from kfit_teach.front.telling.tables import NOTHING, Table

MOST_BYTES = 50 * 2**20
# Fewer students than this give no interval worth telling.
LEAST_FOR_AN_INTERVAL = 6


@dataclass(frozen=True)
class Quantity:
    """What is compared: its words, and how it is read of a lane that ended."""

    words: str
    of: Callable[[Lane], float | None]


def _speed(lane: Lane) -> float | None:
    """Read images/s, from the blocks where there are some."""
    speeds = [turn.images_per_s for turn in lane.turns]
    return statistics.median(speeds) if speeds else lane.result.timing.images_per_s


QUANTITIES = {
    "speed": Quantity(to_say("images/s"), _speed),
    "memory": Quantity(to_say("peak memory"), lambda lane: lane.result.memory.peak_extra_mib),
}


def gather(folder):
    """Lay the saved results of a class over each other.

    Args:
        folder: path of a folder with files that `save` of a result wrote, or that `kfit-teach
            record export` did, one a student; a student is called as the file is.

    Returns:
        Gathering; files that cannot be used are named in it, each with the reason.

    Raises:
        BadInput: there is no such folder.
    """
    folder = path_of(folder, "folder")
    if not folder.is_dir():
        raise BadInput(
            say("{folder} is no folder; name the one that holds the saved results.", folder=folder)
        )
    found, unusable = {}, {}
    for file in sorted(folder.glob("*.json")):
        try:
            found[file.stem] = _load(file)
        except BadInput as refusal:
            unusable[file.name] = str(refusal)
    records = {name: one for name, one in found.items() if isinstance(one, Record)}
    students, others = _of_usual_settings(
        {name: one for name, one in found.items() if isinstance(one, Comparison)}
    )
    return Gathering(str(folder), students, others, unusable, _demonstrations(found), records)


def _demonstrations(found: dict) -> list[GatheredDemonstration]:
    """Sort what demonstrations told by demonstration."""
    by_name = {}
    for student, one in found.items():
        if isinstance(one, Demonstrated):
            by_name.setdefault(one.demonstration, {})[student] = one
    return [GatheredDemonstration(*_of_usual_settings(by_name[name])) for name in sorted(by_name)]


def _load(file: Path):
    """Read one student's file, or refuse it in a sentence."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadInput(say(
                "{file} is larger than {mib} MiB, so it is no result; leave it out.",
                file=file.name, mib=MOST_BYTES // 2**20))  # fmt: skip
        found = load_result(file)
    except (OSError, RecursionError) as error:
        raise BadInput(
            say("{file} cannot be read ({error}); save it again.", file=file.name, error=error)
        ) from None
    _USABLE[type(found) if type(found) in _USABLE else Demonstrated](found, file)
    return found


def _check_comparison(comparison: Comparison, file: Path) -> None:
    if not any(len(ranking.done) > 1 for ranking in comparison.rankings()):
        raise BadInput(say(
            "{file} has no two lanes that ended, so there is nothing to compare; run it to the end "
            "and save it again.", file=file.name))  # fmt: skip


def _check_demonstrated(shown: Demonstrated, file: Path) -> None:
    if not shown.has_results:
        raise BadInput(say("{file} tells nothing that was measured; run it to the end and save it "
                           "again.", file=file.name))  # fmt: skip
    try:
        shown.numbers()
    except Exception as error:  # a file that was edited may say what no run says
        raise BadInput(say("{file} says what no run says ({error}); save it again.",
                           file=file.name, error=error)) from None  # fmt: skip


def _check_record(record: Record, file: Path) -> None:
    if not record.lines:
        raise BadInput(
            say("{file} is a record that holds nothing yet; export it again.", file=file.name)
        )


_USABLE = {
    Comparison: _check_comparison, Demonstrated: _check_demonstrated, Record: _check_record,
}  # fmt: skip


def _of_usual_settings(results: dict) -> tuple[dict, dict[str, str]]:
    """Part the results with the settings that most ran from the others.

    Returns:
        Student to result; and, of the others, student to what differs.
    """
    texts = {name: one.settings.model_dump_json() for name, one in results.items()}
    if not texts:
        return {}, {}
    usual = Counter(texts.values()).most_common(1)[0][0]  # of equals, that of the first
    same = {name: one for name, one in results.items() if texts[name] == usual}
    settings = next(iter(same.values())).settings
    others = {name: _differences(one.settings, settings)
              for name, one in results.items() if name not in same}  # fmt: skip
    return same, others


def _differences(settings: BaseModel, usual: BaseModel) -> str:
    """Say in words what is other about settings, such as "epochs 3 instead of 2"."""
    mine, theirs = settings.model_dump(mode="json"), usual.model_dump(mode="json")
    return ", ".join(
        say("{name} {mine} instead of {usual}", name=name, mine=mine[name], usual=theirs[name])
        for name in mine
        if mine[name] != theirs[name]
    )


@dataclass(frozen=True, repr=False)
class Gathering(Reported):
    """The results of a class: of those students who ran the usual settings."""

    folder: str
    students: dict[str, Comparison] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)  # student to which settings differ
    unusable: dict[str, str] = field(default_factory=dict)  # file name to why
    demonstrations: list[GatheredDemonstration] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)  # student to exported record

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"Gathering of {len(self.students)} students"

    @property
    def guessed(self) -> GatheredGuesses:
        """What the class guessed: in the results, and in the records."""
        demonstrated = [one for shown in self.demonstrations for one in shown.students.values()]
        return GatheredGuesses([*self.students.values(), *demonstrated], self.records)

    @property
    def libraries(self) -> list[str]:
        """The libraries that some student has a lane of that ended."""
        rankings = [r for one in self.students.values() for r in one.rankings() if r.done]
        return sorted({ranking.library for ranking in rankings})

    def machine_of(self, name: str) -> str:
        """Name the kind of machine that a student had."""
        results = self.students[name].results
        return kind_of_machine(next(one.machine for one in results if one.machine))

    def ratios(self, library: str, kind: str) -> list[GatheredLane]:
        """Collect each student's ratios to their own first lane, for one of QUANTITIES.

        The first lane itself is left out, and so is a student whose first lane has no such value.
        """
        first, *others = self._names(library)
        collected = [GatheredLane(name, function, {}) for name, function in others]
        for student, comparison in self.students.items():
            values = _values(comparison, library, kind)
            for lane in collected:
                if values.get(first[0]) is not None and values.get(lane.name) is not None:
                    lane.ratios[student] = values[lane.name] / values[first[0]]
        return collected

    def _names(self, library: str) -> list[tuple[str, str]]:
        """List (name, function) of the lanes of one library; they are the same for all students."""
        settings = next(iter(self.students.values())).settings
        return [
            (name_of_lane(run, settings.view), run.training_function)
            for run in settings.experiments()
            if run.library == library
        ]

    def reference(self, library: str) -> str:
        """Name the lane that ratios are taken to."""
        return self._names(library)[0][0]

    def table(self, library: str) -> Table:
        """Lay out the ratios of one library: one row a lane and quantity."""
        rows = [
            [say(quantity.words), lane.name, str(len(lane.ratios)), *_spread(lane.ratios.values())]
            for kind, quantity in QUANTITIES.items()
            for lane in self.ratios(library, kind)
            if lane.ratios
        ]
        over = say("over {lane}", lane=self.reference(library))
        heads = [over, say("lane"), say("students"), say("median"), say("lowest"), say("highest"),
                 say("95 % interval of the mean")]  # fmt: skip
        return Table(heads, rows)

    def title(self, library: str) -> str:
        """Say what the results of one library rest on."""
        rankings = [one.ranking(library) for one in self.students.values()]
        titles = [ranking.title for ranking in rankings if ranking.done]
        return say_counted(
            "{number} student; {title}", "{number} students; {title}", len(titles), title=titles[0]
        )

    def sentences(self) -> list[str]:
        """Say what the class guessed, who is in on which machines, and who is left out and why."""
        machines = Counter(self.machine_of(name) for name in self.students)
        for one in self.demonstrations:
            machines.update(map(one.machine_of, one.students))
        said = told_together(self.guessed.guesses())
        said += [say("{machine}: {count}.", machine=machine, count=count)
                 for machine, count in machines.items()]  # fmt: skip
        said += self._without_reference()
        said += [say("Left out, {student} ran other settings: {what}.", student=name, what=what)
                 for name, what in self.others.items()]  # fmt: skip
        said += [sentence for one in self.demonstrations for sentence in one.sentences()]
        return said + [say("Left out: {why}", why=reason) for reason in self.unusable.values()]

    def _without_reference(self) -> Iterator[str]:
        """Say whose ratios are missing, because the lane that they are taken to has no value."""
        for library in self.libraries:
            reference = self.reference(library)
            for kind, quantity in QUANTITIES.items():
                missing = [name for name, one in self.students.items()
                           if _values(one, library, kind).get(reference) is None]  # fmt: skip
                if missing:
                    yield say(
                        "Without ratios of {quantity} in {library}, where their {lane} has none: "
                        "{students}.", quantity=say(quantity.words), library=library,
                        lane=reference, students=", ".join(missing))  # fmt: skip

    def told(self) -> Report:
        """Make the report; names of files are escaped where it is shown as HTML."""
        if not (self.libraries or self.demonstrations or self.records):
            nothing = say("{folder} holds no result that can be used yet.", folder=self.folder)
            return Report(closing=[nothing, *self.sentences()])
        is_drawn = self._parts() or self._numbers()
        pictures = [Picture(self.figure, self.alt_text())] if is_drawn else []
        sections = [Section(self.title(library), self.table(library)) for library in self.libraries]
        sections += [one.section() for one in self.demonstrations]
        sections += filter(None, [self.guessed.section(), self.guessed.exercises()])
        return Report(pictures, sections, self.sentences())

    def figure(self):
        """Draw one dot a student and lane, machine by machine, then the demonstrations' numbers.

        Raises:
            BadInput: there is neither.
        """
        from kfit_teach.front.figures import gathering

        parts, numbers = self._parts(), self._numbers()
        if not (parts or numbers):
            raise BadInput(say(
                "{folder} holds no result that can be used, but a figure needs one; let someone "
                "save a result there.", folder=self.folder))  # fmt: skip
        machines = {name: self.machine_of(name) for name in self.students}
        return gathering.draw(parts, machines, numbers)

    def _numbers(self) -> list[GatheredNumbers]:
        """List what there is to draw of each demonstration."""
        return [one.part() for one in self.demonstrations if one.numbers()]

    def _parts(self) -> list[GatheredPart]:
        """List what there is to draw of each library."""
        parts = []
        for library in self.libraries:
            panels = [GatheredPanel(say(quantity.words), self.ratios(library, kind))
                      for kind, quantity in QUANTITIES.items()]  # fmt: skip
            panels = [panel for panel in panels if any(lane.ratios for lane in panel.lanes)]
            if panels:
                parts.append(GatheredPart(self.title(library), self.reference(library), panels))
        return parts

    def alt_text(self) -> str:
        """Tell in words what the figure shows."""
        told = [say("One dot a student: ratios to the first lane. {title}.",
                    title=self.title(library)) for library in self.libraries]  # fmt: skip
        for library in self.libraries:
            for kind, quantity in QUANTITIES.items():
                for lane in self.ratios(library, kind):
                    if lane.ratios:
                        median, low, high, _ = _spread(lane.ratios.values())
                        told.append(say(
                            "{library} {lane}, {quantity}: median {median}, from {low} to {high}.",
                            library=library, lane=lane.name, quantity=say(quantity.words),
                            median=median, low=low, high=high))  # fmt: skip
        for one in self.demonstrations:
            if one.numbers():
                told += [say("One dot a student. {title}.", title=one.title), *one.tell()]
        return " ".join(told)


def _values(comparison: Comparison, library: str, kind: str) -> dict[str, float | None]:
    """Read one quantity of each lane, by name: a number over 0, or None."""
    read = {lane.name: QUANTITIES[kind].of(lane) for lane in comparison.ranking(library).done}
    return {name: value if value and 0 < value < math.inf else None for name, value in read.items()}


def _spread(ratios):
    """Write median, lowest, highest and, of enough students, the mean's interval."""
    ratios, interval = list(ratios), NOTHING
    if len(ratios) >= LEAST_FOR_AN_INTERVAL:
        known = ratio_interval(ratios)
        interval = say("{low:.2f} to {high:.2f}", low=known.low, high=known.high)
    middle = statistics.median(ratios)
    return (*(say("{ratio:.2f}", ratio=r) for r in (middle, min(ratios), max(ratios))), interval)
