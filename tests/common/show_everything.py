"""Prints whatever a learner can read, piece by piece; run in another language by test_words.py."""

import contextlib
import io
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from matplotlib.text import Text

import kfit_teach as kt
from kfit_teach.cli import main
from kfit_teach.common import demonstrations
from kfit_teach.common.endings import Stopped
from kfit_teach.common.result import Neighbours
from kfit_teach.front import figures
from kfit_teach.front.figures import guesses
from kfit_teach.front.guesses import Guess
from kfit_teach.front.panels.outcome import outcome
from kfit_teach.front.record import KeptCheck, KeptGuess, clear_record, keep_check
from kfit_teach.lessons.lesson import LessonMap, all_lessons
from kfit_teach.lessons.recorded import load_recorded


def texts_of_figure(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def texts_of_widgets(widget):
    """What stands in a widget and in those within it."""
    for name in ("description", "tooltip", "value", "options"):
        said = getattr(widget, name, "")
        if isinstance(said, str):
            yield said
        elif name == "options":
            yield from (one[0] for one in said if isinstance(one, tuple) and len(one) == 2)
    for child in getattr(widget, "children", ()):
        yield from texts_of_widgets(child)


def told_by_command(*words):
    printed = io.StringIO()
    streams = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)
    with streams[0], streams[1], contextlib.suppress(SystemExit):
        main(list(words))
    return printed.getvalue()


def everything():
    for lesson in all_lessons():
        for name, make in lesson.panels.items():
            panel, recorded = make(), load_recorded(name)
            yield f"panel {name}", [lesson.time_of(name), *texts_of_widgets(panel.view)]
            recorded.guesses = [row.question.judge(_a_guess(row), recorded) for row in panel.rows]
            yield f"why not {name}", [row.question.why_not(_no_guess(row)) for row in panel.rows]
            yield "guesses", texts_of_figure(guesses.draw(recorded.guesses))
            compared = isinstance(recorded, kt.Comparison)
            yield from (of_a_comparison if compared else of_a_demonstration)(name, recorded)
            panel.close()
        for exercise in lesson.exercises:
            yield f"hints {exercise.name}", [exercise.hint(1), exercise.hint(2)]
    yield "hard cases", [one.report() for one in hard_cases()]
    yield "not drawn", [outcome(*map(load_recorded, ("order", "three_doors"))).as_html()]
    yield "map", [repr(LessonMap())]
    for panel in (kt.AdvisorPanel(), kt.DataPanel()):
        yield type(panel).__name__, list(texts_of_widgets(panel.view))
        panel.close()
    yield from of_records()
    commands = "compare", "grow", "demonstrate", "gather", "record", "data", "lab", "doctor"
    for command in commands:
        yield f"{command} --help", [told_by_command(command, "--help")]
    for name in demonstrations.names():
        yield f"{name} --help", [told_by_command("demonstrate", name, "--help")]
    yield "--list", [told_by_command("compare", "--list")]
    yield "errors", [told_by_command("compare", *words.split()) for words in BAD]


def of_a_comparison(name, recorded):
    told = [outcome(recorded, recorded), outcome(recorded, costs_only=True)]
    yield f"report {name}", [recorded.report(), *(one.as_html() for one in told)]
    yield f"networks {name}", [repr(recorded.networks())]
    for kind in figures.FIGURES:
        yield f"figure {kind}", texts_of_figure(recorded.figure(kind))


