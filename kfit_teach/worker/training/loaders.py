"""Where batches come from. Every loader gives the same images in the same order.

So the training functions do the same work, whichever loader feeds them. Labels are one-hot; a last
column carries the image's number, which the recorder takes off again inside the training step (see
recorder.py).
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from types import ModuleType

import numpy as np
import tensorflow as tf

from kfit_teach.common.experiment import Experiment, TrainingSettings
from kfit_teach.common.flowers import Flowers, forms, store
from kfit_teach.common.flowers.manifest import CLASS_NAMES, PART_SIZES
from kfit_teach.common.loaders import LOADERS, HandsOver
from kfit_teach.worker.training import augmentation

# Times this, not over 255: a Rescaling layer multiplies, and all loaders must agree bit for bit.
ONE_OF_255 = np.float32(1 / 255)
Batch = tuple[np.ndarray, np.ndarray]  # images, labels


@dataclass
class Source:
    """What a loader hands over to a training function.

    Args:
        value: (images, labels), an endless iterator, a PyDataset or Sequence, or a tf.data.Dataset.
        spans: fills with (start, end) of each batch made, in seconds of the monotonic clock.
    """

    hands_over: HandsOver
    value: object
    spans: list[tuple[float, float]]


def open_source(keras: ModuleType, flowers: Flowers, experiment: Experiment) -> Source:
    """Open the loader that the experiment names; those without a line here read batch by batch."""
    loader, spans = LOADERS[experiment.loader], []
    openers = {
        "arrays": lambda: load_arrays(flowers, experiment),
        "uint8_arrays": lambda: (flowers.images, numbered_labels(flowers)),
        "tf_data": lambda: dataset_over(flowers.images, numbered_labels(flowers), experiment),
        "flow": lambda: clocked_flow(keras, *load_arrays(flowers, experiment), experiment, spans),
        "csv_tutorial": lambda: clocked(batches_of_tutorial(flowers, experiment), spans),
    }
    if experiment.loader in openers:
        value = openers[experiment.loader]()
    else:
        maker = BatchMaker(keras, flowers, experiment, spans)
        value = maker.sequence(keras) if loader.hands_over == "sequence" else maker.endless()
    return Source(loader.hands_over, value, spans)


def batches_by_hand(source: Source, settings: TrainingSettings) -> Iterator[Batch]:
    """Draw batches from whatever a loader handed over, one by one and without end."""
    if source.hands_over == "batches":
        yield from source.value
    for epoch in count():
        if source.hands_over == "arrays":
            images, labels = source.value
            for places in batches_of_places(len(images), settings, epoch):
                yield images[places], labels[places]
        elif source.hands_over == "sequence":
            if hasattr(source.value, "on_epoch_begin"):
                source.value.on_epoch_begin()
            for step in range(len(source.value)):
                yield source.value[step]
            source.value.on_epoch_end()
        else:
            yield from source.value


def load_arrays(flowers: Flowers, settings: TrainingSettings) -> Batch:
    """Read every image into memory: float32 of shape (N, size, size, 3) from 0 to 1; labels."""
    side = settings.image_size
    images = np.empty((len(flowers), side, side, 3), np.float32)
    for start in range(0, len(flowers), settings.batch_size):
        places = np.arange(start, min(start + settings.batch_size, len(flowers)))
        images[places] = scaled(flowers.read(places))
    return images, numbered_labels(flowers)


def dataset_over(
    images: np.ndarray, labels: np.ndarray, settings: TrainingSettings
) -> tf.data.Dataset:
    """Let TensorFlow's own threads scale uint8 images and hold batches ready, for one epoch."""
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    if settings.shuffle:
        dataset = dataset.shuffle(len(images), seed=settings.seed)
    dataset = dataset.batch(settings.batch_size).map(_scaled_in_tensorflow, num_parallel_calls=2)
    # fit waits at an epoch's end for tf.data's autotuning, up to a second (docs/measuring.md).
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.prefetch(2).with_options(options)


def _scaled_in_tensorflow(images, labels):
    return tf.cast(images, tf.float32) * ONE_OF_255, labels


def batches_of_tutorial(flowers: Flowers, settings: TrainingSettings) -> Iterator[Batch]:
    """Read the text file as the tutorial of 2018 does, without end.

    Its reader knows no epochs: where the file ends in the middle of a batch, it fills the batch
    from the beginning of the file.
    """
    file, labels = forms.form_path("csv", settings), numbered_labels(flowers)
    images_in_file = PART_SIZES[settings.part]
    start = 0
    for images, _ in forms.csv_batches_as_published(file, settings.batch_size, settings.image_size):
        places = (start + np.arange(settings.batch_size)) % images_in_file
        start += settings.batch_size
        yield scaled(images), labels[places]


def clocked_flow(keras: ModuleType, images, labels, settings: TrainingSettings, spans: list):
    """Open ImageDataGenerator.flow, which augments if asked, and note how long each batch took."""
    generator = augmentation.image_data_generator(keras)
    if settings.augment != "generator":
        generator = type(generator)()
    flow = generator.flow(
        images, labels, settings.batch_size, shuffle=settings.shuffle, seed=settings.seed
    )
    if hasattr(flow, "workers"):  # in tf_keras they are arguments of fit
        for name, value in settings.queue.items():
            setattr(flow, name, value)
    # Both libraries ask a flow for its batches by their number, as any sequence.
    plain = type(flow)
    draw = clocked_function(plain.__getitem__, spans)
    flow.__class__ = type("ClockedFlow", (plain,), {"__getitem__": draw})
    return flow


