"""What fit takes, and what it refuses."""

import numpy as np

from . import watched
from .watched import IMAGES, shown


def takes_a_generator(keras):
    return shown(keras, watched.batches()).counts


def takes_a_py_dataset(keras):
    return shown(keras, watched.py_dataset(keras)).counts


def takes_tf_data(keras):
    return shown(keras, watched.tf_data()).counts


def takes_batches_as_lists(keras):
    return shown(keras, (list(batch) for batch in watched.batches())).counts


def takes_nested_lists(keras):
    return shown(keras, *[part.tolist() for part in watched.data()]).counts


def takes_a_class_of_iterator(keras):
    class Iterator:
        def __init__(self):
            self.batches = watched.without_end()

        def __iter__(self):
            return self

        def __next__(self):
            return next(self.batches)

    return shown(keras, Iterator(), steps_per_epoch=3).counts


def takes_zip(keras):
    images, labels = watched.data()
    return shown(keras, zip([images], [labels], strict=True)).counts


def takes_labels_beside_a_generator(keras):
    return shown(keras, watched.batches(), watched.data()[1]).counts


def takes_weights_beside_a_generator(keras):
    return shown(keras, watched.batches(), sample_weight=np.ones(IMAGES)).counts


def takes_weights_within_a_generator(keras):
    return shown(keras, watched.batches(np.ones(IMAGES))).counts


def takes_batches_of_changing_size(keras):
    images, labels = watched.data()
    return shown(keras, ((images[:size], labels[:size]) for size in (4, 4, 3, 1))).sizes


def takes_parts_of_unequal_length(keras):
    images, labels = watched.data()
    model = watched.network(keras)
    return len(model.fit(((images[:4], labels[:3]) for _ in range(2)), verbose=0).epoch)


def takes_workers(keras):
    return shown(keras, watched.py_dataset(keras), workers=1).counts


def takes_max_queue_size(keras):
    return shown(keras, watched.py_dataset(keras), max_queue_size=2).counts


def takes_use_multiprocessing(keras):
    return shown(keras, watched.py_dataset(keras), use_multiprocessing=False).counts


def takes_any_keyword(keras):
    return shown(keras, *watched.data(), nb_epoch=2).counts


def class_weight_with_arrays(keras):
    return _loss_ratio(keras, lambda: watched.data(), {0: 3.0, 1: 3.0, 2: 3.0})


def class_weight_that_leaves_classes_out_with_arrays(keras):
    return _loss_ratio(keras, lambda: watched.data(), {0: 3.0})


def class_weight_with_a_generator(keras):
    return _loss_ratio(keras, lambda: (watched.batches(),), {0: 3.0, 1: 3.0, 2: 3.0})


def class_weight_with_a_py_dataset(keras):
    return _loss_ratio(keras, lambda: (watched.py_dataset(keras),), {0: 3.0, 1: 3.0, 2: 3.0})


def class_weight_that_leaves_classes_out_with_tf_data(keras):
    return _loss_ratio(keras, lambda: (watched.tf_data(),), {0: 3.0})


def class_weight_and_sample_weight(keras):
    return shown(
        keras, *watched.data(), class_weight={0: 1.0, 1: 1.0, 2: 1.0}, sample_weight=np.ones(IMAGES)
    ).counts


def weights_and_metrics(keras):
    model = watched.network(keras, metrics=["accuracy"], weighted_metrics=["accuracy"])
    weights = np.arange(IMAGES, dtype="float32")
    told = model.fit(*watched.data(), sample_weight=weights, shuffle=False, verbose=0).history
    return {name: values[0] for name, values in told.items()}


def _loss_ratio(keras, make, class_weight):
    """Loss of one epoch with class weights over that without, nothing learned in between."""
    losses = []
    for weights in (None, class_weight):
        model = watched.network(keras, optimizer=keras.optimizers.SGD(0.0))
        told = model.fit(*make(), class_weight=weights, verbose=0, shuffle=False)
        losses.append(told.history["loss"][0])
    return losses[1] / losses[0]
