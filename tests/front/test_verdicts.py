import pytest

from kfit_teach.front.telling.sentences import tell
from kfit_teach.front.verdicts import beside_speed
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
