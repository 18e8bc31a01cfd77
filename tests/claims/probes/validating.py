"""What is validated, and how predict and evaluate take generators."""

import numpy as np

from . import watched
from .watched import BATCH, IMAGES, data, joined, shown

MORE, STEPS = 400, 20  # a hundred batches, of which each pass takes a fifth


def validation_split(keras):
    notes = shown(keras, *data(), validation_split=0.3, batch_size=BATCH)
    return [sorted(joined(part[0])) for part in (notes.trained, notes.validated)]


def validation_split_of_a_generator(keras):
    return shown(keras, watched.batches(), validation_split=0.3).counts


def validation_freq(keras):
    notes = shown(keras, *data(), validation_data=data(), validation_freq=[1, 3], epochs=4)
    return [bool(batches) for batches in notes.validated]


def validation_data_as_a_tuple(keras):
    notes = shown(keras, *data(), validation_data=data())
    return [sum(map(len, part[0])) for part in (notes.trained, notes.validated)]


def validation_data_as_a_list(keras):
    return len(shown(keras, *data(), validation_data=list(data())).validated[0])


def validation_data_with_weights(keras):
    weights = np.zeros(IMAGES, "float32")
    model = watched.network(keras)
    told = model.fit(*data(), validation_data=(*data(), weights), verbose=0)
    return told.history["val_loss"][0]


def validation_steps_with_arrays(keras):
    notes = shown(keras, *data(), validation_data=data(), batch_size=BATCH, validation_steps=2)
    return len(notes.validated[0])


def validation_batch_size(keras):
    notes = shown(keras, *data(), validation_data=data(), batch_size=BATCH, validation_batch_size=5)
    return [len(batch) for batch in notes.validated[0]]


def validation_by_a_generator(keras):
    """More images than the steps reach, so that going on shows, however far Keras reads ahead."""
    source = watched.without_end(MORE)
    notes = shown(keras, *data(), validation_data=source, validation_steps=STEPS, epochs=3)
    return [joined(batches) for batches in notes.validated]


def losses_of_a_frozen_network(keras):
    """Validation losses of a network that does not learn, by arrays and by a generator."""
    losses = []
    for validation, steps in ((data(), None), (watched.without_end(MORE), STEPS)):
        model = watched.network(keras, optimizer=keras.optimizers.SGD(0.0))
        told = model.fit(
            *data(), validation_data=validation, validation_steps=steps, epochs=3, verbose=0
        )
        losses.append(told.history["val_loss"])
    return losses


def predict_takes_a_generator(keras):
    return len(
        watched.network(keras).predict(((images,) for images, _ in watched.batches()), verbose=0)
    )


def predict_takes_bare_arrays_of_a_generator(keras):
    return len(
        watched.network(keras).predict((images for images, _ in watched.batches()), verbose=0)
    )


def predict_with_steps_rounded_down_and_up(keras):
    steps = (IMAGES // BATCH, -(-IMAGES // BATCH))
    return [
        len(watched.network(keras).predict(watched.without_end(), steps=one, verbose=0))
        for one in steps
    ]


def predict_twice_from_one_generator(keras):
    model, source = watched.network(keras), watched.without_end(MORE)
    first, second = (model.predict(source, steps=STEPS, verbose=0) for _ in range(2))
    return "the same" if np.array_equal(first, second) else "other"


def order_of_predictions_from_flow(keras):
    from .images import generator_class

    images, labels = data((8, 8, 1))
    keras.utils.set_random_seed(1)
    model = watched.network(keras, (8, 8, 1))
    in_order = model.predict(images, verbose=0)
    told = []
    for settings in ({}, {"shuffle": False}):
        flow = generator_class(keras)().flow(images, labels, batch_size=BATCH, **settings)
        predicted = model.predict(flow, verbose=0)
        distance = np.abs(predicted[:, None] - in_order[None]).max(axis=2)
        told.append(distance.argmin(axis=1).tolist())
    return told


def evaluate_takes_a_generator(keras):
    return watched.network(keras).evaluate(watched.batches(), verbose=0)


def logged_and_evaluated(keras):
    """Loss that an epoch logged, and the loss of the network it left, over the same images."""
    model = watched.network(keras, optimizer=keras.optimizers.SGD(0.05))
    logged = model.fit(*data(), batch_size=BATCH, verbose=0).history["loss"][0]
    return [logged, model.evaluate(*data(), verbose=0)]
