"""Results of one library as a table: one column a lane, one row a measurement with its unit."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from tabulate import tabulate

from kfit_teach.common.result import WORDS_FOR_STATUS, Result
from kfit_teach.common.words import say, to_say, write_number
from kfit_teach.front.ranking import Ranking
from kfit_teach.front.slopes import LaneGrowth
from kfit_teach.front.speed_verdicts import speed_verdicts
from kfit_teach.front.telling.sentences import after_epochs, ratio_with_interval, short
from kfit_teach.front.verdicts import diverged

NOTHING = "-"


@dataclass(frozen=True)
class Table:
    """Cells in rows, all text; the heads stand above."""

    heads: list[str]
    rows: list[list[str]]
    aligned: list[str] | None = None  # "left" or "right", a column each
    notes: tuple[str, ...] = ()  # what its words mean, a sentence each

    def as_text(self, form: str = "simple") -> str:
        """Lay it out in a format of tabulate, such as "simple" or "html" (escaped)."""
        aligned = {"colalign": self.aligned} if self.aligned else {}
        return tabulate(self.rows, self.heads, form, disable_numparse=True, **aligned)


def in_lines(text: str, letters: int) -> str:
    """Break a long text, for a cell of a table; a page breaks it as it needs."""
    return textwrap.fill(text, letters)


@dataclass(frozen=True)
class Row:
    """One measurement."""

    label: str  # with its unit
    cell: Callable[[Result], str | None]  # None where there is nothing to show
    only_where_known: bool = False  # left out where no lane has anything to show
    note: str = ""  # explains a word of the label


def short_table(ranking: Ranking) -> Table:
    """Lay the four measurements side by side that a reader wants first.

    Where a lane did not end well, its status stands above.
    """
    plain = len(ranking.done) == len(ranking.lanes) and not any(diverged(ranking))
    return _table(ranking, FIRST_ROWS if plain else (STATUS, *FIRST_ROWS))


def cost_table(ranking: Ranking) -> Table:
    """Lay out what each lane cost: speed and memory."""
    return _table(ranking, FIRST_ROWS[:2])


def comparison_table(ranking: Ranking) -> Table:
    """Lay all results of one library side by side."""
    table = _table(ranking, (*FIRST_ROWS, *OTHER_ROWS))
    verdicts = speed_verdicts(ranking)
    if verdicts:
        of_lane = {id(verdict.lane): verdict for verdict in verdicts}
        judged = [of_lane.get(id(lane)) for lane in ranking.lanes]
        over = say("images/s over {lane}'s, in blocks", lane=verdicts[0].reference.name)
        table.rows.append([over, *(ratio_with_interval(v.known) if v else "1" for v in judged)])
        reference = say("reference")
        table.rows.append([say("verdict"), *(short(v) if v else reference for v in judged)])
    return table


def _table(ranking: Ranking, shown: tuple[Row, ...]) -> Table:
    rows, notes = [], []
    for row in shown:
        cells = [row.cell(lane.result) for lane in ranking.lanes]
        if not row.only_where_known or any(cells):
            rows.append([say(row.label), *(cell or NOTHING for cell in cells)])
            if row.note and any(cells):
                notes.append(say(row.note))
    names = [lane.name for lane in ranking.lanes]
    aligned = ["left", *("right" for _ in names)]
    return Table(["", *names], rows, aligned, tuple(notes))


def growth_table(lanes: list[LaneGrowth]) -> Table:
    """Lay out what each lane cost at each number of images."""
    heads, columns = [say("images")], []
    for lane in lanes:
        heads += [say("{lane}, peak MiB", lane=lane.name), say("{lane}, images/s", lane=lane.name)]
        columns.append({point.images: point for point in lane.points})
    rows = []
    for number in sorted({number for column in columns for number in column}):
        row = [str(number)]
        for column in columns:
            point = column.get(number)
            row += [_whole(point and point.peak_mib), _whole(point and point.images_per_s)]
        rows.append(row)
    return Table(heads, rows, ["right" for _ in heads])


def _whole(value: float | None) -> str:
    return NOTHING if value is None else write_number(value, ".0f")


def _number(part: str, name: str, digits: int) -> Callable[[Result], str | None]:
    """Make a cell that shows one number of one part of a result."""

    def cell(result):
        value = getattr(getattr(result, part), name, None)
        return None if value is None else write_number(value, f".{digits}f")

    return cell


def _status(result):
    if result.status == "stopped" and result.epochs_ended:
        asked = result.experiment.epochs
        return say("stopped {when}", when=after_epochs(result.epochs_ended, asked))
    if result.diverged_at:
        return say("{status}, diverged at step {step}", status=say(WORDS_FOR_STATUS[result.status]),
                   step=result.diverged_at)  # fmt: skip
    return say(WORDS_FOR_STATUS[result.status])


WAITING = {"clocked": to_say("{ms:.1f} (clocked)"), "derived": to_say("{ms:.1f} (derived)")}
WITHIN_THE_NOISE = to_say("within the noise")
BUDGET_END = {
    "watch": to_say("watch at {mib:.0f} MiB"),
    "MemoryError": to_say("MemoryError at {mib:.0f} MiB"),
    "library error": to_say("library error at {mib:.0f} MiB"),
    "signal": to_say("signal at {mib:.0f} MiB"),
}


def _budget(result):
    end = result.budget_end
    return say(BUDGET_END[end.ended_by], mib=end.at_mib) if end else None


def _share(result):
    """Show the share of the ceiling; a run that was quicker than its ceiling reached it."""
    share = result.ceiling.share if result.ceiling else None
    if not share:
        return None
    return say("{percent:.0f} %", percent=100 * share) if share <= 1 else say("at the ceiling")


def _waiting(result):
    """Show how long a step waited for its batch, and how that is known."""
    waiting = result.waiting
    if waiting is None:
        return None
    if waiting.ms_per_step < 0:  # the step alone took longer than the step and its waiting
        return say(WITHIN_THE_NOISE)
    return say(WAITING[waiting.how], ms=waiting.ms_per_step)


def _longest_pause(result):
    gaps = result.timing.gaps_s if result.timing else []
    if not gaps:
        return None
    return write_number(max(gaps), ".2f") if max(gaps) >= 0 else say(WITHIN_THE_NOISE)


def _needed(result):
    """Show the peak over the base, and how many times the images that is."""
    if result.memory is None:
        return None
    memory = result.memory
    return say("{mib:.0f} ({times:.1f} times)", mib=memory.peak_extra_mib,
               times=memory.times_the_data)  # fmt: skip


def _seen(result):
    """Show how many different images an epoch saw; the fewest, where epochs differ."""
    if not result.coverage:
        return None
    fewest = min(epoch.distinct for epoch in result.coverage)
    return say("{seen} of {images}", seen=fewest, images=result.experiment.number_of_images)


def _accuracy(result):
    return None if result.test_accuracy is None else write_number(result.test_accuracy, ".3f")


def _moved(name: str) -> Callable[[Result], str | None]:
    """Make a cell that shows how far training moved something."""

    def cell(result):
        moved = getattr(result, name)
        if moved is None:
            return None
        return write_number(moved, ".3g" if moved < 1000 else ".0f")

    return cell


FIRST_ROWS = (
    Row(to_say("speed, images/s"), _number("timing", "images_per_s", 0), note=to_say(
        "Speed is taken from the end of the first epoch on, pauses between epochs included.")),
    Row(to_say("needed more than before training, MiB"), _needed, note=to_say(
        "Before training: what the process held with its network compiled, before it got any "
        "images. Times: as many times the size of all your images (float32).")),
    Row(to_say("same weights: fingerprint (sha256)"),
        lambda result: result.weights_sha256[:8] or None, note=to_say(
        "Fingerprints are alike only where all weights are the same, bit for bit.")),
    Row(to_say("accuracy on the 340 test images"), _accuracy, only_where_known=True),
)  # fmt: skip
STATUS = Row(to_say("status"), _status)
OTHER_ROWS = (
    STATUS,
    Row(to_say("what is called"), lambda result: result.experiment.call),
    Row(to_say("loader"), lambda result: result.experiment.loader),
    Row(to_say("ended over budget by"), _budget, only_where_known=True),
    Row(to_say("the bare step's images/s (ceiling)"), _number("ceiling", "images_per_s", 0),
        note=to_say("The ceiling is the bare training step on batches that are ready, in the same "
                    "process: what a training function could reach at best.")),
    Row(to_say("share of the ceiling"), _share),
    Row(to_say("ms per step"), _number("timing", "ms_per_step", 1)),
    Row(to_say("waiting for data, ms per step"), _waiting),
    Row(to_say("loader busy, ms per step"), _number("waiting", "loader_busy_ms_per_step", 1)),
    Row(to_say("CPU ms per image"), _number("timing", "cpu_ms_per_image", 2)),
    Row(to_say("longest pause between epochs, s"), _longest_pause),
    Row(to_say("start-up of the process, s"), _number("timing", "start_up_s", 2)),
    Row(to_say("first batch, s"), _number("timing", "first_batch_s", 2)),
    Row(to_say("first epoch, s"), _number("timing", "first_epoch_s", 2)),
    Row(to_say("contention"), _number("timing", "contention", 2), note=to_say(
        "Contention is how long the run's threads waited for a processor, as a share of the time "
        "it took; above 0.6 something else was using the machine.")),
    Row(to_say("held before training, MiB"), _number("memory", "base_mib", 0)),
    Row(to_say("different images seen an epoch"), _seen),
    Row(to_say("training moved a weight by up to"), _moved("weights_moved"), only_where_known=True),
    Row(to_say("and a moving average by up to"), _moved("statistics_moved"), only_where_known=True),
)  # fmt: skip
