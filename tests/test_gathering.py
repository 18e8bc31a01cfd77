import pytest

from kfit_teach.comparison import Comparison
from kfit_teach.gathering import gather
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
    function, ratios = gather(folder).ratios("tf_keras", "images/s")["train_on_batch"]
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
    assert "anna" not in gathering.ratios("keras", "images/s")["train_on_batch"][1]


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


def test_names_of_files_cannot_bring_html_into_a_notebook(class_of, capsys):
    folder = class_of(2)
    (folder / "<img src=x onerror=alert(1)>.json").write_text("{")
    shown = []
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.display_pub.publish = lambda data, *more, **options: shown.append(data)
    gather(folder)._ipython_display_()
    InteractiveShell.clear_instance()
    text = "".join(data.get("text/html", "") for data in shown)
    assert "&lt;img src=x" in text and "<img src=x" not in text


def test_the_command_prints_the_table_and_saves_the_figure(class_of, command):
    folder = class_of(2)
    ended = command("gather", str(folder), "--plot", "class.png")
    assert ended.returncode == 0 and "2 students" in ended.stdout
    assert (ended.folder / "class.png").read_bytes().startswith(b"\x89PNG")
    assert command("gather", "none").returncode == 2
