import random
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from kfit_teach.experiment import LIBRARIES
from kfit_teach.measuring.statistics import ratio_interval
from kfit_teach.training import augmentation
from kfit_teach.training.augmentation import (
    Parameters,
    augmentation_layers,
    draw_parameters,
    image_data_generator,
    transform_batch,
    transform_one_by_one,
)
from kfit_teach.training.libraries import load_library

SIDE = 64
# Promised is a mean absolute difference under 1e-3 of the range; rounding leaves about 1e-6.
TOLERANCE = 1e-4
ALONE = [
    {"theta": 20.0}, {"theta": -7.5}, {"tx": 5.3}, {"ty": -5.3}, {"tx": 12.8, "ty": 3.0},
    {"shear": 0.15}, {"shear": 30.0}, {"shear": -30.0}, {"zx": 0.85}, {"zy": 1.15},
    {"flip": True}, {"flip": True, "tx": 5.3}, {"flip": True, "theta": 20.0},
]  # fmt: skip


@pytest.fixture(scope="module", params=LIBRARIES)
def keras(request):
    return load_library(request.param)


@pytest.fixture(scope="module")
def generator(keras):
    return image_data_generator(keras)


@pytest.fixture
def global_random_numbers():
    """ImageDataGenerator draws from numpy's global generator; it is put back afterwards."""
    state = np.random.get_state()
    np.random.seed(17)
    yield
    np.random.set_state(state)


def noise(count, side=SIDE):
    """Noise has no smooth place in which a wrong pixel would look like the right one."""
    return np.random.default_rng(17).random((count, side, side, 3), np.float32)


def drawn(count, side=SIDE, seed=17):
    return draw_parameters(np.random.default_rng(seed), count, side)


