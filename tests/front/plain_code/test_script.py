"""A script is held against the worker: the same Experiment must end with the same weights."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kfit_teach.common.experiment import (
    LIBRARIES,
    ComparisonSettings,
    Experiment,
    TrainingSettings,
)
from kfit_teach.common.fields import bounds_of, names_of, takes_several
from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.forms import form_path, prepare_form
from kfit_teach.common.flowers.manifest import CLASS_NAMES, project_folder, read_manifest
from kfit_teach.common.flowers.store import cache_folder, prepare_images, store_path
from kfit_teach.common.loaders import BY_BATCH, LOADERS, TRAINING_FUNCTIONS, loaders_of
from kfit_teach.front.plain_code.script import plain_script, script_file_names
from kfit_teach.front.running.runner import run_experiment

RUFF = shutil.which("ruff", path=Path(sys.executable).parent)
HOUSE_STYLE = Path(__file__).parents[3] / "pyproject.toml"
SMALL = {"images": "synthetic", "image_size": 16, "part": "val", "batch_size": 34}
AUTO = ("auto", "generator")  # another kind of images, or loader, is needed for these
PAIRS = [
    {"library": library, "training_function": function, "loader": loader}
    for library in LIBRARIES
    for function in TRAINING_FUNCTIONS
    for loader in loaders_of(function)
]
# Each loader, each function in both libraries, each way to augment; 340 images fill batches of 34.
RUNS = [
    "keras train_on_batch sequence shuffle=1 augment=loader",
    "tf_keras fit_generator csv images_per_epoch=300 batch_size=32 dropout=1",
]
LONG_RUNS = [
    "keras fit uint8_arrays images_per_epoch=400 optimizer=adam loss=mse",
    "tf_keras train_on_batch flow shuffle=1 augment=generator seed=2147483647",
    "keras fit arrays model=minivggnet batch_size=32 epochs=1",
    "keras fit tf_data shuffle=1 batch_size=32 dropout=1 batch_normalization=1",
    "keras fit csv_tutorial batch_size=32",
    "keras fit_generator generator shuffle=1 augment=fused",
    "keras fit_generator flow shuffle=1 augment=generator",
    "keras fit_generator sequence shuffle=1 augment=loader",
    "keras train_on_batch arrays shuffle=1 augment=layers",
    "tf_keras fit arrays shuffle=1 augment=layers",
    "tf_keras fit memory_map images_per_epoch=400 augment=loader batch_size=32",
    "tf_keras fit_generator sequence shuffle=1 augment=fused workers=2",
    "tf_keras train_on_batch folder order=sorted split=2 optimizer=rmsprop",
]
_NAMED = {line.split()[2] for line in RUNS + LONG_RUNS}
RUNS += [f"keras fit {loader}" for loader in LOADERS if loader not in _NAMED]  # a new one


def experiment_of(line):
    library, function, loader, *settings = line.split()
    named = dict(setting.split("=") for setting in settings)
    pair = {"library": library, "training_function": function, "loader": loader}
    return Experiment(**(SMALL | pair | named))


def prepare(experiment):
    """Store what the experiment reads; give the path of the stored images."""
    store, _ = prepare_images(experiment.images, experiment.image_size)
    if LOADERS[experiment.loader].form:
        names = ("images", "image_size", "split", "part", "order", "seed")
        flowers = load_flowers(**{name: getattr(experiment, name) for name in names})
        prepare_form(LOADERS[experiment.loader].form, flowers)
    return store


def both_sha256(run, experiment, store, folder):
    """Run the script and the worker's task side by side; give the sha256 of the weights of each."""
    file = folder / "script.py"
    file.write_text(plain_script(experiment), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-I", file], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as script:  # fmt: skip
        result = run(experiment, store)
        printed, errors = script.communicate(timeout=100)
    assert script.returncode == 0, errors
    assert result.status == "done", result.problem.traceback
    return printed.split()[-1], result.weights_sha256


@pytest.mark.parametrize(
    "line", [*RUNS, *(pytest.param(line, marks=pytest.mark.long) for line in LONG_RUNS)]
)
def test_the_script_ends_with_the_weights_of_the_worker(line, tmp_path, run_in_one_process):
    run, experiment = run_in_one_process, experiment_of(line)
    by_script, by_worker = both_sha256(run, experiment, prepare(experiment), tmp_path)
    assert by_script == by_worker


def test_the_runs_leave_nothing_out():
    runs = [experiment_of(line) for line in RUNS + LONG_RUNS]
    assert {run.loader for run in runs} == set(LOADERS)
    assert {run.augment for run in runs} == {"none", "generator", "layers", "loader", "fused"}
    pairs = {(run.library, run.training_function) for run in runs}
    assert len(pairs) == len(LIBRARIES) * len(TRAINING_FUNCTIONS)


def another_value(name, value):
    """A value that a setting may have, other than this one."""
    field = TrainingSettings.model_fields[name]
    names = [other for other in names_of(field) if other not in (value, *AUTO)]
    if isinstance(value, bool):
        return not value
    if takes_several(field):
        return tuple(other for other in names if other not in value)
    if names:
        return names[0]
    return value + 1 if value else bounds_of(field)[1]


@pytest.mark.parametrize("name", TrainingSettings.model_fields)
def test_no_setting_is_left_out_of_the_script(name):
    usual = experiment_of("keras fit sequence augment=loader")
    other = Experiment(**usual.model_dump() | {name: another_value(name, getattr(usual, name))})
    assert plain_script(other) != plain_script(usual)


@pytest.mark.long
def test_photographs_are_cut_and_resampled_as_in_the_store(cache, tmp_path):
    # Made-up originals of two shapes, in the place where the real ones would be.
    experiment = Experiment(
        training_function="fit", library="tf_keras", loader="folder",
        **(SMALL | {"images": "oxford", "epochs": 1}),
    )  # fmt: skip
    random, folder = np.random.default_rng(17), form_path("folder", experiment)
    for class_name in CLASS_NAMES:
        (folder / class_name).mkdir(parents=True)
    for row in read_manifest():
        if row.roles[0] == "val":
            shape = (90, 70, 3) if row.number % 2 else (50, 133, 3)
            photo = Image.fromarray(random.integers(0, 256, shape, np.uint8))
            photo.save(folder / row.class_name / row.file_name)
    np.save(store_path("oxford", 16), np.zeros((1360, 16, 16, 3), np.uint8))
    store = store_path("oxford", 16)
    by_script, by_worker = both_sha256(run_experiment, experiment, store, tmp_path)
    assert by_script == by_worker


def settings_that_go_with(pair):
    """Several settings for one pair: as plain as can be, and as much as it takes."""
    wanted = [{}]
    wanted.append({"augment": "layers", "model": "minivggnet", "part": "train+val"})
    loader = LOADERS[pair["loader"]]
    if not loader.reads_round:
        wanted.append({"shuffle": True, "images_per_epoch": 300, "metrics": (), "dropout": True})
    wanted.append({"images_per_epoch": 100_000, "metrics": ("mae", "accuracy"), "order": "sorted"})
    if loader.augments == BY_BATCH:
        wanted += [{"augment": augment, "shuffle": True} for augment in ("loader", "fused")]
    if loader.has_workers:
        queue = {"workers": 16, "multiprocessing": True, "max_queue_size": 1000}
        wanted += [queue, {"workers": 2, "memory_budget": "500MiB", "shuffle": True}]
    if pair["loader"] == "flow":
        wanted.append({"augment": "generator"})
    if pair["loader"] == "folder":
        wanted.append({"images": "oxford"})
    return wanted


@pytest.fixture(scope="module")
def scripts():
    """Each pair with each of its settings: (Experiment, text)."""
    experiments = [
        Experiment(**(SMALL | {"seed": 2**31 - 1} | pair | settings))
        for pair in PAIRS
        for settings in settings_that_go_with(pair)
    ]
    return [(experiment, plain_script(experiment)) for experiment in experiments]


def test_there_is_a_script_for_every_pair(scripts):
    written = {(run.library, run.training_function, run.loader) for run, _ in scripts}
    assert written == {tuple(pair.values()) for pair in PAIRS}
    assert len({text for _, text in scripts}) == len(scripts)


def test_scripts_import_what_a_learner_has_and_nothing_of_the_package(scripts):
    allowed = {"csv", "hashlib", "itertools", "math", "os", "pathlib", "threading"}
    allowed |= {"PIL", "numpy", "tensorflow"}
    for experiment, text in scripts:
        imported = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
        assert imported <= allowed | {experiment.library}
        for path in (cache_folder(), project_folder("data")):
            text = text.replace(str(path.absolute()), "")
        assert "kfit_teach" not in text


def test_scripts_are_formatted_and_clean(scripts, tmp_path):
    for place, (_, text) in enumerate(scripts):
        (tmp_path / f"script_{place}.py").write_text(text, encoding="utf-8")
    for command in (["check"], ["format", "--check", "--diff"]):
        words = [RUFF, *command, "--no-cache", "--config", HOUSE_STYLE, tmp_path]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_a_script_is_short_and_has_only_what_its_experiment_needs():
    def text_of(line):
        return plain_script(experiment_of(line))

    plain = text_of("keras fit arrays")
    assert len(plain.splitlines()) < 70
    for word in ("order =", "STEPS", "IMAGES_PER_EPOCH", "workers", "tensorflow as tf", "Dropout"):
        assert word not in plain
    assert len(text_of("tf_keras fit_generator folder augment=fused").splitlines()) < 120
    assert "permutation" not in text_of("keras fit arrays order=sorted")
    with_layers = text_of("keras fit arrays dropout=1 batch_normalization=1 evaluate=1")
    assert with_layers.count("layers.BatchNormalization(),") == 2
    assert with_layers.count("layers.Dropout(0.5),") == 1
    assert "accuracy on the test images is not part of it" in " ".join(with_layers.split())
    assert "budget" not in plain
    assert "budget" in text_of("keras fit arrays memory_budget=100MiB")


def test_scripts_seed_where_the_worker_does_before_building_and_before_the_call(scripts):
    seed = "keras.utils.set_random_seed(SEED)"
    for _, text in scripts:
        before, built, called = text.split(seed)
        assert "Sequential(" not in before and "Sequential(" in built
        assert "model.fit" not in built and "model.train_on_batch" not in built
        assert "model.fit" in called or "model.train_on_batch" in called


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("keras fit flow workers=2 shuffle=1", "ImageDataGenerator draws"),
        ("tf_keras fit flow workers=2 augment=generator", "ImageDataGenerator draws"),
        ("keras fit flow workers=1 shuffle=1 augment=generator", ""),
        ("keras fit flow workers=2", ""),
        ("keras train_on_batch flow workers=2 shuffle=1", ""),
        ("tf_keras fit sequence workers=2 shuffle=1", ""),
        ("tf_keras fit sequence workers=2", ""),
        ("keras fit sequence workers=2 shuffle=1", ""),
    ],
)
def test_where_the_weights_depend_on_chance_the_script_says_why(line, reason):
    told = " ".join(ast.get_docstring(ast.parse(plain_script(experiment_of(line)))).split())
    assert (("need not be the lane's" in told) and reason in told) == bool(reason)
    assert ("bit for bit" in told) == (not reason)


