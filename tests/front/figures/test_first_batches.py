import numpy as np
import pytest

from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.manifest import labels_of
from kfit_teach.front.figures.first_batches import draw, tell

DAFFODILS = list(range(1, 41))
MIXED = [1000, 1, 2, 700, *range(81, 117)]


@pytest.fixture
def runs(made_up, synthetic_cache):
    """One that began with daffodils alone, one that was shuffled."""

    def make(seen, **settings):
        return made_up.compared(
            lambda experiment: made_up.a_result(experiment, seen=[seen]),
            library="keras", image_size=16, order="sorted", **settings,
        )  # fmt: skip

    return [make(DAFFODILS), make(MIXED, shuffle=True)]


def names_in(strip):
    return [text.get_text() for text in strip.axes[0].texts]


def test_the_images_are_those_that_were_trained_on_in_that_order(runs):
    stored = load_flowers("synthetic", image_size=16).stored
    for strip, numbers in zip(draw(runs).subfigs, (DAFFODILS, MIXED), strict=True):
        shown = [image.get_array() for image in strip.axes[0].images]
        expected = [stored[number - 1] for number in numbers[:12]]
        assert len(shown) == 12 and np.array_equal(shown, expected)


def test_sorted_and_shuffled_show_at_a_glance(runs, can_be_read):
    figure = draw(runs)
    one, other = figure.subfigs
    assert names_in(one) == ["daffodil"]
    assert names_in(other) == ["dandelion", "daffodil", "fritillary", "snowdrop"]
    assert len({*labels_of(np.array(MIXED[:32]))}) == 4
    assert one.get_suptitle() == "sorted by class: 1 kind of flower in the first batch of 32"
    assert other.get_suptitle() == "shuffled: 4 kinds of flowers in the first batch of 32"
    can_be_read(figure)


def test_words_tell_what_the_strips_show(runs):
    told = tell(runs)
    assert "12 times daffodil" in told and "1 dandelion, 2 times daffodil" in told


def test_the_first_lane_that_trained_is_shown(runs, made_up):
    runs[0].results[0] = made_up.failed(runs[0].results[0].experiment)
    assert names_in(draw(runs[:1]).subfigs[0]) == ["daffodil"]
    runs[0].results = [made_up.failed(result.experiment) for result in runs[0].results]
    assert draw(runs).subfigs[0].get_suptitle() == "sorted by class: no lane trained"


def test_real_images_that_are_not_at_hand_are_refused(runs, nothing_at_hand, refusal):
    runs[0].settings = runs[0].settings.model_copy(update={"images": "oxford"})
    assert "not at hand" in refusal(draw, runs)
    assert tell(runs)  # the words need no images
