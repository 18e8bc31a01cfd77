import json
import math
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from kfit_teach.common.endings import Told
from kfit_teach.common.result import Result
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.gathering import gather
from kfit_teach.front.guesses import Guess
from kfit_teach.front.record import KeptCheck, KeptGuess, Record
from kfit_teach.lessons.recorded import load_recorded

BROKEN = {
    "truncated.json": b'{"schema_version": 2, "settings": {',
    "garbage.json": bytes(range(256)),
    "empty.json": b"",
    "a_list.json": b"[1, 2, 3]",
    "old.json": b'{"schema_version": 1}',
    "deep.json": b"[" * 100_000,
    "utf16.json": "{}".encode("utf-16"),
}


@pytest.fixture(scope="module")
def recorded():
    """A comparison that was really run, with three lanes a library."""
    return load_recorded("three_doors")


@pytest.fixture
def class_of(tmp_path, recorded):
    """Saves one result a student, each with a machine and a speed of its own."""

    def save(count):
        for number in range(count):
            mine = recorded.model_copy(deep=True)
            for place, result in enumerate(mine.results):
                result.timing.images_per_s *= 1 + 0.01 * number * (place % 3)
                result.machine.processor = ["one", "another"][number % 2]
            mine.save(tmp_path / f"student{number:02d}.json")
        return tmp_path

    return save


def test_ratios_are_taken_to_each_students_own_first_lane(class_of, recorded):
    folder = class_of(3)
    faster = Comparison.load(folder / "student00.json")
    for result in faster.results:
        result.timing.images_per_s *= 10  # a machine ten times as fast has the same ratios
    faster.save(folder / "student03.json")
    lane = gather(folder).ratios("tf_keras", "speed")[1]
    function, ratios = lane.function, lane.ratios
    fit, _, by_batch = (one.timing.images_per_s for one in recorded.results_of("tf_keras"))
    assert function == "train_on_batch"
    assert ratios["student00"] == pytest.approx(by_batch / fit)
    assert ratios["student03"] == pytest.approx(ratios["student00"])
    assert ratios["student02"] == pytest.approx(1.04 * by_batch / fit)


def test_whoever_ran_other_settings_is_named_and_left_out(class_of, recorded):
    folder = class_of(3)
    other = recorded.model_copy(deep=True)
    other.settings = other.settings.model_copy(update={"epochs": 7})
    other.save(folder / "anna.json")
    gathering = gather(folder)
    assert gathering.others == {"anna": "epochs 7 instead of 2"}
    assert "Left out, anna ran other settings: epochs 7 instead of 2." in gathering.report()
    assert "anna" not in gathering.ratios("keras", "speed")[1].ratios


def test_it_survives_any_broken_file_and_names_each(class_of, recorded):
    folder = class_of(2)
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    (folder / "a_folder.json").mkdir()
    (folder / "nowhere.json").symlink_to(folder / "not_there")
    stopped = recorded.model_copy(deep=True)
    stopped.results = stopped.results[:1]
    stopped.save(folder / "stopped.json")
    gathering = gather(folder)
    assert sorted(gathering.students) == ["student00", "student01"]
    assert set(gathering.unusable) == {*BROKEN, "a_folder.json", "nowhere.json", "stopped.json"}
    assert all(name in gathering.report() for name in gathering.unusable)
    assert "no two lanes" in gathering.unusable["stopped.json"]


def test_a_folder_without_results_says_so(tmp_path, refusal):
    gathering = gather(tmp_path)
    assert "holds no result that can be used yet" in gathering.report()
    assert "a figure needs one" in refusal(gathering.figure)
    assert "is no folder" in refusal(gather, tmp_path / "none")


@pytest.mark.parametrize("count", [1, 30])
def test_every_student_is_one_dot_a_lane_and_the_figure_is_told_in_words(class_of, count):
    gathering = gather(class_of(count))
    panels = [panel for part in gathering.figure().subfigs for panel in part.axes]
    assert len(panels) == 4
    for panel in panels:
        dots = sum(len(line.get_xdata()) for line in panel.lines if line.get_marker() != "None")
        assert dots == 2 * count
        assert "over fit's (ratio)" in panel.get_xlabel()
    assert "train_on_batch, images/s: median" in gathering.alt_text()
    assert ("95 % interval" in gathering.report()) and ("-" in gathering.report())


def test_names_of_files_cannot_bring_html_into_a_notebook(class_of):
    folder = class_of(2)
    (folder / "<img src=x onerror=alert(1)>.json").write_text("{")
    text = gather(folder)._repr_mimebundle_()["text/html"]
    assert "&lt;img src=x" in text and "<img src=x" not in text


