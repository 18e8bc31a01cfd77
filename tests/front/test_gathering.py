import json
import math
from pathlib import Path
from random import Random

import pytest

from kfit_teach.common.endings import Told
from kfit_teach.common.result import Result
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.gathering import gather
from kfit_teach.front.guesses import Guess
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
