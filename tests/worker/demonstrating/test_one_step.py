"""The real worker's step, held against one by GradientTape in a script that knows nothing of it."""

import json
import subprocess
import sys

import pytest

import kfit_teach as kt
from kfit_teach.common.demonstrations.one_step import POINTS_OF_A_LINE
from kfit_teach.common.progress import no_progress_bar

# Prints the updates' lengths and the loss: plain SGD is rate times slope; Adam's first step is
# rate * g / (|g| + epsilon / sqrt(1 - beta_2)) (Kingma and Ba 2015, end of section 2).
PLAIN = """
import json, sys
import numpy as np, tensorflow as tf
library, loss_name, weight = sys.argv[1], sys.argv[2], float(sys.argv[3])
keras = __import__(library)
layers = keras.layers
import kfit_teach as kt
flowers = kt.load_flowers("synthetic", image_size=16)
x = tf.constant(flowers.read(np.arange(6)).astype("float32") / 255)
y = tf.constant(np.eye(17, dtype="float32")[flowers.labels[:6]])
w = np.ones(6, "float32")
w[1] = weight
keras.utils.set_random_seed(17)
model = keras.Sequential([
    keras.Input((16, 16, 3)), layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(64, 3, padding="same", activation="relu"), layers.MaxPooling2D(4),
    layers.Flatten(), layers.Dense(17, activation="softmax")])
def loss_of():
    p = model(x, training=True)
    if loss_name == "mse":
        each = tf.reduce_mean((p - y) ** 2, axis=1)
    else:
        each = -tf.math.log(tf.reduce_sum(p * y, axis=1))
    return tf.reduce_sum(each * w) / 6
told = {}
for times in (1, 100):
    with tf.GradientTape() as tape:
        loss = loss_of() * times
    slopes = [np.asarray(g, np.float64) for g in tape.gradient(loss, model.trainable_variables)]
    length = lambda moves: float(np.sqrt(sum((m ** 2).sum() for m in moves)))
    told[f"sgd {times}"] = length([0.01 * g for g in slopes])
    told[f"adam {times}"] = length([0.01 * g / (abs(g) + 1e-7 / 0.001 ** 0.5) for g in slopes])
    if times == 1:
        told["before"] = float(loss)
        first = slopes
for variable, slope in zip(model.trainable_variables, first):
    variable.assign(variable - 0.01 * slope.astype("float32"))
told["after sgd"] = float(loss_of())
print(json.dumps(told))
"""


@pytest.mark.parametrize(("library", "loss", "weight"), [
    ("keras", "categorical_crossentropy", 100.0),
    pytest.param("tf_keras", "mse", 1.0, marks=pytest.mark.long),
])  # fmt: skip
def test_its_steps_are_those_of_a_plain_tape(library, loss, weight):
    shown = kt.demonstrate("one_step", bar=no_progress_bar, images="synthetic", image_size=16,
                           library=library, loss=loss, batch_size=6, chosen=2, weight=weight,
                           learning_rate=0.01)  # fmt: skip
    assert shown.all_done
    told = subprocess.run([sys.executable, "-c", PLAIN, library, loss, str(weight)],
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert told.returncode == 0, told.stderr
    plain = json.loads(told.stdout.splitlines()[-1])

    for optimizer in ("sgd", "adam"):
        for loss_times in (1, 100):
            size = shown.landing(optimizer, loss_times=loss_times).size
            assert size == pytest.approx(plain[f"{optimizer} {loss_times}"], rel=2e-3)
        assert shown.times_as_large(optimizer, rate_times=2) == pytest.approx(2, rel=1e-3)
    assert shown.before.loss == pytest.approx(plain["before"], rel=1e-5)
    assert shown.landing("sgd").loss == pytest.approx(plain["after sgd"], rel=1e-4)

    # The line begins where the step began, and goes through where it landed.
    line = shown.line("sgd")
    assert len(line.points) == POINTS_OF_A_LINE
    assert line.points[0][1] == pytest.approx(shown.before.loss, rel=0.02)
    below = max(point for point in line.points if point[0] <= shown.landing("sgd").size)
    above = min(point for point in line.points if point[0] > shown.landing("sgd").size)
    losses = sorted([below[1], above[1]])
    assert losses[0] - 1e-4 <= shown.landing("sgd").loss <= losses[1] + 1e-4


@pytest.mark.long
def test_a_second_size_is_traced_once():
    for library in ("keras", "tf_keras"):
        shown = kt.demonstrate("call_times", bar=no_progress_bar, images="synthetic",
                               image_size=16, library=library)  # fmt: skip
        assert shown.slow_calls() == [1, 2] and shown.new_calls() == [1, 2, 3]
