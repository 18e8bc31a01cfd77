"""Results of one library as a table: one column a lane, one row a measurement with its unit."""

from tabulate import tabulate


def comparison_table(results, names, verdicts=(), form="simple"):
    """Lay the results of one library side by side.

    Args:
        results: list of Result of one library.
        names: what each lane is called.
        verdicts: list of SpeedVerdict, where blocks were measured.
        form: a format of tabulate, such as "simple" (text) or "html" (escaped).

    Returns:
        The table as text.
    """
    rows = [[label, *(cell(result) for result in results)] for label, cell in _ROWS]
    rows = [row for row in rows if row[0] not in _ROWS_WHERE_KNOWN or set(row[1:]) != {"-"}]
    judged = {verdict.lane: verdict for verdict in verdicts}
    if judged:
        told = [judged.get(name) for name in names]
        rows += [
            [f"images/s over {verdicts[0].reference}'s, in blocks", *map(_figures, told)],
            ["verdict", *map(_verdict, told)],
        ]
    aligned = ["left", *("right" for _ in names)]
    return tabulate(rows, ["", *names], form, disable_numparse=True, colalign=aligned)


def growth_table(points_by_lane, form="simple"):
    """Lay out what each lane cost at each number of images.

    Args:
        points_by_lane: as kfit_teach.front.growth.Growth.points gives it.
        form: a format of tabulate.

    Returns:
        The table as text: one row a number of images.
    """
    heads, columns = ["images"], []
    for name, (_, _, points) in points_by_lane.items():
        heads += [f"{name}, peak MiB", f"{name}, images/s"]
        columns.append({number: (peak, speed) for number, peak, speed in points})
    numbers = sorted({number for column in columns for number in column})
    rows = [[number] for number in numbers]
    for row in rows:
        for column in columns:
            row += map(_shown, column.get(row[0], (None, None)))
    aligned = ["right" for _ in heads]
    return tabulate(rows, heads, form, disable_numparse=True, colalign=aligned)


def _shown(value):
    return "-" if value is None else f"{value:.0f}"


def _figures(verdict):
    return "1" if verdict is None else verdict.figures


def _verdict(verdict):
    return "reference" if verdict is None else verdict.short


def _of(part, name, digits):
    """Make a cell that shows one number of one part of a result."""

    def cell(result):
        measured = getattr(result, part)
        value = None if measured is None else getattr(measured, name)
        return "-" if value is None else f"{value:.{digits}f}"

    return cell


def _share(result):
    """Show the share of the ceiling."""
    share = result.ceiling.share if result.ceiling else None
    return f"{100 * share:.0f} %" if share else "-"


def _waiting(result):
    """Show how long a step waited for its batch, and how that is known."""
    waiting = result.waiting
    return f"{waiting.ms_per_step:.1f} ({waiting.how})" if waiting else "-"


def _budget(result):
    """Show what ended a run that went over its budget."""
    end = result.budget_end
    return f"{end.ended_by} at {end.at_mib:.0f} MiB" if end else "-"


def _pauses(result):
    """Show the longest pause between epochs."""
    gaps = result.timing.gaps_s if result.timing else []
    return f"{max(gaps):.2f}" if gaps else "-"


def _seen(result):
    """Show how many different images an epoch saw; the fewest, where epochs differ."""
    if not result.coverage:
        return "-"
    fewest = min(epoch.distinct for epoch in result.coverage)
    return f"{fewest} of {result.experiment.number_of_images}"


def _accuracy(result):
    """Show the accuracy on the test part."""
    return "-" if result.test_accuracy is None else f"{result.test_accuracy:.3f}"


def _moved(result):
    """Show how far training moved the weight that it moved most."""
    return "-" if result.weights_moved is None else f"{result.weights_moved:.3g}"


_BUDGET_ROW = "ended over budget by"
_ACCURACY_ROW = "accuracy on the 340 test images"
_MOVED_ROW = "training moved a weight by up to"
# Left out where no lane has anything to show there.
_ROWS_WHERE_KNOWN = (_BUDGET_ROW, _ACCURACY_ROW, _MOVED_ROW)
_ROWS = (
    ("what is called", lambda result: result.experiment.call),
    ("loader", lambda result: result.experiment.loader),
    ("status", lambda result: result.status),
    (_BUDGET_ROW, _budget),
    ("images/s, steady", _of("timing", "images_per_s", 0)),
    ("the bare step's images/s (ceiling)", _of("ceiling", "images_per_s", 0)),
    ("share of the ceiling", _share),
    ("ms per step, steady", _of("timing", "ms_per_step", 1)),
    ("waiting for data, ms per step", _waiting),
    ("loader busy, ms per step", _of("waiting", "loader_busy_ms_per_step", 1)),
    ("CPU ms per image, steady", _of("timing", "cpu_ms_per_image", 2)),
    ("longest pause between epochs, s", _pauses),
    ("start-up of the process, s", _of("timing", "start_up_s", 2)),
    ("first batch, s", _of("timing", "first_batch_s", 2)),
    ("first epoch, s", _of("timing", "first_epoch_s", 2)),
    ("contention (run-queue wait / wall)", _of("timing", "contention", 2)),
    ("peak memory over base, MiB", _of("memory", "peak_extra_mib", 0)),
    ("the same, times the data", _of("memory", "times_the_data", 1)),
    ("base (compiled model), MiB", _of("memory", "base_mib", 0)),
    ("different images seen an epoch", _seen),
    (_ACCURACY_ROW, _accuracy),
    (_MOVED_ROW, _moved),
    ("weights, sha256", lambda result: result.weights_sha256[:8] or "-"),
)
