import numpy as np
import pytest

from kfit_teach.common.experiment import LIBRARIES, Experiment
from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.store import store_path
from kfit_teach.common.wire import PhaseBegan
from kfit_teach.front.running.runner import run_experiment
from kfit_teach.worker.training.evaluation import keep_weights
from kfit_teach.worker.training.libraries import load_library
from kfit_teach.worker.training.models import build_model


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_accuracy_is_what_keras_itself_says_of_the_test_images(run, library, tmp_path):
    file, experiment = tmp_path / "weights.npy", run("fit", library).experiment
    experiment = experiment.model_copy(update={"evaluate": True, "epochs": 8})
    phases = {}

    def watch(event):
        if isinstance(event, PhaseBegan):
            phases[event.phase] = event.at_s

    store = store_path("synthetic", 32)
    result = run_experiment(experiment, store, watch, weights_file=file)
    assert result.curve[-1][0] < phases["evaluate"] + 0.15  # memory is of the run alone
    model, weights = build_model(load_library(library), experiment), np.load(file)
    first, places = model.get_weights(), np.cumsum([w.size for w in model.get_weights()])[:-1]
    trained = [
        w.reshape(old.shape) for w, old in zip(np.split(weights, places), first, strict=True)
    ]
    model.set_weights(trained)
    flowers = load_flowers("synthetic", 32, part="test")
    labels = np.eye(17, dtype=np.float32)[flowers.labels]
    _, accuracy = model.evaluate(flowers.images / np.float32(255), labels, verbose=0)
    assert accuracy > 2 / 17
    assert result.test_accuracy == pytest.approx(accuracy, abs=1.5 / 340)  # one image on the edge
    moved = max(np.abs(a - b).max() for a, b in zip(trained, first, strict=True))
    assert result.weights_moved == pytest.approx(float(moved))
    assert result.statistics_moved is None  # this network has none


@pytest.mark.parametrize("library", ["keras", pytest.param("tf_keras", marks=pytest.mark.long)])
def test_weights_and_moving_statistics_are_told_apart(library, tmp_path):
    asked = {"training_function": "train_on_batch", "library": library, "images": "synthetic",
             "image_size": 16, "batch_normalization": True, "dropout": True}  # fmt: skip
    experiment, keras = Experiment(**asked), load_library(library)
    model, file = build_model(keras, experiment), tmp_path / "weights.npy"
    trainable = {id(variable) for variable in model.trainable_weights}
    for variable in model.weights:  # each weight by 0.5, each statistic by 1000
        step = 0.5 if id(variable) in trainable else 1000
        variable.assign(variable + np.float32(step))
    moved = keep_weights(keras, model, experiment, file)
    assert moved.weights == pytest.approx(0.5)
    assert moved.statistics == pytest.approx(1000)
    kept = np.load(file)
    assert kept.size == sum(np.size(variable) for variable in model.trainable_weights)
    model.trainable_weights[0].assign(model.trainable_weights[0] * np.nan)
    assert keep_weights(keras, model, experiment, None) == (None, pytest.approx(1000))


def test_evaluating_changes_nothing_of_the_run(run):
    plain, evaluated = run("fit", "keras"), run("fit", "keras", evaluate=True)
    assert plain.test_accuracy is None and 0 <= evaluated.test_accuracy <= 1
    for name in ("weights_sha256", "losses", "seen", "weights_moved", "statistics_moved"):
        assert getattr(plain, name) == getattr(evaluated, name)
    assert list(plain.timing.phases_s) == list(evaluated.timing.phases_s)


def test_bytes_are_evaluated_as_bytes(run):
    floats, of_bytes = (
        run("fit", "keras", loader=loader, evaluate=True) for loader in ("arrays", "uint8_arrays")
    )
    assert of_bytes.weights_sha256 == floats.weights_sha256
    assert of_bytes.test_accuracy == floats.test_accuracy
