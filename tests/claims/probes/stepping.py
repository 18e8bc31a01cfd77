"""train_on_batch: what it takes, what it gives back, how often its step is traced."""

import numpy as np

from . import watched
from .watched import CLASSES, data


def steps_after_three_calls_of_any_size(keras):
    model = watched.network(keras)
    for size in (4, 1, 7):
        model.train_on_batch(*[part[:size] for part in data()])
    return int(model.optimizer.iterations.numpy())


def returns(keras):
    """Losses that two calls return, and those of the two batches alone; nothing is learned."""
    model = watched.network(keras, optimizer=keras.optimizers.SGD(0.0), metrics=["accuracy"])
    parts = [[part[:2] for part in data()], [part[7:] for part in data()]]
    told = [float(model.train_on_batch(*part)[0]) for part in parts]
    alone = [float(model.test_on_batch(*part)[0]) for part in parts[:1]]
    fresh = watched.network(keras, optimizer=keras.optimizers.SGD(0.0), metrics=["accuracy"])
    return [told, [*alone, float(fresh.test_on_batch(*parts[1])[0])]]


def returns_by_name(keras):
    model = watched.network(keras, metrics=["accuracy"])
    return sorted(model.train_on_batch(*data(), return_dict=True))


def takes_reset_metrics(keras):
    model = watched.network(keras)
    return bool(np.isfinite(model.train_on_batch(*data(), reset_metrics=True)))


def takes_a_generator(keras):
    model = watched.network(keras)
    return bool(np.isfinite(model.train_on_batch(watched.batches())))


def takes_callbacks(keras):
    model = watched.network(keras)
    return bool(np.isfinite(model.train_on_batch(*data(), callbacks=[])))


def takes_sample_and_class_weights(keras):
    """Loss of a batch with weights over that without, nothing learned in between."""
    told = []
    for more in (
        {},
        {"sample_weight": np.full(10, 3.0)},
        {"class_weight": {0: 2.0, 1: 2.0, 2: 2.0}},
    ):
        model = watched.network(keras, optimizer=keras.optimizers.SGD(0.0))
        loss = np.ravel(model.train_on_batch(*data(), **more))[0]
        told.append(float(loss))
    return [one / told[0] for one in told[1:]]


def traces(keras):
    """How often the step has been traced after calls with 4, 2, 3, 4 and 2 images."""
    count, told = [], []

    class Traced(keras.Sequential):
        def train_step(self, data):  # Python runs it where it is traced, and only there
            count.append(1)
            return super().train_step(data)

    model = Traced([keras.layers.Dense(CLASSES, activation="softmax")])
    model.build((None, 2))
    model.compile("sgd", "categorical_crossentropy")
    for size in (4, 2, 3, 4, 2):
        model.train_on_batch(*[part[:size] for part in data()])
        told.append(len(count))
    return told


def fit_twice_is_fit_once_for_longer(keras):
    once = watched.network(keras, optimizer="adam")
    twice = watched.network(keras, optimizer="adam")
    once.fit(*data(), epochs=2, shuffle=False, verbose=0)
    twice.fit(*data(), epochs=1, shuffle=False, verbose=0)
    twice.fit(*data(), initial_epoch=1, epochs=2, shuffle=False, verbose=0)
    return _equal(once, twice)


def one_step_is_gradient_and_update(keras):
    """Do train_on_batch and a GradientTape step written out end with the same weights?"""
    import tensorflow as tf

    images, labels = data()
    theirs = watched.network(keras)
    ours = watched.network(keras)
    theirs.train_on_batch(images, labels)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            keras.losses.categorical_crossentropy(labels, ours(images, training=True))
        )
    gradients = tape.gradient(loss, ours.trainable_variables)
    ours.optimizer.apply_gradients(zip(gradients, ours.trainable_variables, strict=True))
    return bool(np.allclose(theirs.get_weights()[0], ours.get_weights()[0], atol=1e-6))


def a_train_step_of_ones_own(keras):
    """Which calls go through a train_step that was overridden?"""
    used = []

    class Own(keras.Sequential):
        def train_step(self, data):
            used.append(1)
            return super().train_step(data)

    told = {}
    for name in ("fit", "train_on_batch"):
        model = Own([keras.layers.Dense(CLASSES, activation="softmax")])
        model.compile("sgd", "categorical_crossentropy", run_eagerly=True)
        used.clear()
        getattr(model, name)(*data(), **{"verbose": 0} if name == "fit" else {})
        told[name] = bool(used)
    return told


def _equal(first, second):
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)