def of_a_demonstration(name, recorded):
    """All that it shows when it is done, half done, stopped, and before it has begun."""
    yield f"report {name}", [recorded.report(), recorded.told(recorded).as_html()]
    yield f"numbers {name}", [" ".join(recorded.numbers())]
    yield f"figure {name}", texts_of_figure(recorded.draw())
    for run in recorded.runs:
        run.status, run.problem = "stopped", Stopped()
        run.pieces = run.pieces[: len(run.pieces) // 2]
    yield f"half of {name}", [recorded.report(), *texts_of_figure(recorded.draw())]
    recorded.runs = []
    yield f"nothing of {name}", [recorded.tell(), *texts_of_figure(recorded.draw())]


def of_records():
    """A record that is empty, with numbers and choices, and whose numbers come closer; a class."""
    kept = kt.Record()
    yield "no record", [kept.report()]
    kept.lines = [KeptCheck(at=NOW, exercise="fit", passed=passed) for passed in (False, True)]
    kept.lines += [
        _kept("choice", "fit", "fit"),
        _kept("number", 2.0, 9.0),
        _kept("number", 9.0, 9.0),
    ]
    yield "record", [kept.report(), kept.alt_text(), *texts_of_figure(kept.figure())]
    with tempfile.TemporaryDirectory() as folder:
        kept.save(Path(folder) / "keras.json")
        yield "a class", [kt.gather(folder).report().replace(folder, "")]
        os.environ["KFIT_TEACH_RECORD"] = str(Path(folder) / "json")
        yield "kept", [text.replace(folder, "") for text in (
            keep_check("fit", "keras", True), told_by_command("record"),
            told_by_command("record", "export", f"{folder}/figure"),
            told_by_command("record", "clear"), clear_record(), clear_record())]  # fmt: skip
        os.environ["KFIT_TEACH_RECORD"] = str(Path(folder) / "no" / "such")
        yield "not kept", [keep_check("fit", "keras", True).replace(folder, "")]
    kept.lines = [_kept("number", 8.0 - place, 1.0) for place in range(8)]
    yield "closer", [kept.report(), *texts_of_figure(kept.figure())]
    kept.lines.reverse()
    yield "further off", [kept.headline()]


NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _kept(kind, guess, measured):
    question = Guess(question=f"{guess}", kind=kind, guess=guess, measured=measured)
    return KeptGuess(at=NOW, lesson="01_three_doors", panel="p", guess=question)


def hard_cases():
    """Comparisons that did not go as they should: (in turn) stopped, busy, diverged, differing."""
    stopped, busy, differing = map(load_recorded, ("order", "order", "three_doors"))
    stopped.results = stopped.results[:2]
    for result, ended in zip(stopped.results, (1, 0), strict=True):
        result.status, result.problem, result.epochs_ended = "stopped", Stopped(), ended
    stopped.results[1].timing = stopped.results[1].memory = None
    busy.results[0].timing.contention = 0.9
    busy.results[0].losses[11] = float("nan")
    busy.results[0].statistics_moved = 1420.0
    busy.results[0].ceiling.share, busy.results[0].waiting.ms_per_step = 1.36, -10.3
    for page in (None, 0.3):
        seen = Neighbours(kernel_cores=0.1, page_cores=page, others_cores=0.2)
        busy.results[0].neighbours = seen
        yield busy
    for result in differing.results:
        asked = {"dropout": True, "batch_normalization": True, "shuffle": True}
        result.experiment = result.experiment.model_copy(update=asked)
        result.weights_sha256 = f"{len(result.experiment.name)}" * 32
    yield from (stopped, differing)


def _no_guess(row):
    about = row.question.about
    if about["kind"] == "order":
        return 3 * about["options"][:1]
    return 1.5 if about["kind"] == "number" else None


def _a_guess(row):
    about = row.question.about
    if about["kind"] == "order":
        return about["options"]
    return 1.0 if about["kind"] == "number" else about["options"][0]


BAD = [
    "--epochs 0", "--epochs x", "--batch-size 700", "--library kerass", "--loader nope",
    "--loader arrays tf_data", "--functions fit_generator --loader arrays", "--augment fused",
    "--memory-budget 3", "--json no/such/folder/file.json", "--plot figure.jpg", "--workers 2",
    "--evaluate --part test", "--dropout --model minivggnet", "--images-per-epoch 0",
]  # fmt: skip

if __name__ == "__main__":
    json.dump(list(everything()), sys.stdout)
