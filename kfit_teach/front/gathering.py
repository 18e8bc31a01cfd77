"""gather() and Gathering: the saved results of a class, laid over each other.

One dot a student. Absolute figures differ from machine to machine, so what is compared are ratios
to the first lane of the same student's own comparison.
"""

import math
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tabulate import tabulate

from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path, write_file
from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.common.problems import BadInput
from kfit_teach.front import verdicts
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.guesses import told_together

MOST_BYTES = 50 * 2**20
# Fewer students than this give no interval worth telling.
LEAST_FOR_AN_INTERVAL = 6
QUANTITIES = ("images/s", "peak memory")


def gather(folder):
    """Lay the saved results of a class over each other.

    Args:
        folder: path of a folder with files that `Comparison.save` wrote, one a student; a student
            is called as the file is.

    Returns:
        Gathering; files that cannot be used are named in it, each with the reason.

    Raises:
        BadInput: there is no such folder.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; name the one that holds the saved results.")
    students, unusable = {}, {}
    for file in sorted(folder.glob("*.json")):
        try:
            students[file.stem] = _load(file)
        except BadInput as refusal:
            unusable[file.name] = str(refusal)
    usual = _usual_settings(students.values())
    others = {
        name: _differences(_settings_of(one), usual)
        for name, one in students.items()
        if _settings_of(one) != usual
    }
    same = {name: one for name, one in students.items() if name not in others}
    return Gathering(str(folder), same, others, unusable)


def _load(file):
    """Read one student's file, or refuse it in a sentence."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadInput(f"{file.name} is larger than {MOST_BYTES // 2**20} MiB, so it is no "
                           "comparison; leave it out.")  # fmt: skip
        comparison = Comparison.load(file)
    except (OSError, RecursionError) as error:
        raise BadInput(f"{file.name} cannot be read ({error}); save it again.") from None
    if not any(len(_done(comparison, library)) > 1 for library in comparison.libraries):
        raise BadInput(f"{file.name} has no two lanes that ended, so there is nothing to compare; "
                       "run it to the end and save it again.")  # fmt: skip
    return comparison


def _done(comparison, library):
    return [result for result in comparison.results_of(library) if result.status == "done"]


def _settings_of(comparison):
    """Give the settings as text, which can be counted."""
    return comparison.settings.model_dump_json()


def _usual_settings(comparisons):
    """Find the settings that most ran; of equals, those of the first."""
    counted = Counter(_settings_of(one) for one in comparisons)
    return counted.most_common(1)[0][0] if counted else ""


def _differences(settings, usual):
    """Say in words what is other about settings, such as "epochs 3 instead of 2"."""
    from kfit_teach.common.experiment import ComparisonSettings

    mine, theirs = (
        ComparisonSettings.model_validate_json(one).model_dump(mode="json")
        for one in (settings, usual)
    )
    return ", ".join(
        f"{name} {mine[name]} instead of {theirs[name]}"
        for name in mine
        if mine[name] != theirs[name]
    )


