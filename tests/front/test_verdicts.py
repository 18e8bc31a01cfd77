import pytest

from kfit_teach.common.result import Neighbours
from kfit_teach.front.telling.sentences import tell
from kfit_teach.front.verdicts import beside_speed, same_weights
from kfit_teach.lessons.recorded import load_recorded


def told_of(*accuracies):
    """What is told of lanes that differ in nothing but the accuracy."""
    comparison = load_recorded("three_doors")
    comparison.results = comparison.results_of("keras")[: len(accuracies)]
    for result, accuracy in zip(comparison.results, accuracies, strict=True):
        result.test_accuracy = accuracy
    return " ".join(tell(fact) for fact in beside_speed(comparison.ranking("keras")))


def test_accuracies_within_chance_of_each_other_cannot_be_told_apart():
    told = told_of(290 / 340, 300 / 340)
    assert "fit 0.85 [0.81, 0.89] and fit_generator 0.88 [0.84, 0.91]" in told
    assert "these cannot be told apart" in told


def test_a_lane_at_chance_is_told_from_one_that_learned():
    told = told_of(20 / 340, 290 / 340)
    assert "fit 0.06 [0.04, 0.09]" in told and "told apart" not in told


def test_where_only_some_intervals_overlap_it_says_so():
    assert "where intervals overlap" in told_of(20 / 340, 290 / 340, 300 / 340)


@pytest.mark.parametrize("accuracies", [(None, None), (0.5,), (None, 0.5)])
def test_nothing_is_said_of_lanes_that_have_no_accuracy_beside_another(accuracies):
    assert "told apart" not in told_of(*accuracies)
    assert ("test images" in told_of(*accuracies)) == any(accuracies)


def test_who_agrees_is_named_and_why_others_do_not():
    comparison = load_recorded("order")
    for result in comparison.results:
        result.experiment = result.experiment.model_copy(update={"shuffle": True})
    comparison.results[0].weights_sha256 = "f" * 64
    told = tell(same_weights(comparison.ranking("keras")))
    assert told == (
        "Same weights: no, and that is expected, because shuffling is on, and fit over arrays "
        "draws an order of its own. Bit for bit, fit_generator and train_on_batch agree."
    )


@pytest.mark.parametrize(
    ("cores", "words"),
    [
        (
            (0.2, 0.3, 0.1),
            "its page (all browsers) 0.30, and other programs 0.10: it was mostly",
        ),
        ((0.1, None, 1.3), "other programs 1.30: it was mostly other programs."),
        ((0.01, 0.0, 0.1), "which does not explain it."),
    ],
)
def test_a_busy_machine_tells_ourselves_from_others(cores, words):
    comparison = load_recorded("order")
    first = comparison.results[0]
    first.timing.contention = 0.9
    first.neighbours = None
    assert "Beside it" not in comparison.sentences("keras")  # nobody looked, in an old file
    kernel, page, others = cores
    first.neighbours = Neighbours(kernel_cores=kernel, page_cores=page, others_cores=others)
    told = comparison.sentences("keras")
    assert "The machine was busy while fit ran" in told and words in told


def test_pauses_alone_are_said_plainly():
    comparison = load_recorded("order")
    for result in comparison.results:
        result.timing.images_per_s, result.timing.gaps_s = 1000.0, []
    slow = comparison.results[0].timing  # as fast as the others, but for its pauses
    slow.images_per_s = 600.0
    slow.gaps_s = [slow.steady_images / 600 - slow.steady_images / 1000]
    told = comparison.sentences("keras")
    assert told.startswith("Apart from pauses between epochs, no difference above 25 %. ")


def test_memory_says_at_once_why_it_is_more_than_three_times():
    told = load_recorded("order").sentences("keras")
    times = load_recorded("order").results[0].memory.times_the_data
    assert f"MiB more than before training ({times:.1f} times your images)" in told
    assert f"Why {times:.1f} times: fit holds your images three times" in told


def test_functions_that_were_fed_differently_come_with_a_caution():
    comparison = load_recorded("order")
    assert "Caution: the functions were also fed differently" in comparison.sentences("keras")
    comparison.settings = comparison.settings.model_copy(update={"loader": ("generator",)})
    assert "Caution" not in comparison.sentences("keras")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"order": "sorted", "shuffle": False}, "(synthetic stand-in), sorted by class, 64 px"),
        ({"order": "sorted", "shuffle": True}, "sorted by class, shuffled, 64 px"),
        ({"order": "mixed", "shuffle": False}, "(synthetic stand-in), 64 px"),
        ({"batch_normalization": True}, "small network with BatchNormalization, 680 images"),
    ],
)
def test_the_title_names_what_stands_out(settings, words):
    comparison = load_recorded("order")
    comparison.settings = comparison.settings.model_copy(update=settings)
    assert words in comparison.title("keras")
