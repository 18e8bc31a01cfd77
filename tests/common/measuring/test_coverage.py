import numpy as np

from kfit_teach.common.measuring.coverage import coverage_of_epoch

AT_HAND = np.arange(1, 101)


def test_an_epoch_that_sees_every_image_once_misses_none():
    seen = np.random.default_rng(0).permutation(AT_HAND)
    found = coverage_of_epoch(seen, AT_HAND)
    assert found == {"trained": 100, "distinct": 100, "missed": 0, "most_often": 1}


def test_a_dropped_last_batch_shows_as_missed():
    assert coverage_of_epoch(AT_HAND[:96], AT_HAND)["missed"] == 4


def test_an_image_seen_twice_does_not_hide_one_never_seen():
    seen = np.append(AT_HAND[:-1], 1)
    found = coverage_of_epoch(seen, AT_HAND)
    assert (found["trained"], found["missed"], found["most_often"]) == (100, 1, 2)


def test_an_epoch_without_batches_is_told():
    found = coverage_of_epoch(np.array([], int), AT_HAND)
    assert (found["trained"], found["missed"], found["most_often"]) == (0, 100, 0)
