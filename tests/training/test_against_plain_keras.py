import pytest

from kfit_teach.experiment import LIBRARIES


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("function", ["fit", "train_on_batch"])
@pytest.mark.parametrize("model", ["small", "minivggnet"])
def test_what_notes_a_run_does_not_change_its_weights(
    run, run_plain_keras, library, function, model
):
    ours = run(function, library, model=model)
    assert run_plain_keras(ours.experiment)["sha256"] == ours.weights_sha256


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_loss_noted_is_each_batchs_own_and_not_a_running_mean(run, run_plain_keras, library):
    by_batch = run("train_on_batch", library, epochs=1)
    returned = run_plain_keras(by_batch.experiment)["losses"]
    running_means = [sum(returned[: n + 1]) / (n + 1) for n in range(len(returned))]
    noted_in_fit = run("fit", library).losses[: len(returned)]
    assert noted_in_fit == pytest.approx(returned, abs=2e-6)
    assert noted_in_fit != pytest.approx(running_means, abs=1e-3)
