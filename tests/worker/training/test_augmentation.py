import random
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from kfit_teach.common.experiment import LIBRARIES
from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.worker.training import augmentation
from kfit_teach.worker.training.augmentation import (
    Parameters,
    augmentation_layers,
    draw_parameters,
    image_data_generator,
    transform_batch,
    transform_one_by_one,
)
from kfit_teach.worker.training.libraries import load_library

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
    images, labels = noise(12, 16), np.eye(3, dtype=np.float32)[np.arange(12) % 3]
    before = model.get_weights()
    if training_function == "fit":
        model.fit(images, labels, batch_size=8, verbose=0)
    else:
        for batch in (slice(0, 8), slice(8, 12)):
            model.train_on_batch(images[batch], labels[batch])
    assert not np.array_equal(model.get_weights()[0], before[0])
    assert len(before) == 2  # the layers themselves have no weights
    without = keras.Sequential([keras.Input((16, 16, 3)), *last])
    assert np.allclose(model(images, training=False), without(images), atol=1e-6)


def front(keras, seed, side=SIDE):
    return keras.Sequential([keras.Input((side, side, 3)), *augmentation_layers(keras, seed)])


def test_the_layers_change_every_image_in_training_and_none_in_inference(keras):
    images, network = noise(8), front(keras, 17)
    assert np.array_equal(network(images, training=False), images)
    first, second = (np.asarray(network(images, training=True)) for _ in range(2))
    for changed, before in [(first, images), (second, images), (second, first)]:
        assert np.abs(changed - before).mean(axis=(1, 2, 3)).min() > 0.01


def test_the_same_seed_gives_the_same_images_out_of_the_layers(keras):
    images = noise(8, 16)
    one, again, other = (front(keras, s, 16)(images, training=True) for s in (17, 17, 18))
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


@pytest.fixture(scope="module")
def done_by_layers(keras):
    network = front(keras, 17)
    return named(*matrices_seen(lambda images: np.asarray(network(images, training=True))))


def named(linear, offset):
    """Take the matrices apart again into what the generator calls its parameters."""
    flip = linear[:, 0, 0] < 0
    first, second = linear[:, :, 0] * np.where(flip, -1, 1)[:, None], linear[:, :, 1]
    theta = np.arctan2(first[:, 1], first[:, 0])
    cosine, sine = np.cos(theta), np.sin(theta)
    return {
        "theta": np.rad2deg(theta),
        "tx": cosine * offset[:, 0] + sine * offset[:, 1],
        "ty": cosine * offset[:, 1] - sine * offset[:, 0],
        "shear": np.rad2deg(np.arctan2(-second[:, 0], second[:, 1]) - theta),
        "zx": np.hypot(*first.T),
        "zy": np.hypot(*second.T),
        "flip": flip,
    }


def test_matrices_can_be_taken_apart_again():
    parameters = replace(drawn(400), shear=np.random.default_rng(18).uniform(-30, 30, 400))
    found = named(*matrices_seen(lambda images: transform_batch(images, parameters)))
    for name, values in vars(parameters).items():
        assert np.allclose(found[name], values, atol=1e-3), name


def test_the_layers_have_the_generators_ranges(keras, done_by_layers):
    wanted = {name: values.astype(float) for name, values in vars(drawn(4000)).items()}
    if not hasattr(keras.layers, "RandomShear"):
        assert np.abs(done_by_layers["shear"]).max() < 1e-3
        del wanted["shear"]
    for name, values in wanted.items():
        found = done_by_layers[name].astype(float)
        assert ks_2samp(found, values).pvalue > 0.001, name
        width = values.max() - values.min()
        assert found.min() == pytest.approx(values.min(), abs=0.03 * width), name
        assert found.max() == pytest.approx(values.max(), abs=0.03 * width), name


def test_the_layers_fill_what_comes_in_from_beyond_the_edge_as_the_generator_does(keras):
    modes = [layer.get_config().get("fill_mode") for layer in augmentation_layers(keras, 17)]
    assert set(modes[:-1]) == {"nearest"} and modes[-1] is None  # a flip leaves nothing to fill


def test_the_layers_draw_each_parameter_for_itself(done_by_layers):
    drawn_values = [values for name, values in done_by_layers.items() if name != "shear"]
    together = np.corrcoef(np.array(drawn_values, float))
    assert np.abs(together - np.eye(len(drawn_values))).max() < 0.25


def test_the_layers_soften_what_the_generator_keeps(keras):
    # Five times resampled instead of once: said in the docstring, so it is held here.
    images = noise(64)
    softened = np.asarray(front(keras, 17)(images, training=True))
    once = transform_batch(images, drawn(64))
    assert detail(softened) < 0.7 * detail(once)


def detail(images):
    """How much neighbouring pixels differ, far from the edges."""
    return np.abs(np.diff(images[:, 20:44, 20:44], axis=2)).mean()


@pytest.mark.alone
def test_a_batch_at_once_is_several_times_as_fast_as_flow(keras, generator):
    images, generated = noise(32), np.random.default_rng(17)
    flow = generator.flow(images, batch_size=32)
    ways = {
        "flow": lambda: next(flow),
        "at once": lambda: transform_batch(images, draw_parameters(generated, 32, SIDE)),
    }
    seconds = {name: [] for name in ways}
    for turn in range(21):
        for name in random.sample(list(ways), 2):
            start = time.perf_counter()
            ways[name]()
            if turn:  # the first is to warm up
                seconds[name].append(time.perf_counter() - start)
    known = ratio_interval(np.array(seconds["flow"]) / np.array(seconds["at once"]))
    told = f"{known.ratio:.1f} [{known.low:.1f}, {known.high:.1f}]"
    print(f"{keras.__name__}: a batch at once, times as fast as flow: {told}")
    assert known.ratio >= 2  # about 5 where nothing else runs (docs/measuring.md)