def test_the_command_prints_the_table_and_saves_the_figure(class_of, command):
    folder = class_of(2)
    ended = command("gather", str(folder), "--plot", "class.png")
    assert ended.returncode == 0 and "2 students" in ended.stdout
    assert (ended.folder / "class.png").read_bytes().startswith(b"\x89PNG")
    assert command("gather", "none").returncode == 2


@pytest.mark.long
def test_it_survives_a_file_that_was_changed_anywhere(class_of, recorded):
    """Each of 150 files has one place, drawn at random, with something there that is wrong."""
    folder, random = class_of(1), Random(17)
    text = (folder / "student00.json").read_text()
    for number in range(150):
        changed = json.loads(text)
        inside, key = random.choice(list(places_in(changed)))
        wrong = random.choice([None, 0, -1, 1e308, math.nan, math.inf, "x", [], {}, "<b>"])
        inside[key] = wrong
        (folder / f"changed{number:03d}.json").write_text(json.dumps(changed))
    gathering = gather(folder)
    named = [*gathering.students, *gathering.others, *(Path(f).stem for f in gathering.unusable)]
    assert len(named) == 151 and len(gathering.unusable) > 50
    for name in named:
        assert name == "student00" or name in gathering.students or name in gathering.report()
    assert gathering.alt_text()
    gathering.figure().canvas.draw()


def places_in(tree):
    """Yield (container, key) of every value in nested dicts, and of the first three in a list."""
    pairs = tree.items() if isinstance(tree, dict) else list(enumerate(tree))[:3]
    for key, value in pairs:
        yield tree, key
        if isinstance(value, dict | list):
            yield from places_in(value)


def test_a_student_whose_first_lane_failed_is_named_and_hides_nobody(class_of, recorded):
    folder = class_of(2)
    torn = recorded.model_copy(deep=True)
    problem = Told(sentence="It was ended by a signal.")
    torn.results[0] = Result(
        experiment=torn.results[0].experiment, status="failed", problem=problem
    )
    torn.save(folder / "a_first.json")
    only_keras = recorded.model_copy(deep=True)
    only_keras.results = only_keras.results_of("keras")
    only_keras.save(folder / "b_second.json")
    gathering = gather(folder)
    assert gathering.title("keras").startswith("4 students")
    assert gathering.title("tf_keras").startswith("3 students")
    assert len(gathering.ratios("keras", "speed")[1].ratios) == 3
    assert len(gathering.ratios("tf_keras", "speed")[1].ratios) == 3
    assert "in keras, where their fit has none: a_first." in gathering.report()
    assert "in tf_keras, where their fit has none: b_second." in gathering.report()


def test_runs_of_one_epoch_have_no_speed_and_still_show_their_memory(class_of):
    folder = class_of(2)
    for file in folder.glob("*.json"):
        one = Comparison.load(file)
        for result in one.results:
            result.timing.images_per_s = None
        one.save(file)
    gathering = gather(folder)
    assert "Without ratios of images/s in keras" in gathering.report()
    assert all(len(part.axes) == 1 for part in gathering.figure().subfigs)


def test_what_the_class_guessed_stands_beside_what_it_measured(class_of):
    folder = class_of(3)
    for number, file in enumerate(sorted(folder.glob("*.json"))):
        one = Comparison.load(file)
        one.guesses = [
            Guess(question="How much?", kind="number", guess=number, measured=2.5, unit="MiB"),
            Guess(question="Which?", kind="choice", guess="fit", measured=None),
        ]
        one.save(file)
    report = gather(folder).report()
    assert "“How much?” guessed, in MiB: 1 in the middle, from 0 to 2; measured: 2.5." in report
    assert "“Which?” guessed: fit (3); measured: nothing." in report


# Exported records, and what demonstrations told

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUESTION = Guess(question="How much?", kind="number", guess=20, measured=10, unit="MiB")


def kept(guess, at=NOW, **settings):
    return KeptGuess(at=at, lesson="01_x", panel="p", settings=settings, guess=guess)


def tried(*passed):
    return [KeptCheck(at=NOW, lesson="01_x", exercise="my_fit", passed=one) for one in passed]


def rows_of(section):
    return section.table.rows