def test_in_keras_the_script_says_why_it_calls_fit():
    keras = plain_script(experiment_of("keras fit_generator generator"))
    assert "keras has no fit_generator" in keras and "model.fit(" in keras
    assert "model.fit_generator(" not in keras
    tf_keras = plain_script(experiment_of("tf_keras fit_generator generator"))
    assert "model.fit_generator(" in tf_keras and "model.fit(" not in tf_keras


def test_the_queue_is_told_to_whom_it_belongs():
    settings = "workers=3 multiprocessing=1 max_queue_size=5"
    asked = ["workers=3", "use_multiprocessing=True", "max_queue_size=5"]
    keras = plain_script(experiment_of(f"keras fit sequence {settings}"))
    assert f"Batches({', '.join(asked)})" in keras
    tf_keras = plain_script(experiment_of(f"tf_keras fit sequence {settings}"))
    arguments = ["dataset", "shuffle=False", "epochs=EPOCHS", "verbose=2", *asked]
    assert "model.fit(" + "".join(arguments) in "".join(tf_keras.split()).replace(",", "")
    for text in (keras, tf_keras):
        assert 'if __name__ == "__main__":' in text
    by_hand = plain_script(experiment_of(f"keras train_on_batch sequence {settings}"))
    assert "workers=" not in by_hand and "__main__" not in by_hand