def parameters_of(count=1, **values):
    nothing = {"theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1, "flip": False}
    return Parameters(**{n: np.full(count, value) for n, value in (nothing | values).items()})


def largest_difference(one, other):
    """The mean absolute difference of the pair of images that differs most."""
    return np.abs(one - other).mean(axis=(1, 2, 3)).max()


@pytest.mark.parametrize("side", [SIDE, 33])
def test_a_batch_at_once_gives_the_generators_images(generator, side):
    images, parameters = noise(96, side), drawn(96, side)
    one_by_one = transform_one_by_one(generator, images, parameters)
    at_once = transform_batch(images, parameters)
    difference = largest_difference(at_once, one_by_one)
    print(f"{type(generator).__module__}, {side} px: at most {difference:.1e} a pixel")
    assert difference < TOLERANCE
    assert at_once.dtype == one_by_one.dtype == np.float32
    assert at_once.shape == one_by_one.shape == images.shape


@pytest.mark.parametrize("values", ALONE, ids=str)
def test_each_parameter_alone_gives_the_generators_image(generator, values):
    images, parameters = noise(1), parameters_of(**values)
    one_by_one = transform_one_by_one(generator, images, parameters)
    assert largest_difference(one_by_one, images) > 100 * TOLERANCE
    assert largest_difference(transform_batch(images, parameters), one_by_one) < TOLERANCE


def test_all_together_with_a_shear_that_shows_its_unit(generator):
    shear = np.random.default_rng(18).uniform(-30, 30, 96)
    images, parameters = noise(96), replace(drawn(96), shear=shear)
    one_by_one = transform_one_by_one(generator, images, parameters)
    assert largest_difference(transform_batch(images, parameters), one_by_one) < TOLERANCE


def test_a_batch_of_flow_is_what_its_own_parameters_give(generator, global_random_numbers):
    images = noise(32)
    from_flow = next(generator.flow(images, batch_size=32, shuffle=False, seed=17))
    np.random.seed(17)
    parameters = drawn_by(generator, 32)
    assert np.array_equal(transform_one_by_one(generator, images, parameters), from_flow)
    assert largest_difference(transform_batch(images, parameters), from_flow) < TOLERANCE


def drawn_by(generator, count, side=SIDE):
    draws = [generator.get_random_transform((side, side, 3)) for _ in range(count)]
    names = {name: name for name in vars(drawn(1))} | {"flip": "flip_horizontal"}
    return Parameters(**{n: np.array([draw[key] for draw in draws]) for n, key in names.items()})


def test_drawn_parameters_are_distributed_as_the_generators(generator, global_random_numbers):
    # 50 px, so that a range in pixels of another size would show.
    ours, theirs = vars(drawn(4000, 50)), vars(drawn_by(generator, 4000, 50))
    for name in ours:
        assert ks_2samp(ours[name], theirs[name]).pvalue > 0.01, name
        low, high = theirs[name].min(), theirs[name].max()
        assert np.allclose([ours[name].min(), ours[name].max()], [low, high], atol=0.01 * high)
    together = np.corrcoef(np.array([array.astype(float) for array in ours.values()]))
    assert np.abs(together - np.eye(7)).max() < 0.06


def test_no_parameter_is_drawn_beyond_its_range():
    many = drawn(4000, 50)
    for values, reach in [
        (many.theta, 20), (many.tx, 10), (many.ty, 10), (many.shear, 0.15),
        (many.zx - 1, 0.15), (many.zy - 1, 0.15),
    ]:  # fmt: skip
        assert 0.99 * reach < np.abs(values).max() <= reach
        assert abs(values.mean()) < 0.04 * reach
    assert abs(many.flip.mean() - 0.5) < 0.03


def test_the_same_seed_draws_the_same_parameters():
    first, again, other = (vars(drawn(32, seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in first)
    assert {array.shape for array in first.values()} == {(32,)}


def test_the_images_given_are_left_as_they_were(generator):
    images = noise(4)
    for transformed in (
        transform_batch(images, drawn(4)),
        transform_one_by_one(generator, images, drawn(4)),
    ):
        transformed[:] = 0
    assert np.array_equal(images, noise(4))


@pytest.mark.parametrize("others", [1, 3])
def test_parameters_of_another_number_of_images_are_refused(generator, others):
    with pytest.raises(ValueError, match=f"{others} parameters do not go with 2 images"):
        transform_batch(noise(2), drawn(others))
    with pytest.raises(ValueError, match=f"{others} parameters do not go with 2 images"):
        transform_one_by_one(generator, noise(2), drawn(others))


def test_a_forked_process_is_told_instead_of_waiting_for_ever(generator, monkeypatch):
    # The parent's number is another one there; a real fork would leave this process's threads.
    monkeypatch.setattr(augmentation, "IMPORTED_BY", augmentation.IMPORTED_BY + 1)
    with pytest.raises(RuntimeError, match="forked"):
        transform_batch(noise(2), drawn(2))
    assert transform_one_by_one(generator, noise(2), drawn(2)).any()


@pytest.mark.parametrize("training_function", ["fit", "train_on_batch"])
def test_a_network_with_the_layers_trains(keras, training_function):
    keras.utils.set_random_seed(17)
    last = [keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential([keras.Input((16, 16, 3)), *augmentation_layers(keras, 17), *last])
    model.compile(optimizer="sgd", loss="categorical_crossentropy")
    plain = keras.Sequential([keras.Input((16, 16, 3)), *last])
    images, labels = noise(20, 16), np.eye(3, dtype=np.float32)[np.arange(20) % 3]
    before = model.get_weights()
    if training_function == "fit":
        model.fit(images, labels, batch_size=8, epochs=2, verbose=0)
    else:
        for start in (0, 8, 16):
            model.train_on_batch(images[start : start + 8], labels[start : start + 8])
    assert not np.array_equal(model.get_weights()[0], before[0])
    assert len(before) == 2  # the layers themselves have no weights
    predicted = model.predict_on_batch(images)
    assert np.allclose(predicted, plain.predict_on_batch(images), atol=1e-6)


def front(keras, seed, side=SIDE):
    return keras.Sequential([keras.Input((side, side, 3)), *augmentation_layers(keras, seed)])


def test_the_layers_change_every_image_in_training_and_none_in_inference(keras):
    images, network = noise(8), front(keras, 17)
    assert np.array_equal(network(images, training=False), images)
    first, second = (np.asarray(network(images, training=True)) for _ in range(2))
    for changed, before in [(first, images), (second, images), (second, first)]:
        assert np.abs(changed - before).mean(axis=(1, 2, 3)).min() > 0.01


def test_the_same_seed_gives_the_same_images_out_of_the_layers(keras):
    images = noise(8)
    one, again, other = (front(keras, s)(images, training=True) for s in (17, 17, 18))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def matrices_seen(transform, count=400):
    """Read off what a transformation does: of images that show their own columns and rows.

    Returns:
        (linear, offset) about the centre: arrays of shape (count, 2, 2) and (count, 2).
    """
    row, column = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    picture = np.stack([column, row, np.zeros_like(row)], axis=-1)
    near = slice(SIDE // 2 - 4, SIDE // 2 + 4)  # far from the edges, where they are straight
    shown = transform(np.tile(picture, (count, 1, 1, 1)))[:, near, near, :2]
    middle = (SIDE - 1) / 2
    points = picture[near, near, :2].reshape(-1, 2) - middle
    known = np.column_stack([points, np.ones(len(points))])
    found = [np.linalg.lstsq(known, image.reshape(-1, 2) - middle)[0].T for image in shown]
    return np.array(found)[:, :, :2], np.array(found)[:, :, 2]


def test_the_layers_have_the_generators_ranges(keras):
    network = front(keras, 17)
    of_layers = matrices_seen(lambda images: np.asarray(network(images, training=True)))
    of_generator = matrices_seen(lambda images: transform_batch(images, drawn(len(images))))
    for name, reach in {"turn": 20, "zoom_x": 0.15, "zoom_y": 0.15, "shift": 0.2 * SIDE}.items():
        ours, theirs = (described(*seen)[name] for seen in (of_layers, of_generator))
        assert 0.97 * reach < np.abs(ours).max() < 1.001 * reach, name
        assert ks_2samp(ours, theirs).pvalue > 0.001, name
    assert 0.4 < described(*of_layers)["flip"].mean() < 0.6


def described(linear, offset):
    """Name what a matrix does. A shear by 0.15 degrees is too small to matter to the others."""
    flip = linear[:, 0, 0] < 0
    turn = np.arctan2(-linear[:, 0, 1], linear[:, 1, 1])
    towards_x = np.column_stack([np.cos(turn), np.sin(turn)])  # undoes the turn of the shift
    return {
        "flip": flip,
        "turn": np.rad2deg(np.arctan2(linear[:, 1, 0], linear[:, 0, 0]) - np.pi * flip),
        "zoom_x": np.hypot(linear[:, 0, 0], linear[:, 1, 0]) - 1,
        "zoom_y": np.hypot(linear[:, 0, 1], linear[:, 1, 1]) - 1,
        "shift": (offset * towards_x).sum(axis=1),
    }


def test_the_layers_draw_each_parameter_for_itself(keras):
    network = front(keras, 17)
    seen = described(*matrices_seen(lambda images: np.asarray(network(images, training=True))))
    together = np.corrcoef(np.array([values.astype(float) for values in seen.values()]))
    assert np.abs(together - np.eye(len(seen))).max() < 0.25
