"""Whatever a user gets wrong is told in one sentence, at once, before anything is started."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import kfit_teach as kt
from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.fields import bounds_of
from kfit_teach.common.files import writable_path
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.problems import path_of, validated

MOST_SECONDS = 10
RECORDED = Path(__file__).parents[1] / "data" / "recorded"
WITHOUT_LIBRARY = """
import sys
sys.modules[sys.argv[1]] = None  # Python's own way of saying that a module is not there
from kfit_teach.cli import main
sys.exit(main(sys.argv[2:]))
"""

OUT_OF_BOUNDS = [
    ("--batch-size", "0", "batch_size is 0, ", "from 1 to 1020; the default is 32"),
    ("--batch-size", "-1", "batch_size is -1, ", "from 1 to 1020; the default is 32"),
    ("--batch-size", "3.5", "batch_size is 3.5, ", "a whole number from 1 to 1020"),
    ("--batch-size", "abc", "batch_size is abc, ", "a whole number from 1 to 1020"),
    ("--batch-size", "1021", "batch_size is 1021, ", "from 1 to 1020"),
    ("--batch-size", "9" * 23, f"batch_size is {'9' * 23}, ", "from 1 to 1020"),
    ("--batch-size", "9" * 5000, f"{'9' * 20}... (5000 characters)", "from 1 to 1020"),
    ("--batch-size", "", "batch_size is '', ", "from 1 to 1020"),
    ("--batch-size", "3\n4", r"batch_size is '3\n4', ", "from 1 to 1020"),
    ("--batch-size", "nan", "batch_size is nan, ", "from 1 to 1020"),
    ("--batch-size", "681", "batch_size is 681, but part 'train' has only 680", "680 or fewer"),
    ("--epochs", "0", "epochs is 0, ", "from 1 to 1000; the default is 2"),
    ("--epochs", "-3", "epochs is -3, ", "from 1 to 1000"),
    ("--epochs", "1001", "epochs is 1001, ", "from 1 to 1000"),
    ("--epochs", "x", "epochs is x, ", "from 1 to 1000"),
    ("--epochs", "1e3", "epochs is 1e3, ", "from 1 to 1000"),
    ("--image-size", "8", "image_size is 8, ", "from 16 to 256; the default is 64"),
    ("--image-size", "257", "image_size is 257, ", "from 16 to 256"),
    ("--image-size", "1" * 30, f"image_size is {'1' * 30}, ", "from 16 to 256"),
    ("--split", "4", "split is 4, ", "from 1 to 3; the default is 1"),
    ("--split", "0", "split is 0, ", "from 1 to 3"),
    ("--images-per-epoch", "0", "images_per_epoch is 0, ", "from 1 to 100000"),
    ("--images-per-epoch", "100001", "images_per_epoch is 100001, ", "from 1 to 100000"),
    ("--workers", "17", "workers is 17, ", "from 1 to 16; the default is 1"),
    ("--max-queue-size", "0", "max_queue_size is 0, ", "from 1 to 1000; the default is 10"),
    ("--blocks", "4", "blocks is 4, ", "from 5 to 200; the default is 10"),
    ("--memory-budget", "0", "memory_budget is 0, ", "a size with its unit, such as 500MiB"),
    ("--memory-budget", "much", "memory_budget is much, ", "such as 500MiB"),
    ("--seed", "-1", "seed is -1, ", "from 0 to 2147483647; the default is 17"),
    ("--seed", "2147483648", "seed is 2147483648, ", "from 0 to 2147483647"),
]
MISSPELT = [
    ("--part", "tran", "part is 'tran', ", "did you mean 'train'?"),
    ("--part", "train-val", "part is 'train-val', ", "did you mean 'train+val'?"),
    ("--order", "mixd", "order is 'mixd', ", "did you mean 'mixed'?"),
    ("--model", "minivgg", "model is 'minivgg', ", "did you mean 'minivggnet'?"),
    ("--model", "", "model is '', ", "choose one of small, minivggnet"),
    ("--optimizer", "Adam", "optimizer is 'Adam', ", "did you mean 'adam'?"),
    ("--optimizer", "lion", "optimizer is 'lion', ", "choose one of sgd, adam, rmsprop"),
    ("--loss", "crossentropy", "loss is 'crossentropy', ", "mean 'categorical_crossentropy'?"),
    ("--metrics", "acuracy", "metrics is 'acuracy', ", "did you mean 'accuracy'?"),
    ("--library", "keras2", "library is 'keras2', ", "did you mean 'keras'?"),
    ("--library", "torch", "library is 'torch', ", "choose one of keras, tf_keras, both"),
    ("--functions", "train_on_bach", "functions is 'train_on_bach', ", "mean 'train_on_batch'?"),
    ("--loader", "genrator", "loader is 'genrator', ", "did you mean 'generator'?"),
    ("--augment", "fuse", "augment is 'fuse', ", "did you mean 'fused'?"),
    ("--images", "oxfrod", "images is 'oxfrod', ", "did you mean 'oxford'?"),
]
FILES = [
    ("--plot", "x.bmp", "x.bmp ends in '.bmp'", "choose one of .png, .svg, .pdf"),
    ("--plot", "x.pgn", "x.pgn ends in '.pgn'", "did you mean '.png'?"),
    ("--plot", "x", "x has no ending", "choose one of .png, .svg, .pdf"),
    ("--plot", "missing_folder/x.png", "The folder missing_folder", "make the folder, or name"),
    ("--json", "missing_folder/x.json", "The folder missing_folder", "make the folder, or name"),
    ("--json", ".", "cannot be written", "name a file in a folder that is yours"),
]
TOGETHER = [
    (
        ["--batch-size", "500", "--part", "val"],
        "batch_size is 500, but part 'val' has only 340 images",
        "choose 340 or fewer",
    ),
    (
        ["--model", "minivggnet", "--batch-normalization"],
        "batch_normalization is on, but it is for the small network",
        "leave batch_normalization off, or choose the model small",
    ),
    (
        ["--evaluate", "--part", "test"],
        "evaluate is on, but part is 'test'",
        "choose the part train, val or train+val",
    ),
    (
        ["--functions", "fit_generator", "--loader", "arrays"],
        "fit_generator cannot train from the loader 'arrays': it was made for generators",
        "choose fit or train_on_batch, or a loader out of generator, sequence",
    ),
    (
        ["--functions", "fit_generator", "--loader", "tf_data"],
        "a tf.data.Dataset goes to fit",
        "choose fit or train_on_batch",
    ),
    (
        ["--loader", "csv", "generator"],
        "loader names 2 loaders and functions 3 functions, but a ranking changes one thing only",
        "--functions fit",
    ),
    (
        ["--functions", "fit", "--loader", "natural", "csv"],
        "a ranking changes one thing only",
        "choose one loader",
    ),
    (
        ["--loader", "csv_tutorial", "--shuffle"],
        "the loader 'csv_tutorial' reads its file from top to bottom",
        "choose the loader csv",
    ),
    (
        ["--loader", "csv_tutorial", "--images-per-epoch", "100"],
        "always reads its whole file of 680 images",
        "choose the loader csv, or as many images or more",
    ),
    (
        ["--images-per-epoch", "20"],
        "batch_size is 32, but images_per_epoch has only 20 images",
        "choose 20 or fewer",
    ),
    (
        ["--augment", "generator"],
        "augment is 'generator', but the loader is 'arrays'",
        "choose the loader flow",
    ),
    (
        ["--augment", "fused"],
        "augment is 'fused', but the loader 'arrays' does not make its batches",
        "choose a loader out of generator, sequence",
    ),
    (
        ["--loader", "sequence", "--augment", "fused", "--multiprocessing"],
        "TensorFlow's operations wait for ever in a forked process",
        "leave multiprocessing off",
    ),
    (
        ["--loader", "generator", "--workers", "2"],
        "workers are asked for, but the loader 'generator' has none",
        "choose sequence or flow",
    ),
    (
        ["--functions", "fit", "fti"],
        "functions is 'fti', which is not known",
        "did you mean 'fit'?",
    ),
    (
        ["--images", "oxford", "--path", "does-not-exist"],
        "does-not-exist does not exist",
        "correct it, or leave it out",
    ),
    (
        ["--images", "auto", "--path", "does-not-exist"],
        "does-not-exist does not exist",
        "correct it, or leave it out",
    ),
]
BAD_WORDS = [([option, value], *told) for option, value, *told in OUT_OF_BOUNDS + MISSPELT + FILES]


def assert_refused(ended, *told):
    """One line of error, no output, exit code 2, at once, and nothing written."""
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("kfit-teach: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.endswith("\n")
    assert "Traceback" not in ended.stderr
    for part in told:
        assert part in ended.stderr
    assert ended.seconds < MOST_SECONDS
    assert list(ended.folder.iterdir()) == []


@pytest.mark.parametrize(("words", "value", "way_out"), BAD_WORDS + TOGETHER)
def test_a_bad_argument_is_refused_in_one_sentence(words, value, way_out, cache, command):
    assert_refused(command("compare", *words), value, way_out)
    assert list(cache.iterdir()) == []


def test_without_the_real_images_oxford_is_refused_with_two_ways_out(nothing_at_hand, command):
    ended = command("compare", "--images", "oxford")
    assert_refused(ended, "images='oxford'", "kfit-teach data download", "KFIT_TEACH_FLOWERS17")
    assert list(nothing_at_hand.iterdir()) == []


def test_a_path_that_is_no_archive_is_refused(cache, command, tmp_path):
    (tmp_path / "notes.txt").write_text("These are notes.")
    path = str(tmp_path / "notes.txt")
    ended = command("compare", "--images", "oxford", "--path", path)
    assert_refused(ended, f"{path} cannot be read as an archive", "kfit-teach data download")
    assert_refused(command("data", "--path", path), f"{path} cannot be read as an archive")
    assert all(file.suffix == ".lock" for file in cache.iterdir())


def test_data_of_a_path_that_does_not_exist_is_refused(command):
    assert_refused(command("data", "--path", "does-not-exist"), "does-not-exist does not exist")


@pytest.mark.parametrize("words", [["compare", "--images", "synthetic"], ["data", "download"]])
def test_a_cache_that_cannot_be_used_is_refused(words, command, tmp_path, monkeypatch):
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("KFIT_TEACH_CACHE", str(tmp_path / "a_file"))
    assert_refused(command(*words), f"{tmp_path / 'a_file'} cannot be used", "KFIT_TEACH_CACHE")
    assert (tmp_path / "a_file").read_bytes() == b""


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["comparison"],
        ["compare", "--batchsize", "32"],
        ["compare", "--functions"],
        ["compare", "extra"],
        ["grow", "--images-per-epoch", "340"],
        ["data", "upload"],
        ["data", "download", "--address"],
        ["--version-of-something"],
    ],
)
def test_a_wrong_use_of_the_command_shows_its_usage(words, cache, command):
    ended = command(*words)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("usage: kfit-teach")
    assert "error: " in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert ended.seconds < MOST_SECONDS
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("missing", "other", "words"),
    [
        ("tf_keras", "keras", ["--library", "tf_keras"]),
        ("tf_keras", "keras", []),
        ("keras", "tf_keras", ["--library", "keras"]),
    ],
)
def test_a_library_that_is_not_installed_is_named(missing, other, words, cache):
    program = [sys.executable, "-c", WITHOUT_LIBRARY, missing, "compare", *words]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"kfit-teach: The library {missing!r} is not installed, but this comparison needs it; "
        f"run: pip install {missing}, or choose the library {other!r}\n"
    )
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "setting", "value"),
    [
        ("--batch-size", "batch_size", 0),
        ("--epochs", "epochs", 1001),
        ("--split", "split", 4),
        ("--optimizer", "optimizer", "Adam"),
        ("--loader", "loader", "genrator"),
    ],
)
def test_python_says_the_same_sentence_as_the_command(
    option, setting, value, cache, command, refusal
):
    sentence = refusal(kt.compare, **{setting: value})
    assert command("compare", option, str(value)).stderr == f"kfit-teach: {sentence}\n"


def test_a_notebook_shows_the_sentence_alone(refusal):
    sentence = refusal(kt.compare, epochs=0)
    cell = nbformat.v4.new_code_cell("import kfit_teach as kt\nkt.compare(epochs=0)")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60).execute()
    (shown,) = notebook.cells[0].outputs
    assert (shown.output_type, shown.ename) == ("error", "BadInput")
    assert "\n".join(shown.traceback) == sentence


def test_a_refusal_is_a_value_error(cache):
    with pytest.raises(ValueError, match="batch_size is 0, but it must be a whole number"):
        kt.compare(batch_size=0)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"split": 9}, "split is 9, but it must be a whole number from 1 to 3"),
        ({"image_size": 15}, "image_size is 15, but it must be a whole number from 16 to 256"),
        ({"image_size": None}, "image_size is None, but it must be a whole number from 16"),
        ({"image_size": 64.5}, "image_size is 64.5, but it must be a whole number from 16"),
        ({"seed": "seventeen"}, "seed is seventeen, but it must be a whole number from 0"),
        ({"part": "training"}, "part is 'training', which is not known; did you mean 'train'?"),
        ({"images": "real"}, "images is 'real', which is not known; choose one of auto, oxford"),
        ({"order": 1}, "order is 1, which is not known; choose one of mixed, sorted"),
    ],
)
def test_load_flowers_refuses_what_it_cannot_load(settings, told, cache, refusal):
    assert refusal(kt.load_flowers, **settings).startswith(told)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"batchsize": 32}, "There is no setting 'batchsize'; did you mean 'batch_size'?"),
        ({"functions": []}, "functions is empty, but it must name at least one of fit, "),
        ({"functions": {"fit": 1}}, "functions is {'fit': 1}, but it must be a list of names"),
        ({"loader": []}, "loader is empty, but it must name at least one"),
        ({"metrics": [1]}, "metrics is 1, which is not known; choose one of accuracy, mae"),
        ({"shuffle": "perhaps"}, "shuffle is perhaps, but it must be true or false; the default"),
        ({"memory_budget": 1000}, "memory_budget is 1000, but it must be a size with its unit"),
    ],
)
def test_compare_refuses_what_only_python_can_ask(settings, told, cache, refusal):
    assert refusal(kt.compare, **settings).startswith(told)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("name", [name for name, field in ComparisonSettings.model_fields.items()
                                  if bounds_of(field)])  # fmt: skip
def test_a_boolean_is_no_number(name, refusal):
    for value in (True, False):
        told = refusal(validated, ComparisonSettings, **{name: value})
        assert told.startswith(f"{name} is {value}, but it must be a ")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (lambda: kt.load_flowers("oxford", path=3), "path is 3, but it must be text or a Path"),
        (lambda: kt.load_flowers("auto", path=0), "path is 0, but it must be text or a Path"),
        (lambda: kt.load_flowers("oxford", path=["a"]), "path is ['a'], but it must be text"),
        (lambda: kt.load_flowers("oxford", path="a\0b"), r"path is 'a\x00b', but it must be text"),
        (lambda: kt.load_flowers("oxford", path="~nobody-here"), "path is ~nobody-here, but it "),
        (lambda: kt.compare(path=b"x", images="oxford"), "path is b'x', but it must be text"),
        (lambda: kt.gather(3), "folder is 3, but it must be text or a Path"),
        (lambda: kt.Comparison.load(None), "file is None, but it must be text or a Path"),
        (lambda: kt.Comparison.load("a\0b"), r"file is 'a\x00b', but it must be text"),
        (lambda: writable_path(3), "file is 3, but it must be text or a Path"),
    ],
)
def test_what_names_no_place_is_refused(action, told, cache, refusal):
    assert refusal(action).startswith(told)
    assert list(cache.iterdir()) == []


def test_a_place_is_named_by_text_or_a_path(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("~/a", "file") == path_of(tmp_path / "a", "file") == tmp_path / "a"


def test_a_setting_that_is_missing_is_named(refusal):
    told = "The setting 'training_function' is missing; give it a value."
    assert refusal(validated, kt.Experiment, library="keras", loader="arrays") == told


def test_good_settings_are_not_refused():
    assert validated(ImageSettings, image_size="16", split="3").image_size == 16
    assert validated(ComparisonSettings, batch_size=1020, part="train+val").batch_size == 1020
    assert validated(ComparisonSettings, functions=["fit"], loader="arrays").loader == ("arrays",)
    assert validated(ComparisonSettings, memory_budget="1.5GiB").memory_budget == 1.5 * 2**30
    over_tf_data = validated(ComparisonSettings, loader="tf_data", library="keras").experiments()
    assert [lane.training_function for lane in over_tf_data] == ["fit", "train_on_batch"]


@pytest.fixture
def saved(tmp_path):
    """A comparison without results, saved."""
    comparison = kt.Comparison(
        created=datetime.now(UTC),
        settings=ComparisonSettings(images="synthetic"),
        images_checked="drawn by recipe 1",
    )
    comparison.save(tmp_path / "saved.json")
    assert kt.Comparison.load(tmp_path / "saved.json") == comparison
    return tmp_path / "saved.json"


def test_a_file_that_is_not_there_cannot_be_loaded(tmp_path, refusal):
    sentence = refusal(kt.Comparison.load, tmp_path / "none.json")
    assert sentence.startswith(f"{tmp_path / 'none.json'} cannot be read (No such file")
    assert sentence.endswith("name a file that was saved before.")


def test_a_folder_cannot_be_loaded(tmp_path, refusal):
    assert f"{tmp_path} cannot be read (" in refusal(kt.Comparison.load, tmp_path)


def altered(saved, **fields):
    return json.dumps(json.loads(saved.read_text()) | fields).encode()


@pytest.mark.parametrize(
    ("alter", "place"),
    [
        (lambda saved: b"", "(the file: Invalid JSON"),
        (lambda saved: b"epoch,loss\n1,2.8\n", "(the file: Invalid JSON"),
        (lambda saved: b"\x89PNG\r\n\x1a\n\x00\xff", "(the file: Invalid JSON"),
        (lambda saved: saved.read_bytes()[:200], "(the file: Invalid JSON"),
        (lambda saved: b"[]", "(the file: "),
        (lambda saved: b"{}", "(created: Field required)"),
        (lambda saved: altered(saved, schema_version=1), "(schema_version: Input should be 2)"),
        (lambda saved: altered(saved, colour="red"), "(colour: Extra inputs are not permitted)"),
        (lambda saved: altered(saved, settings={"epochs": 0}), "(settings.epochs: "),
        (lambda saved: altered(saved, results=[{}]), "(results.0.experiment: "),
    ],
)
def test_a_file_that_is_no_comparison_cannot_be_loaded(alter, place, saved, refusal):
    saved.write_bytes(alter(saved))
    sentence = refusal(kt.Comparison.load, saved)
    assert f"{saved} is not a comparison of schema version 2 {place}" in sentence
    assert sentence.endswith("make it again with this version of kfit_teach.")


@pytest.mark.parametrize("number", [0, -1, 1361, 10**12, 10**30, 2.5, "many"])
def test_a_number_of_no_image_cannot_be_loaded(number, tmp_path, refusal):
    told = json.loads((RECORDED / "three_doors.json").read_text())
    told["results"][1]["seen"][0][7] = number
    (tmp_path / "edited.json").write_text(json.dumps(told))
    sentence = refusal(kt.Comparison.load, tmp_path / "edited.json")
    assert "(results.1.seen.0.7: " in sentence


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("timing", "images_per_s", 0),
        ("timing", "images_per_s", float("inf")),
        ("memory", "data_mib", 0),
        ("ceiling", "images_per_s", float("nan")),
        ("timing", "gaps_s", [float("inf")]),
    ],
)
def test_what_cannot_have_been_measured_cannot_be_loaded(part, name, value, tmp_path, refusal):
    told = json.loads((RECORDED / "three_doors.json").read_text())
    told["results"][0][part][name] = value
    (tmp_path / "edited.json").write_text(json.dumps(told))
    assert f"(results.0.{part}.{name}" in refusal(kt.Comparison.load, tmp_path / "edited.json")


@pytest.mark.parametrize(
    "guess",
    [
        {"kind": "number", "guess": "many", "measured": 1},
        {"kind": "number", "guess": 1, "measured": ["fit"]},
        {"kind": "number", "guess": 1, "measured": float("inf")},
        {"kind": "choice", "guess": 1, "measured": "fit"},
        {"kind": "choice", "guess": "fit", "measured": "none", "options": ["fit"]},
        {"kind": "order", "guess": "fit", "measured": None},
        {"kind": "order", "guess": ["fit"], "measured": ["fit", "none"]},
    ],
)
def test_a_guess_of_another_kind_cannot_be_loaded(guess, tmp_path, refusal):
    told = json.loads((RECORDED / "three_doors.json").read_text())
    told["guesses"] = [guess | {"question": "?"}]
    (tmp_path / "edited.json").write_text(json.dumps(told))
    sentence = refusal(kt.Comparison.load, tmp_path / "edited.json")
    assert f"answers no question of the kind {guess['kind']!r}" in sentence


def test_a_save_that_is_refused_leaves_the_earlier_file(saved, refusal):
    comparison = kt.Comparison.load(saved)
    before = saved.read_bytes()
    assert "does not exist" in refusal(comparison.save, saved.parent / "none" / "a.json")
    assert "no results" in refusal(comparison.save_figure, saved.parent / "a.png")
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]
    assert saved.read_bytes() == before