def is_path(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Path"


@pytest.mark.parametrize(
    "name", ["it's", 'a "b"', "back\\slash", "Blüten 花", "x" * 90, "y " * 100]
)
def test_any_path_survives_being_written_down(name, monkeypatch, tmp_path):
    monkeypatch.setenv("KFIT_TEACH_CACHE", str(tmp_path / name))
    experiment = experiment_of("keras fit arrays")
    text = plain_script(experiment)
    named = [call.args[0].value for call in ast.walk(ast.parse(text)) if is_path(call)]
    assert named == [
        str(store_path("synthetic", 16)),
        str(project_folder("data") / "flowers17.csv"),
    ]
    file = tmp_path / "script.py"
    file.write_text(text, encoding="utf-8")
    for command in (["check"], ["format", "--check"]):
        words = [RUFF, *command, "--no-cache", "--config", HOUSE_STYLE, file]
        assert subprocess.run(words, capture_output=True).returncode == 0, text


def test_a_relative_cache_becomes_an_absolute_path(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KFIT_TEACH_CACHE", "here")
    assert str(tmp_path / "here") in plain_script(experiment_of("keras fit csv"))


def test_images_auto_are_settled(monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_IMAGES", "synthetic")
    auto, synthetic = (experiment_of(f"keras fit folder images={i}") for i in ("auto", "synthetic"))
    assert plain_script(auto) == plain_script(synthetic)


def test_one_lane_gets_the_file_itself_and_several_get_files_beside_it(tmp_path):
    lanes = ComparisonSettings().experiments()
    assert script_file_names(tmp_path / "it.py", lanes[:1]) == [tmp_path / "it.py"]
    names = script_file_names(tmp_path / "it.py", lanes)
    assert names[0] == tmp_path / "it-keras-fit-arrays.py"
    assert names[-1] == tmp_path / "it-tf_keras-train_on_batch-arrays.py"
    assert len(set(names)) == len(lanes) == 6
    loaders = ComparisonSettings(loader=["arrays", "csv"], functions="fit", library="keras")
    names = script_file_names("it", loaders.experiments())
    assert names == [Path("it-keras-fit-arrays.py"), Path("it-keras-fit-csv.py")]


def test_writing_a_script_loads_neither_keras_nor_tensorflow():
    code = (
        "import sys, kfit_teach.front.plain_code.script; "
        "print([n for n in ('tensorflow', 'keras', 'tf_keras') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
