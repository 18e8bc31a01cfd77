import pytest

from kfit_teach.front.networks import between_libraries, networks
from kfit_teach.front.telling.sentences import tell
from kfit_teach.lessons.recorded import load_recorded


def with_settings(**settings):
    """The recorded six runs, as if run with these settings, in tf_keras with other weights."""
    comparison = load_recorded("three_doors")
    for result in comparison.results:
        result.experiment = result.experiment.model_copy(update=settings)
        if settings and result.experiment.library == "tf_keras":
            result.weights_sha256 = "1" * 64
    return comparison


def test_six_runs_that_agree_are_one_network():
    comparison = with_settings()
    (only,) = networks(comparison.rankings())
    assert len(only.lanes) == 6
    assert comparison.results[0].weights_sha256.startswith(only.digest)
    assert tell(between_libraries(comparison.rankings())) == (
        "keras and tf_keras agree with each other, bit for bit."
    )


@pytest.mark.parametrize(
    ("settings", "reasons", "words"),
    [
        ({"dropout": True}, ("Dropout",), "draws a seed for Dropout"),
        ({"batch_normalization": True}, ("BatchNormalization",), "one fused operation"),
        ({"model": "minivggnet"}, ("Dropout", "BatchNormalization"), "one fused operation"),
        ({"optimizer": "adam"}, (), "why is not known here"),
    ],
)
def test_why_the_libraries_differ_is_said_as_far_as_it_is_known(settings, reasons, words):
    between = between_libraries(with_settings(**settings).rankings())
    assert between.reasons == reasons and words in tell(between)
    assert between.differ == ("fit", "fit_generator", "train_on_batch")


def test_of_shuffled_runs_only_fit_draws_an_order_of_its_own():
    comparison = with_settings(shuffle=True)
    for result in comparison.results:
        result.weights_sha256 = "1" * 64
    comparison.results[0].weights_sha256 = "2" * 64
    between = between_libraries(comparison.rankings())
    assert (between.differ, between.reasons) == (("fit",), ("own order",))


def test_one_library_is_held_against_none():
    assert between_libraries(load_recorded("order").rankings()) is None


def test_networks_show_themselves_with_their_fingerprints():
    comparison = with_settings(dropout=True)
    told = repr(comparison.networks())
    assert told.splitlines()[1] == "6 runs, 2 networks"
    assert "keras: fit, fit_generator, train_on_batch" in told and "11111111" in told
    assert "Same weights: yes" in told and "draws a seed for Dropout" in told
    assert "<table>" in comparison.networks()._repr_mimebundle_()["text/html"]
    comparison.results = []
    assert "No run has ended yet." in repr(comparison.networks())
