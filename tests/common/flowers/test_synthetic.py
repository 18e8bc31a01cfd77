"""The drawn flowers: same seed, same picture; twins alike; classes neither plain nor noise."""

import time

import numpy as np
import pytest
from PIL import Image

from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.flowers.recipes import RECIPES
from kfit_teach.common.flowers.synthetic import draw_flower, draw_flowers

# 30 is a twin of a twin; 90 and 100 lie in another class.
TWINS = {20: 10, 30: 20, 100: 90, 1311: 1327}


@pytest.fixture(scope="module")
def drawn():
    """The whole set at 64 px, the processor's seconds it took, the calls of ``advance``."""
    steps = []
    started = time.process_time()
    pictures = draw_flowers(64, TWINS, advance=steps.append)
    return pictures, time.process_time() - started, steps


@pytest.fixture(scope="module")
def likeness(drawn):
    """The correlation (1360, 1360) of every two pictures' 32 x 32 grey thumbnails."""
    return np.corrcoef(thumbnails(drawn[0]))


def thumbnails(pictures, side=32, mode="L"):
    small = [Image.fromarray(picture).convert(mode).resize((side, side)) for picture in pictures]
    return np.stack([np.asarray(picture, np.float32).ravel() for picture in small])


def alike(first, second):
    return np.corrcoef(thumbnails([first, second]))[0, 1]


def test_the_recipes_are_those_of_the_17_classes_in_order():
    assert tuple(recipe.name for recipe in RECIPES) == CLASS_NAMES


@pytest.mark.parametrize("image_size", [16, 64, 100, 224, 512])
def test_a_picture_is_a_square_of_bytes_in_colour(image_size):
    picture = draw_flower(730, image_size)
    assert picture.shape == (image_size, image_size, 3)
    assert picture.dtype == np.uint8


def test_the_same_seed_draws_the_same_flower():
    np.testing.assert_array_equal(draw_flower(500, 64), draw_flower(500, 64))


def test_what_was_drawn_before_and_the_global_dice_change_nothing():
    first = draw_flower(500, 64)
    np.random.seed(3)
    draw_flower(7, 32)
    np.testing.assert_array_equal(draw_flower(500, 64), first)


def test_another_seed_draws_another_flower():
    assert alike(draw_flower(500, 64), draw_flower(500, 64, seed=18)) < 0.9


@pytest.mark.parametrize("number", range(40, 1360, 80))
def test_a_larger_size_is_the_same_picture(number):
    small, large = draw_flower(number, 64), draw_flower(number, 200)
    assert alike(small, large) > 0.98


def test_the_whole_set_is_each_flower_drawn_alone(drawn):
    pictures = drawn[0]
    assert pictures.shape == (1360, 64, 64, 3)
    np.testing.assert_array_equal(pictures[640], draw_flower(641, 64))
    np.testing.assert_array_equal(pictures[99], draw_flower(100, 64, twin_of=90))


def test_progress_is_told_after_every_picture(drawn):
    assert drawn[2] == [1] * 1360


def test_all_are_drawn_in_time(drawn):
    assert drawn[1] < 15


def test_twins_are_alike_but_not_equal(drawn, likeness):
    for number, other in TWINS.items():
        assert likeness[number - 1, other - 1] > 0.99
        assert (drawn[0][number - 1] != drawn[0][other - 1]).any()


@pytest.mark.parametrize("number", range(1, 1361, 40))
def test_a_twin_of_any_flower_is_alike_at_any_size(number):
    twin = draw_flower(number % 1360 + 1, 128, twin_of=number)
    original = draw_flower(number, 128)
    assert alike(twin, original) > 0.99
    assert (twin != original).any()


def test_a_twin_of_a_twin_shows_the_first_flower(drawn, likeness):
    assert likeness[30 - 1, 10 - 1] > 0.99
    assert (drawn[0][30 - 1] != drawn[0][20 - 1]).any()


def test_no_other_pair_is_as_alike_as_a_twin(likeness):
    others = likeness - 2 * np.eye(len(likeness))
    flock = [(10, 20), (20, 30), (10, 30), (90, 100), (1311, 1327)]
    for first, second in flock:
        others[first - 1, second - 1] = others[second - 1, first - 1] = -1
    assert others.max() < 0.985


def test_neighbours_in_pixels_are_better_than_chance_but_far_from_right(drawn):
    pixels = thumbnails(drawn[0], side=16, mode="RGB")
    classes = np.arange(1360) // 80
    kept = np.arange(1360) % 4 > 0
    train, test = pixels[kept], pixels[~kept]
    far = (test**2).sum(1)[:, None] + (train**2).sum(1) - 2 * test @ train.T
    nearest = classes[kept][np.argsort(far, axis=1)[:, :5]]
    voted = [np.bincount(votes, minlength=17).argmax() for votes in nearest]
    accuracy = np.mean(voted == classes[~kept])
    assert 2 / 17 < accuracy < 0.6


def test_every_class_shows_up_in_more_than_one_colour_and_place(drawn):
    by_class = drawn[0].reshape(17, 80, -1).astype(np.float32)
    assert by_class.std(axis=1).mean(axis=1).min() > 20


@pytest.mark.parametrize("number", [0, 1361, -3])
def test_a_number_outside_the_set_is_refused(number):
    with pytest.raises(ValueError, match="no picture"):
        draw_flower(number, 64)
    with pytest.raises(ValueError, match="no picture"):
        draw_flower(1, 64, twin_of=number)
    with pytest.raises(ValueError, match="no picture"):
        draw_flowers(64, {1: number})


@pytest.mark.parametrize("image_size", [0, 15, 513])
def test_a_size_that_cannot_be_drawn_is_refused(image_size):
    with pytest.raises(ValueError, match="pixels"):
        draw_flower(1, image_size)


def test_twins_that_go_round_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        draw_flowers(16, {1: 2, 2: 1})
