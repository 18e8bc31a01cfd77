import numpy as np
import pytest

from kfit_teach.common.measuring.statistics import ratio_interval


@pytest.mark.parametrize("pairs", [3, 5, 10])
def test_the_interval_holds_the_true_ratio_as_often_as_it_says(pairs):
    random = np.random.default_rng(pairs)
    truth, rounds = 1.2, 2000
    held = 0
    for _ in range(rounds):
        interval = ratio_interval(truth * np.exp(random.normal(0, 0.1, pairs)))
        held += interval.low <= truth <= interval.high
    assert 0.935 <= held / rounds <= 0.965


def test_equal_ratios_leave_no_width():
    interval = ratio_interval([2.0, 2.0, 2.0])
    assert interval.low == pytest.approx(2.0) and interval.high == pytest.approx(2.0)


def test_the_ratio_of_a_and_b_is_the_inverse_of_that_of_b_and_a():
    ratios = np.array([1.1, 1.3, 0.9])
    forth, back = ratio_interval(ratios), ratio_interval(1 / ratios)
    assert forth.ratio == pytest.approx(1 / back.ratio)
    assert forth.low == pytest.approx(1 / back.high)


def test_one_pair_is_refused():
    with pytest.raises(ValueError, match="2 or more"):
        ratio_interval([1.0])
