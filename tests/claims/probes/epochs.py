"""What an epoch is: which batches it holds, in which order, and when it ends."""

import contextlib

import numpy as np

from . import watched
from .watched import BATCH, IMAGES, shown


class Enough(Exception):
    """Raised to end a training that would not end."""


def arrays_are_cut_into_batches_and_the_last_is_smaller(keras):
    return shown(keras, *watched.data(), batch_size=BATCH, epochs=2).sizes


def batches_of_arrays_by_default(keras):
    images, labels = watched.data()
    return shown(keras, np.repeat(images, 4, 0), np.repeat(labels, 4, 0)).sizes


def steps_too_few_for_arrays(keras):
    return shown(keras, *watched.data(), batch_size=BATCH, steps_per_epoch=2, epochs=4).counts


def steps_too_few_for_a_py_dataset(keras):
    return shown(keras, watched.py_dataset(keras), steps_per_epoch=2, epochs=4).counts


def steps_too_few_for_flow(keras):
    return shown(keras, _flow(keras), steps_per_epoch=IMAGES // BATCH, epochs=4).counts


def steps_too_few_for_tf_data(keras):
    return shown(keras, watched.tf_data(), steps_per_epoch=2, epochs=4).counts


def steps_too_few_for_a_generator_without_end(keras):
    return shown(keras, watched.without_end(), steps_per_epoch=2, epochs=3).trained


def no_steps_for_flow(keras):
    return shown(keras, _flow(keras), epochs=3).counts


def no_steps_for_a_generator_that_ends(keras):
    return shown(keras, watched.batches(), epochs=4).trained


def no_steps_for_a_generator_without_end(keras):
    ends = []

    def stop(batch, logs):
        if batch == 20:
            raise Enough

    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=stop, on_epoch_end=lambda epoch, logs: ends.append(epoch)
    )
    with contextlib.suppress(Enough):
        shown(keras, watched.without_end(), epochs=2, callbacks=[watch])
    return ends


def steps_beyond_the_data(keras):
    return shown(keras, watched.tf_data(), steps_per_epoch=5, epochs=1).counts


def steps_and_no_batch_size(keras):
    return shown(keras, *watched.data(), steps_per_epoch=5).sizes


def batch_size_with_a_generator(keras):
    return shown(keras, watched.batches(), batch_size=2).sizes


def order_of_arrays_after_a_seed(keras):
    return shown(keras, *watched.data(), epochs=3).orders


def order_of_arrays_without_a_seed(keras):
    return shown(keras, *watched.data(), epochs=3, seed=None).orders


def order_of_arrays_from_the_same_seed(keras):
    return [shown(keras, *watched.data()).orders[0] for _ in range(2)]


def order_of_a_py_dataset(keras):
    return shown(keras, watched.py_dataset(keras), epochs=3).trained


def order_of_a_generator(keras):
    return shown(keras, watched.batches(), shuffle=True).orders


def order_of_tf_data(keras):
    return shown(keras, watched.tf_data(), shuffle=True).orders


def asked_of_a_py_dataset(keras):
    source = watched.py_dataset(keras)
    begins = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: source.asked.append("begin"))
    shown(keras, source, shuffle=False, epochs=2, callbacks=[begins])
    return source.asked


def initial_epoch(keras):
    seen = []
    watch = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(epoch))
    shown(keras, *watched.data(), initial_epoch=3, epochs=5, callbacks=[watch])
    return seen


def a_callback_can_end_training(keras):
    class StopAfterOne(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    return len(shown(keras, *watched.data(), epochs=5, callbacks=[StopAfterOne()]).trained)


def images_of_an_epoch_with_augmentation(keras):
    return [sum(map(len, epoch)) for epoch in
            shown(keras, _flow(keras, rotation_range=20), epochs=2).trained]  # fmt: skip


def _flow(keras, **settings):
    from .images import generator_class

    return generator_class(keras)(**settings).flow(*watched.data((8, 8, 1)), batch_size=BATCH)
