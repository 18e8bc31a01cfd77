import ast
import json
import math
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from kfit_teach.common.loaders import TRAINING_FUNCTIONS
from kfit_teach.front.plain_code.advice import (
    BEWARE,
    DATA_ANSWERS,
    LIBRARY_ANSWERS,
    LOADER,
    LOOP_ANSWERS,
    WHY,
    library_at_hand,
    recommend,
)

RUN = Path(__file__).with_name("run_advice.py")
SEQUENCES = ("PyDataset", "Sequence")
ALL = list(product(DATA_ANSWERS, LOOP_ANSWERS, LIBRARY_ANSWERS))


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.long) for name in LIBRARY_ANSWERS]
)
def ran(request, tmp_path_factory):
    """The library, and what came of running all of its advice in one process."""
    folder = tmp_path_factory.mktemp("advice")
    environment = os.environ | {"TMPDIR": str(folder), "KERAS_BACKEND": "tensorflow"}
    words = [sys.executable, str(RUN), request.param, str(folder / "findings.json")]
    ended = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=200
    )
    assert ended.returncode == 0, ended.stderr
    return request.param, json.loads((folder / "findings.json").read_text())


def beware_of(data, loop, library):
    return " ".join(recommend(data, loop, library).beware)


def test_all_code_runs_as_it_is_and_trains_without_a_warning(ran):
    _, findings = ran
    assert len(findings["runs"]) == len(DATA_ANSWERS) * len(LOOP_ANSWERS)
    for name, found in findings["runs"].items():
        assert found["warnings"] == [], name
        assert found["changed"] and found["weights_are_finite"], name
        assert all(math.isfinite(loss) and loss > 0.5 for loss in found["losses"]), name
        assert found["replicas"] == (2 if name.endswith("replicas") else 1), name


@pytest.mark.parametrize(("data", "loop", "library"), ALL)
def test_code_is_short_and_reaches_only_for_the_learners_own_keras(data, loop, library):
    advice = recommend(data, loop, library)
    lines = [line for line in advice.code.splitlines() if line]
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 100
    imported = {
        alias.name
        for node in ast.walk(ast.parse(advice.code))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported & set(LIBRARY_ANSWERS) == {library}
    assert advice.function in TRAINING_FUNCTIONS
    assert f"model.{advice.function}(" in advice.code
    assert advice.beware and all(sentence.endswith(".") for sentence in advice.beware)
    assert advice.code in str(advice) and advice.headline in str(advice)


def test_every_combination_has_its_own_code():
    assert len({recommend(*answers).code for answers in ALL}) == len(ALL)


def test_each_advice_names_one_loader_and_no_word_waits_for_answers_that_cannot_be():
    advices = [recommend(*answers) for answers in ALL]
    loaders = {loader.format(sequence=name) for loader in LOADER for name in SEQUENCES}
    assert {advice.loader for advice in advices} == loaders
    told = " ".join(f"{advice.why} {' '.join(advice.beware)}" for advice in advices)
    for sentence in (*WHY, *BEWARE):
        assert all(sentence.format(sequence=name) in told for name in SEQUENCES), sentence


@pytest.mark.parametrize("data", DATA_ANSWERS)
def test_only_a_loop_of_ones_own_needs_train_on_batch(data):
    functions = {loop: recommend(data, loop, "keras").function for loop in LOOP_ANSWERS}
    assert functions.pop("odd_loop") == "train_on_batch"
    assert set(functions.values()) == {"fit"}


def test_what_is_said_of_fit_generator_is_so(ran):
    library, findings = ran
    told = beware_of("source", "ordinary", library)
    assert findings["claims"]["has fit_generator"] == (library == "tf_keras")
    assert ("fit_generator. It is gone from Keras 3" in told) == (library == "keras")
    assert ("Here it still is" in told) == (library == "tf_keras")


def test_what_is_said_of_workers_is_so(ran):
    library, findings = ran
    told = beware_of("source", "ordinary", library)
    assert findings["claims"]["fit has workers"] == (library == "tf_keras")
    assert ("model.fit(Batches(), epochs=2, workers=4)" in told) == (library == "tf_keras")
    assert ("Batches(workers=4)" in told) == (library == "keras")


def test_what_is_said_of_steps_per_epoch_is_so(ran):
    library, findings = ran
    told = beware_of("folder", "ordinary", library)
    epochs = findings["claims"]["batches with steps rounded down"]
    assert ("every second epoch into the one batch" in told) == (epochs == [3, 1, 3, 1])
    assert ("ends the training in the second epoch" in told) == (epochs == [3, 1])


def test_what_is_said_of_replicas_is_so(ran):
    library, findings = ran
    sizes = findings["claims"]["batch of a replica"]
    assert sizes["fit"] == [16]
    told = beware_of("arrays", "replicas", library)
    assert ("every replica gets the whole batch" in told) == (sizes["train_on_batch"] == [32])
    assert "a network of another size fails with a shape mismatch" in told
    assert "Shape mismatch" in findings["claims"]["trouble of another strategy"]


def test_batches_with_numbers_are_mixed_but_not_what_they_hold(ran):
    library, findings = ran
    for batches in findings["claims"]["orders of a sequence"]:
        assert all(second == first + 1 and first % 2 == 0 for first, second in batches)
        assert sorted(batches) != batches
        assert len({first for first, _ in batches}) == 8
    assert "mixes the batches, not the images within one" in beware_of("file", "ordinary", library)


def test_a_folder_is_shuffled_anew_every_epoch(ran):
    library, findings = ran
    first, second = findings["claims"]["orders of a folder"]
    assert first != second and sorted(first) == sorted(second) != first
    assert "shuffles anew every epoch" in recommend("folder", "ordinary", library).why


def test_what_is_said_of_a_steps_loss_is_so(ran):
    library, findings = ran
    loss = findings["claims"]["loss of a step that notes nothing"]
    told = beware_of("arrays", "custom_step", library)
    assert (loss == 0) == ("you read a loss of 0" in told) == (library == "keras")


def test_the_loss_of_a_call_is_that_of_its_batch(ran):
    _, findings = ran
    told, measured = findings["claims"]["loss of a call, and of the batch"]
    assert told == pytest.approx(measured, abs=1e-5)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (("array", "ordinary", "keras"), "data is 'array', which is not known; did you mean 'arr"),
        (("arrays", "odd loop", "keras"), "loop is 'odd loop', which is not known; did you mean"),
        (("arrays", "ordinary", "keras3"), "library is 'keras3', which is not known; did you mea"),
        (("arrays", "ordinary", None), "library is None, which is not known; choose one of keras"),
    ],
)
def test_an_unknown_answer_is_refused_with_the_nearest_name(answers, sentence, refusal):
    assert refusal(recommend, *answers).startswith(sentence)


@pytest.mark.parametrize("value", ["1", "true", "True"])
def test_the_variable_of_tensorflow_makes_it_keras_2(value):
    library, sentence = library_at_hand({"TF_USE_LEGACY_KERAS": value})
    assert library == "tf_keras"
    assert sentence.startswith("TF_USE_LEGACY_KERAS is set here, so tf.keras is tf_keras 2.")


@pytest.mark.parametrize("environment", [{}, {"TF_USE_LEGACY_KERAS": "0"}])
def test_else_it_is_keras_3_and_its_version_is_told(environment):
    library, sentence = library_at_hand(environment)
    assert library == "keras"
    assert sentence.startswith("You have keras 3.")
