import numpy as np
import pytest

from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.flowers.manifest import numbers_of_part
from kfit_teach.common.loaders import TRAINING_FUNCTIONS
from kfit_teach.front import verdicts
from kfit_teach.front.ranking import Ranking, lanes_of
from kfit_teach.front.telling.sentences import tell

ONE_LIBRARY = ["keras", pytest.param("tf_keras", marks=pytest.mark.long)]
# 340 images: batches of 32 leave a smaller last one of 20, batches of 4 or 20 leave none.
# At 16 px MiniVGGNet is quick; the size is a power of two, as 64 px is.
MINIVGGNET = {"model": "minivggnet", "image_size": 16}
BOTH_LAYERS = {"dropout": True, "batch_normalization": True}


def three(run, library, **settings):
    return [run(function, library, **settings) for function in TRAINING_FUNCTIONS]


def ranking(results):
    loaders = {result.experiment.loader for result in results}
    functions = {result.experiment.training_function for result in results}
    view = "loaders" if len(loaders) > 1 and len(functions) == 1 else "functions"
    return Ranking(results[0].experiment.library, view, "", lanes_of(results, [], view))


def same_weights(results):
    return verdicts.same_weights(ranking(results))


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_three_functions_end_with_the_same_weights(run, library):
    results = three(run, library)
    assert same_weights(results).answer == "yes"
    assert len({result.weights_sha256 for result in results}) == 1


@pytest.mark.long
def test_layers_that_draw_and_average_change_the_weights_of_every_lane_alike(run):
    results = three(run, "keras", **BOTH_LAYERS)
    assert same_weights(results).answer == "yes"
    assert results[0].weights_sha256 != run("fit", "keras").weights_sha256


@pytest.mark.long
def test_in_tf_keras_dropout_in_the_small_network_is_the_same_exception(run):
    results = three(run, "tf_keras", **BOTH_LAYERS)
    verdict = same_weights(results)
    assert verdict.answer == "cannot" and "fit and fit_generator agree" in tell(verdict)
    assert "Dropout" in tell(verdict) and "BatchNormalization" not in tell(verdict)


def test_both_libraries_end_with_the_same_weights(run):
    assert run("fit", "keras").weights_sha256 == run("fit", "tf_keras").weights_sha256


@pytest.mark.parametrize("library", LIBRARIES)
def test_they_see_the_same_images_in_the_same_order(run, library):
    results = three(run, library)
    expected = np.random.default_rng(17).permutation(numbers_of_part(1, "val")).tolist()
    for result in results:
        assert result.seen == [expected, expected]
        assert all(epoch.missed == 0 for epoch in result.coverage)


@pytest.mark.parametrize("library", LIBRARIES)
def test_they_note_the_same_loss_for_every_batch(run, library):
    first, *others = three(run, library)
    assert len(first.losses) == 2 * 11
    for other in others:
        assert other.losses == first.losses


@pytest.mark.long
def test_dropout_and_a_smaller_last_batch_agree_bit_for_bit_in_keras(run):
    results = three(run, "keras", **MINIVGGNET)
    assert same_weights(results).answer == "yes"


@pytest.mark.long
def test_in_tf_keras_they_are_an_exception_and_it_is_explained(run):
    fit, generator, by_batch = three(run, "tf_keras", **MINIVGGNET)
    verdict = same_weights([fit, generator, by_batch])
    assert verdict.answer == "cannot" and "Dropout" in tell(verdict)
    assert fit.weights_sha256 == generator.weights_sha256 != by_batch.weights_sha256


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_batch_normalization_rounds_otherwise_in_a_step_of_one_known_size(run, library):
    # 340 images make 17 full batches of 20, and 20 is no power of two.
    fit, generator, by_batch = three(run, library, batch_size=20, **MINIVGGNET)
    verdict = same_weights([fit, generator, by_batch])
    assert verdict.answer == "cannot" and "BatchNormalization" in tell(verdict)
    assert "fit and train_on_batch agree" in tell(verdict)
    assert fit.weights_sha256 == by_batch.weights_sha256 != generator.weights_sha256
    assert generator.losses[0] == pytest.approx(fit.losses[0], rel=1e-6)


