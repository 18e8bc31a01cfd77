"""Runs all that the advice says for one library, in this process, and writes down what came of it.

Words of the command line: the library, and the file for the findings (JSON).
"""

import contextlib
import inspect
import json
import logging
import sys
import tempfile
import warnings
from importlib import import_module
from itertools import product
from pathlib import Path

import numpy as np

from kfit_teach.front.plain_code.advice import DATA_ANSWERS, LOOP_ANSWERS, recommend


def main(library, file):
    keras, tf = import_module(library), import_module("tensorflow")
    processor = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(processor, two)
    with noting_first_weights(keras) as first_weights:
        runs = {
            f"{data} {loop}": run(recommend(data, loop, library).code, first_weights)
            for data, loop in product(DATA_ANSWERS, LOOP_ANSWERS)
        }
    Path(file).write_text(json.dumps({"runs": runs, "claims": claims(keras, tf)}))


@contextlib.contextmanager
def noting_first_weights(keras):
    """Note each model's weights when it is compiled."""
    noted, compile_model = [], keras.Model.compile

    def noting(model, *arguments, **options):
        compile_model(model, *arguments, **options)
        noted.append([weight.copy() for weight in model.get_weights()])

    keras.Model.compile = noting
    yield noted
    keras.Model.compile = compile_model


def run(code, first_weights):
    """Run a script as if it were pasted."""
    pasted, logged = {}, []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: logged.append(record.getMessage())
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl")]
    for logger in loggers:
        logger.addHandler(handler)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(code, pasted)
    for logger in loggers:
        logger.removeHandler(handler)
    pairs = zip(first_weights[-1], pasted["model"].get_weights(), strict=True)
    history = pasted.get("history")
    return {
        "losses": history.history["loss"] if history else [float(pasted["loss"])],
        "changed": all(not np.array_equal(*pair) for pair in pairs),
        "weights_are_finite": all(np.isfinite(w).all() for w in pasted["model"].get_weights()),
        "replicas": pasted["strategy"].num_replicas_in_sync if "strategy" in pasted else 1,
        "warnings": [*logged, *(str(one.message) for one in caught)],
    }


# What is said beside the code


def claims(keras, tf):
    """Try what the advice tells to mind."""
    return {
        "has fit_generator": hasattr(keras.Model, "fit_generator"),
        "fit has workers": "workers" in inspect.signature(keras.Model.fit).parameters,
        "batches with steps rounded down": steps_rounded_down(keras, tf),
        "batch of a replica": batch_of_a_replica(keras, tf),
        "orders of a sequence": orders_of_a_sequence(keras),
        "orders of a folder": orders_of_a_folder(keras),
        "loss of a step that notes nothing": loss_of_a_silent_step(keras),
        "loss of a call, and of the batch": loss_of_a_call(keras),
        # Last, since after this no strategy works here any more.
        "trouble of another strategy": trouble_of_another_strategy(keras, tf),
    }


def model_of(keras, kind=None, learning_rate=0.01, layers=(), pixels=4, classes=3):
    layers = [keras.Input((pixels,)), *layers, keras.layers.Dense(classes, activation="softmax")]
    model = (kind or keras.Sequential)(layers)
    optimizer = keras.optimizers.SGD(learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    return model


def data_of(count, pixels=4):
    return np.random.default_rng(0).random((count, pixels), "float32"), np.arange(count) % 3


class Counter:
    """Counts the batches of each epoch."""

    def __init__(self, keras):
        self.epochs = epochs = []

        class Callback(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                epochs.append(0)

            def on_train_batch_end(self, batch, logs=None):
                epochs[-1] += 1

        self.callback = Callback()


def steps_rounded_down(keras, tf):
    """100 images are 3 batches of 32 and one of 4."""
    batches = tf.data.Dataset.from_tensor_slices(data_of(100)).batch(32)
    counter = Counter(keras)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"steps_per_epoch": 3, "epochs": 4, "callbacks": [counter.callback]}
        model_of(keras).fit(batches, verbose=0, **options)
    return counter.epochs


def batch_of_a_replica(keras, tf):
    """How many images of 32 each of two replicas gets.

    The network has as many weights as the advice's: one process cannot have strategies that differ.
    """
    seen = []

    class Look(keras.layers.Layer):
        def call(self, x):
            tf.py_function(lambda count: seen.append(int(count)), [tf.shape(x)[0]], [])
            return x

    sizes = {}
    for function in ("fit", "train_on_batch"):
        seen.clear()
        with tf.distribute.MirroredStrategy().scope():
            model = model_of(keras, layers=[Look()], pixels=16 * 16 * 3, classes=17)
        if function == "fit":
            model.fit(*data_of(64, 16 * 16 * 3), batch_size=32, verbose=0)
        else:
            model.train_on_batch(*data_of(32, 16 * 16 * 3))
        sizes[function] = sorted(set(seen))
    return sizes


def orders_of_a_sequence(keras):
    """In which order fit asks for eight batches, in two epochs, and what one batch holds."""
    images = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            images.append([])

    class Batches(getattr(keras.utils, "PyDataset", None) or keras.utils.Sequence):
        def __len__(self):
            return 8

        def __getitem__(self, number):
            rows = np.arange(2 * number, 2 * number + 2)
            return np.repeat(rows[:, None], 4, axis=1).astype("float32"), rows % 3

    class Model(keras.Sequential):
        def train_step(self, data):
            import_module("tensorflow").py_function(
                lambda x: images[-1].append([int(one) for one in x[:, 0]]), [data[0]], []
            )
            return super().train_step(data)

    model_of(keras, Model).fit(Batches(), epochs=2, verbose=0, callbacks=[Look()])
    return images


def orders_of_a_folder(keras):
    """In which order a folder's images come, in two epochs."""
    folder = Path(tempfile.mkdtemp())
    for number in range(40):
        file = folder / f"class_{number % 2}" / f"{number}.png"
        file.parent.mkdir(exist_ok=True)
        keras.utils.save_img(file, np.full((8, 8, 3), 6 * number, "uint8"), scale=False)
    batches = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), batch_size=8)
    return [[int(value) for images, _ in batches for value in images[:, 0, 0, 0]] for _ in "ab"]


def loss_of_a_silent_step(keras):
    """The loss in History where a step returns it, but does not note it itself."""
    tf = import_module("tensorflow")

    class Model(keras.Sequential):
        def train_step(self, data):
            with tf.GradientTape() as tape:
                loss = self.compute_loss(data[0], data[1], self(data[0], training=True))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    return model_of(keras, Model).fit(*data_of(64), verbose=0).history["loss"][0]


def loss_of_a_call(keras):
    """What the second of two calls gives, and the loss of its batch; nothing is learned."""
    model, (x, y) = model_of(keras, learning_rate=0.0), data_of(64)
    model.train_on_batch(x[:32], y[:32])
    told = model.train_on_batch(x[32:], y[32:])
    return float(told), float(model.evaluate(x[32:], y[32:], verbose=0))


def trouble_of_another_strategy(keras, tf):
    """What a second strategy says to a network of another size."""
    with tf.distribute.MirroredStrategy().scope():
        model = model_of(keras)
    try:
        model.fit(*data_of(64), verbose=0)
    except tf.errors.InvalidArgumentError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
