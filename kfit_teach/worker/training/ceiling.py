"""The ceiling: the bare compiled step on ready tensors. No training function can be faster.

It is taken in the same process, right after the call, so that the run and its ceiling share the
machine's mood. It trains the model on; by then the weights have been noted.
"""

import time

import tensorflow as tf

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import Flowers
from kfit_teach.common.loaders import LOADERS
from kfit_teach.worker.training.loaders import ONE_OF_255, numbered_labels
from kfit_teach.worker.training.recorder import Notes

SHORTEST_S = 0.5
MOST_BYTES_OF_TENSORS = 2**28


class BareStep:
    """The compiled training step and a few ready batches, to be clocked as often as wanted.

    Args:
        model: compiled model, its notes attached.
        notes: of the recorder; they are rewound, since their room is that of one run.
    """

    def __init__(self, model, notes: Notes, flowers: Flowers, settings: Experiment):
        self._notes = notes
        self._batches = _ready_batches(flowers, settings)
        compiled = {"reduce_retracing": True, "jit_compile": getattr(model, "jit_compile", None)}
        self._step = tf.function(model.train_step, **compiled)
        self._pass()  # traces the step, for both batch shapes

    def clock(self) -> tuple[float, float]:
        """Pass over the ready batches for half a second or more; give images/s, ms per step."""
        images = steps = 0
        start = time.monotonic()
        while time.monotonic() - start < SHORTEST_S:
            self._pass()
            steps += len(self._batches)
            images += sum(len(labels) for _, labels in self._batches)
        wall = time.monotonic() - start
        return images / wall, 1000 * wall / steps

    def _pass(self) -> None:
        """Train once on every ready batch, and wait for the device to have done it."""
        self._notes.rewind()
        for batch in self._batches:
            logs = self._step(batch)
        [value.numpy() for value in tf.nest.flatten(logs)]


def _ready_batches(flowers: Flowers, settings: Experiment) -> list[tuple]:
    """Make the batches of one epoch into tensors, or as many as the memory for them allows."""
    size = settings.batch_size
    most = max(1, MOST_BYTES_OF_TENSORS // (size * settings.image_size**2 * 3 * 4))
    labels = numbered_labels(flowers)
    batches = []
    for start in range(0, len(flowers), size)[:most]:
        places = range(start, min(start + size, len(flowers)))
        images = tf.constant(flowers.read(places))
        if not LOADERS[settings.loader].gives_uint8:
            images = tf.cast(images, tf.float32) * ONE_OF_255
        batches.append((images, tf.constant(labels[start : start + size])))
    return batches