class BatchMaker:
    """Makes any batch of any epoch by reading its images; the loaders that read as they go.

    The loader says what is read: the stored images, a text file, a memory map or a folder.
    """

    def __init__(self, keras: ModuleType, flowers: Flowers, experiment: Experiment, spans: list):
        self.settings = experiment
        self.labels = numbered_labels(flowers)
        self.read = _reader(flowers, experiment)
        self.augment = _augmenter(keras, experiment)
        self.make = clocked_function(self._make, spans)

    def _make(self, epoch, step):
        """Make one batch; augmentation depends on nothing but the seed, the epoch and the step."""
        size = self.settings.batch_size
        places = places_of_epoch(len(self.labels), self.settings.seed, self.settings.shuffle, epoch)
        places = places[step * size : (step + 1) * size]
        images = self.read(places)
        if self.augment:
            random = np.random.default_rng((self.settings.seed, epoch, step))
            images = self.augment(images, random)
        return images, self.labels[places]

    def endless(self):
        """Yield batch after batch, epoch after epoch."""
        for epoch in count():
            for step in range(self.settings.steps_per_epoch):
                yield self.make(epoch, step)

    def sequence(self, keras):
        """Give the same batches as the given library's PyDataset or Sequence."""
        if hasattr(keras.utils, "PyDataset"):
            base = (_Sequence, keras.utils.PyDataset)
            return type("Batches", base, {})(self, **self.settings.queue)
        return type("Batches", (_Sequence, keras.utils.Sequence), {})(self)


class _Sequence:
    """Any batch of the epoch by its number."""

    def __init__(self, maker, **queue):
        super().__init__(**queue)
        self.maker, self.epoch = maker, 0
        # tf_keras has no on_epoch_begin, and needs none.
        self.has_begun = not hasattr(super(), "on_epoch_begin")

    def __len__(self):
        return self.maker.settings.steps_per_epoch

    def __getitem__(self, step):
        return self.maker.make(self.epoch, step)

    def on_epoch_begin(self):
        """Note that training has begun: keras calls on_epoch_end once before the first epoch."""
        self.has_begun = True

    def on_epoch_end(self):
        """Count the epochs; tf_keras's queue may call this too, from a thread of its own."""
        if self.has_begun and threading.current_thread() is threading.main_thread():
            self.epoch += 1


def _reader(flowers: Flowers, settings: Experiment) -> Callable[[np.ndarray], np.ndarray]:
    """Choose what reads: a function of places (int array) that gives float32 images."""
    form = LOADERS[settings.loader].form
    if form is None:
        return lambda places: scaled(flowers.read(places))
    file = forms.form_path(form, settings)
    if form == "folder":
        folder = forms.FolderReader(file, settings)
        return lambda places: scaled(folder.read(flowers.numbers[places]))
    images_in_file = PART_SIZES[settings.part]
    if form == "csv":
        text = forms.CsvReader(file, settings.image_size)
        return lambda places: scaled(text.read(places % images_in_file)[0])
    mapped = store.open_store(file)
    return lambda places: store.read_rows(mapped, places % images_in_file)


def _augmenter(keras: ModuleType, settings: Experiment) -> Callable | None:
    """Choose what the loader does to its images: a function of images and a random generator."""
    if settings.augment not in ("loader", "fused"):
        return None
    generator = augmentation.image_data_generator(keras)

    def augment(images, random):
        drawn = augmentation.draw_parameters(random, len(images), settings.image_size)
        if settings.augment == "fused":
            return augmentation.transform_batch(images, drawn)
        return augmentation.transform_one_by_one(generator, images, drawn)

    return augment


def clocked(batches: Iterator[Batch], spans: list) -> Iterator[Batch]:
    """Note how long each batch of an iterator took."""
    draw = clocked_function(batches.__next__, spans)
    while True:
        yield draw()


def clocked_function(function: Callable, spans: list) -> Callable:
    """Note the start and the end of each call, in seconds of the monotonic clock."""

    def with_clock(*arguments):
        start = time.monotonic()
        made = function(*arguments)
        spans.append((start, time.monotonic()))
        return made

    return with_clock


def numbered_labels(flowers: Flowers) -> np.ndarray:
    """Give labels, float32 of shape (N, 18): one-hot of 17 classes, then the image's number."""
    one_hot = np.eye(len(CLASS_NAMES), dtype=np.float32)[flowers.labels]
    return np.column_stack([one_hot, flowers.numbers.astype(np.float32)])


def scaled(images: np.ndarray) -> np.ndarray:
    """Scale uint8 images to float32 from 0 to 1."""
    return images.astype(np.float32) * ONE_OF_255


@lru_cache(maxsize=2)
def places_of_epoch(number_of_images: int, seed: int, shuffle: bool, epoch: int) -> np.ndarray:
    """Give the order of one epoch: int array of shape (N,), as it is or shuffled anew."""
    if not shuffle:
        return np.arange(number_of_images)
    return np.random.default_rng((seed, epoch)).permutation(number_of_images)


def batches_of_places(
    number_of_images: int, settings: TrainingSettings, epoch: int
) -> Iterator[slice | np.ndarray]:
    """Cut one epoch's order into batches; the last may be smaller.

    Unshuffled ones are slices of the arrays, since that copies nothing.
    """
    for start in range(0, number_of_images, settings.batch_size):
        batch = slice(start, start + settings.batch_size)
        if settings.shuffle:
            yield places_of_epoch(number_of_images, settings.seed, True, epoch)[batch]
        else:
            yield batch