def test_records_tell_how_many_guessed_how_far_off_and_who_passed(tmp_path):
    for name, number, passed in (("a", 10, [True]), ("b", 40, [False, False, True]), ("c", 5, [])):
        mine = QUESTION.model_copy(update={"guess": float(number)})
        again = kept(QUESTION.model_copy(update={"guess": 999.0}), epochs=3)  # the first one counts
        Record(lines=[kept(mine), again, *tried(*passed)]).save(tmp_path / f"{name}.json")
    gathering = gather(tmp_path)
    assert sorted(gathering.records) == ["a", "b", "c"] and not gathering.unusable
    assert rows_of(gathering.guessed.section()) == [["01_x", "How much?", "3", "2 times off"]]
    assert rows_of(gathering.guessed.exercises()) == [["01_x", "my_fit", "2", "2", "2"]]
    report = gathering.report()
    assert "guessed, in MiB: 10 in the middle, from 5 to 40; measured: 10." in report
    assert "tried by" in report and "<img" not in gathering._repr_mimebundle_()["text/html"]


def test_a_guess_in_a_record_and_in_a_saved_result_counts_once(tmp_path, recorded):
    result = recorded.model_copy(deep=True)
    result.guesses = [QUESTION]
    result.save(tmp_path / "anna.json")
    Record(lines=[kept(QUESTION, result.created)]).save(tmp_path / "anna_record.json")
    Record(lines=[kept(QUESTION)]).save(tmp_path / "bert.json")
    assert rows_of(gather(tmp_path).guessed.section()) == [
        ["01_x", "How much?", "2", "2 times off"]
    ]


@pytest.fixture
def law():
    """A demonstration that was really run, which has numbers to compare."""
    return load_recorded("law")


def test_a_demonstrations_numbers_are_one_dot_a_student(tmp_path, law):
    for number in range(3):
        mine = law.model_copy(deep=True)
        mine.runs[0].machine.processor = ["one", "another"][number % 2]
        mine.guesses = [QUESTION]
        mine.save(tmp_path / f"student{number}.json")
    other = law.model_copy(deep=True)
    other.settings = other.settings.model_copy(update={"image_size": 17})
    other.save(tmp_path / "anna.json")
    gathering = gather(tmp_path)
    (demonstration,) = gathering.demonstrations
    own = {one.name: list(one.values.values()) for one in demonstration.numbers()}
    assert own == {name: [value] * 3 for name, value in law.numbers().items()} and own
    assert "Left out, anna ran other settings: image_size 17 instead of" in gathering.report()
    assert rows_of(gathering.guessed.section())[0][2] == "3"
    panels = gathering.figure().subfigs[0].axes
    assert [panel.get_xlabel() for panel in panels] == list(own)
    for panel in panels:
        dots = [line for line in panel.lines if line.get_marker() == "D"]
        assert sum(len(line.get_xdata()) for line in dots) == 3
        assert len(panel.get_yticks()) == 2
    assert f"3 students; {law.name}" in gathering.alt_text()


def test_comparisons_demonstrations_and_records_stand_in_one_figure_and_report(class_of, law):
    folder = class_of(2)
    law.save(folder / "law.json")
    Record(lines=[kept(QUESTION)]).save(folder / "record.json")
    gathering = gather(folder)
    assert len(gathering.figure().subfigs) == 3
    assert (
        "2 students; keras" in gathering.report() and "1 student; " + law.name in gathering.report()
    )


def test_what_holds_nothing_or_says_what_no_run_says_is_named(tmp_path, law):
    Record().save(tmp_path / "nothing.json")
    empty = law.model_copy(deep=True)
    empty.runs = []
    empty.save(tmp_path / "empty.json")
    told = json.loads(law.model_dump_json())
    (tmp_path / "unknown.json").write_text(json.dumps(told | {"demonstration": "laws"}))
    (tmp_path / "newer.json").write_text('{"what": "kfit_teach record", "schema_version": 9}')
    unusable = gather(tmp_path).unusable
    assert "holds nothing yet" in unusable["nothing.json"]
    assert "tells nothing that was measured" in unusable["empty.json"]
    assert "law" in unusable["unknown.json"]
    assert "is not a record" in unusable["newer.json"]


@pytest.mark.long
@pytest.mark.parametrize("what", ["demonstration", "record"])
def test_it_survives_such_a_file_that_was_changed_anywhere(tmp_path, law, what):
    random, record = Random(17), Record(lines=[kept(QUESTION), *tried(True)])
    text = (law if what == "demonstration" else record).model_dump_json()
    for number in range(100):
        changed = json.loads(text)
        inside, key = random.choice(list(places_in(changed)))
        inside[key] = random.choice([None, 0, -1, 1e308, math.nan, math.inf, "x", [], {}, "<b>"])
        (tmp_path / f"changed{number:03d}.json").write_text(json.dumps(changed))
    gathering = gather(tmp_path)
    assert gathering.report() and len(gathering.unusable) > 20
    if gathering.demonstrations:
        gathering.figure().canvas.draw()