@dataclass(frozen=True)
class Gathering:
    """The results of a class.

    Args:
        folder: where they came from.
        students: name to Comparison, of those that ran the usual settings.
        others: name to what differs, of those that ran other settings; they are left out.
        unusable: file name to why it could not be used.
    """

    folder: str
    students: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)
    unusable: dict = field(default_factory=dict)

    @property
    def libraries(self):
        """The libraries that some student has a lane of that ended."""
        seen = {library for one in self.students.values() for library in one.libraries
                if _done(one, library)}  # fmt: skip
        return sorted(seen)

    def machine_of(self, name):
        """Name the kind of machine that a student had."""
        machine = next(one.machine for one in self.students[name].results if one.machine)
        return f"{machine.processor}, {machine.cores} cores"

    def ratios(self, library, quantity):
        """Collect each student's ratios to their own first lane.

        Args:
            library: "keras" or "tf_keras".
            quantity: "images/s" or "peak memory" (over the compiled base).

        Returns:
            dict of lane name to (training_function, {student: ratio}), without the first lane; a
            student whose first lane has no such value is not in it.
        """
        first, *others = self._lanes(library)
        names = verdicts.names_of_experiments([first, *others])[1:]
        collected = {
            name: (lane.training_function, {}) for name, lane in zip(names, others, strict=True)
        }
        for student, comparison in self.students.items():
            reference = _value(comparison, first, quantity)
            if reference is None:
                continue
            for name, lane in zip(names, others, strict=True):
                value = _value(comparison, lane, quantity)
                if value is not None:
                    collected[name][1][student] = value / reference
        return collected

    def _lanes(self, library):
        """List the experiments of one library; they are the same for all students."""
        settings = next(iter(self.students.values())).settings
        return [lane for lane in settings.experiments() if lane.library == library]

    def reference(self, library):
        """Name the lane that ratios are taken to."""
        return verdicts.names_of_experiments(self._lanes(library))[0]

    def table(self, library, form="simple"):
        """Lay out the ratios of one library: one row a lane and quantity."""
        rows = []
        for quantity in QUANTITIES:
            for lane, (_, ratios) in self.ratios(library, quantity).items():
                values = list(ratios.values())
                if values:
                    rows.append([quantity, lane, len(values), *_told(values)])
        heads = ["over " + self.reference(library), "lane", "students", "median", "lowest",
                 "highest", "95 % interval of the mean"]  # fmt: skip
        return tabulate(rows, heads, form, disable_numparse=True)

    def title(self, library):
        """Say what the results of one library rest on."""
        took_part = [one for one in self.students.values() if _done(one, library)]
        count = len(took_part)
        return f"{count} student{'s' * (count > 1)}; {took_part[0].title(library)}"

    def sentences(self):
        """Say what the class guessed, who is in on which machines, and who is left out and why."""
        said = told_together(
            [guess for comparison in self.students.values() for guess in comparison.guesses]
        )
        machines = Counter(self.machine_of(name) for name in self.students)
        said += [f"{machine}: {count}." for machine, count in machines.items()]
        said += self._without_reference()
        said += [f"Left out, {name} ran other settings: {what}."
                 for name, what in self.others.items()]  # fmt: skip
        said += [f"Left out: {reason}" for reason in self.unusable.values()]
        return said

    def _without_reference(self):
        """Say whose ratios are missing, because the lane that they are taken to has no value."""
        for library in self.libraries:
            first = self._lanes(library)[0]
            for quantity in QUANTITIES:
                missing = [name for name, comparison in self.students.items()
                           if _value(comparison, first, quantity) is None]  # fmt: skip
                if missing:
                    where = f"in {library}, where their {self.reference(library)} has none"
                    yield f"Without ratios of {quantity} {where}: {', '.join(missing)}."

    def report(self):
        """Show everything as text."""
        tables = [f"{self.title(library)}\n\n{self.table(library)}" for library in self.libraries]
        if not tables:
            tables = [f"{self.folder} holds no result that can be used yet."]
        return "\n\n".join([*tables, *self.sentences()])

    def figure(self):
        """Draw one dot a student and lane, machine by machine.

        Returns:
            matplotlib Figure.

        Raises:
            BadInput: there is no student.
        """
        from kfit_teach.front.showing.gathering_plot import gathering_figure

        rows = self._rows_to_draw()
        if not rows:
            raise BadInput(f"{self.folder} holds no result that can be used, but a figure needs "
                           "one; let someone save a result there.")  # fmt: skip
        machines = {name: self.machine_of(name) for name in self.students}
        return gathering_figure(rows, machines)

    def _rows_to_draw(self):
        """List, for each library with something to draw: title, reference and its panels."""
        rows = []
        for library in self.libraries:
            panels = {quantity: self.ratios(library, quantity) for quantity in QUANTITIES}
            panels = {quantity: lanes for quantity, lanes in panels.items()
                      if any(ratios for _, ratios in lanes.values())}  # fmt: skip
            if panels:
                rows.append((self.title(library), self.reference(library), panels))
        return rows

    def alt_text(self):
        """Tell in words what the figure shows."""
        told = [f"One dot a student: ratios to the first lane. {self.title(library)}."
                for library in self.libraries]  # fmt: skip
        for library in self.libraries:
            for quantity in QUANTITIES:
                for lane, (_, ratios) in self.ratios(library, quantity).items():
                    if ratios:
                        median, low, high, _ = _told(list(ratios.values()))
                        told.append(f"{library} {lane}, {quantity}: median {median}, "
                                    f"from {low} to {high}.")  # fmt: skip
        return " ".join(told)

    def save_figure(self, file):
        """Draw the figure into a file; the file is whole or not there.

        Raises:
            BadInput: the ending is unknown, or the folder does not exist or cannot be written.
        """
        from kfit_teach.front.showing.plots import figure_as

        path = writable_path(file, FIGURE_SUFFIXES)
        write_file(path, figure_as(self.figure(), path.suffix[1:]))

    def __repr__(self):
        return f"<Gathering of {len(self.students)} students>\n{self.report()}"

    def __str__(self):
        return self.report()

    def _ipython_display_(self):
        """Show figure, tables and sentences in a notebook; names of files are escaped."""
        import html

        from IPython.display import HTML, display

        from kfit_teach.front.showing.plots import as_image

        if self._rows_to_draw():
            display(as_image(self.figure(), self.alt_text()))
        for library in self.libraries:
            display(HTML(f"<b>{html.escape(self.title(library))}</b>"))
            display(HTML(self.table(library, "html")))
        said = self.sentences() or [f"{self.folder} holds no result that can be used yet."]
        display(HTML("".join(f"<p>{html.escape(sentence)}</p>" for sentence in said)))


def _value(comparison, lane, quantity):
    """Read one quantity of one lane; speed from the blocks where there are some.

    Returns:
        float over 0, or None where there is none.
    """
    result = next((one for one in comparison.results if one.experiment.name == lane.name), None)
    if result is None or result.status != "done":
        return None
    if quantity == "peak memory":
        value = result.memory.peak_extra_mib
    else:
        turns = [turn for block in comparison.blocks_of(lane.library) for turn in block.turns]
        mine = (lane.training_function, lane.loader, False)
        speeds = [turn.images_per_s for turn in turns
                  if (turn.training_function, turn.loader, turn.control) == mine]  # fmt: skip
        value = statistics.median(speeds) if speeds else result.timing.images_per_s
    return value if value and 0 < value < math.inf else None


def _told(ratios):
    """Give median, lowest, highest and, of enough students, the mean's interval, as text."""
    interval = "-"
    if len(ratios) >= LEAST_FOR_AN_INTERVAL:
        known = ratio_interval(ratios)
        interval = f"{known.low:.2f} to {known.high:.2f}"
    return (*(f"{of(ratios):.2f}" for of in (statistics.median, min, max)), interval)
