"""What compile takes, and what it settles."""

from . import watched
from .watched import data


def first_example(keras):
    model = watched.network(
        keras, optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"]
    )
    return sorted(model.fit(*data(), verbose=0).history)


def second_example(keras):
    model = watched.network(
        keras,
        optimizer=keras.optimizers.RMSprop(0.01),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=[keras.metrics.CategoricalAccuracy()],
    )
    return sorted(model.fit(*data(), verbose=0).history)


def by_position_as_in_2019(keras):
    model = watched.network(keras)
    model.compile("adam", "mse", ["mae"])
    return sorted(model.fit(*data(), verbose=0).history)


def sample_weight_mode(keras):
    return _compiles(keras, sample_weight_mode=None)


def target_tensors(keras):
    return _compiles(keras, target_tensors=None)


def distribute(keras):
    return _compiles(keras, distribute=None)


def metrics_by_name(keras):
    model = watched.network(keras, metrics=["accuracy"])
    history = model.fit(*data(), verbose=0).history
    return {"metrics_names": list(model.metrics_names), "history": sorted(history)}


def metrics_by_short_name(keras):
    model = watched.network(keras, metrics=["acc"])
    return sorted(model.fit(*data(), verbose=0).history)


def lr(keras):
    return float(keras.optimizers.SGD(lr=0.5).learning_rate)


def decay(keras):
    """The learning rate before and after two updates with decay=1."""
    optimizer = keras.optimizers.SGD(learning_rate=0.5, decay=1.0)
    model = watched.network(keras, optimizer=optimizer)
    model.train_on_batch(*data())
    model.train_on_batch(*data())
    return float(optimizer.learning_rate)


def recompiling_begins_the_optimizer_anew(keras):
    model = watched.network(keras)
    model.fit(*data(), batch_size=2, verbose=0)
    before = int(model.optimizer.iterations.numpy())
    weights = model.get_weights()[0].tolist()
    model.compile("sgd", "categorical_crossentropy")
    return [
        before,
        int(model.optimizer.iterations.numpy()),
        weights == model.get_weights()[0].tolist(),
    ]


def _compiles(keras, **settings):
    watched.network(keras, **settings)
    return "compiled"