@pytest.mark.long
def test_in_tf_keras_averages_over_images_are_fused_and_round_alike(run):
    results = three(run, "tf_keras", batch_size=20, image_size=16, batch_normalization=True)
    assert same_weights(results).answer == "yes"
    changed = results[2].model_copy(update={"weights_sha256": "0" * 64})
    assert same_weights([*results[:2], changed]).answer == "void"


@pytest.mark.long
def test_those_that_round_alike_must_still_agree(run):
    fit, generator, by_batch = three(run, "keras", batch_size=20, **MINIVGGNET)
    changed = by_batch.model_copy(update={"weights_sha256": "0" * 64})
    assert same_weights([fit, generator, changed]).answer == "void"


@pytest.mark.long
def test_arrays_of_bytes_round_as_arrays_of_floats_do(run):
    loaders = ("arrays", "uint8_arrays", "generator")
    results = [run("fit", "keras", loader=name, batch_size=20, **MINIVGGNET) for name in loaders]
    verdict = same_weights(results)
    assert verdict.answer == "cannot"
    assert "arrays and uint8_arrays agree" in tell(verdict)


@pytest.mark.long
def test_it_rounds_alike_where_the_batch_size_is_a_power_of_two(run):
    results = three(run, "keras", batch_size=4, epochs=1, **MINIVGGNET)
    assert same_weights(results).answer == "yes"


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_with_shuffling_they_cannot_be_the_same_work_and_are_not(run, library):
    fit, generator, by_batch = three(run, library, shuffle=True)
    verdict = same_weights([fit, generator, by_batch])
    assert verdict.answer == "cannot" and "shuffling" in tell(verdict)
    assert "fit_generator and train_on_batch agree" in tell(verdict)
    assert fit.weights_sha256 != generator.weights_sha256
    assert all(epoch.missed == 0 for result in (fit, generator) for epoch in result.coverage)
    assert generator.seen[0] != generator.seen[1]
    assert fit.seen[0] != run("fit", library).seen[0]


@pytest.mark.parametrize("library", ONE_LIBRARY)
def test_over_one_loader_that_shuffles_they_are_the_same_work(run, library):
    results = three(run, library, loader="generator", shuffle=True)
    assert same_weights(results).answer == "yes"


@pytest.mark.parametrize("library", ONE_LIBRARY)
def test_a_shuffle_that_draws_one_order_for_all_epochs_is_told(run, library):
    results = three(run, library, shuffle=True)
    repeats = results[0].seen[0] == results[0].seen[1]
    print(f"{library}: fit(shuffle=True), seeded, repeats its order every epoch: {repeats}")
    told = " ".join(tell(fact) for fact in verdicts.beside_speed(ranking(results)))
    assert ("fit drew the same order in every epoch" in told) == repeats


def test_lanes_that_should_agree_and_do_not_make_the_comparison_void(run):
    first, second, _ = three(run, "keras")
    other = run("fit_generator", "keras", seed=18)
    changed = second.model_copy(update={"weights_sha256": other.weights_sha256})
    assert same_weights([first, changed]).answer == "void"


@pytest.mark.long
def test_the_loader_does_not_change_the_work(run):
    results = [
        run(function, library, loader="generator")
        for library in LIBRARIES
        for function in ("fit", "train_on_batch")
    ]
    assert len({result.weights_sha256 for result in results[:2]}) == 1
    assert len({result.weights_sha256 for result in results[2:]}) == 1
    assert results[0].weights_sha256 == run("fit", "keras").weights_sha256


def test_images_sorted_by_class_are_trained_on_in_that_order(run):
    result = run("fit", "keras", order="sorted")
    assert result.seen[0] == numbers_of_part(1, "val").tolist()


@pytest.mark.parametrize("optimizer", ["adam", pytest.param("rmsprop", marks=pytest.mark.long)])
def test_every_optimizer_and_loss_of_the_compile_examples_trains(run, optimizer):
    settings = {"optimizer": optimizer, "loss": "mse", "metrics": ("mae", "accuracy")}
    fit, by_batch = (run(f, "tf_keras", **settings) for f in ("fit", "train_on_batch"))
    assert fit.weights_sha256 == by_batch.weights_sha256
    assert fit.losses[0] < 0.2  # the mean over 17 classes, not a cross entropy
