"""The judge of train_within: is a file trained on that is twice as large as the memory allowed?

It looks at what happened, never at the text: at each training step, which images the step was
given, and what Python and NumPy held until then (tracemalloc, exact and with its own highest mark).
Pages of a memory-mapped file are not counted there, since the system can take them back; nor are
TensorFlow's own tensors, but it makes them of arrays by way of a copy, which is counted.
"""

import gc
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np

from kfit_teach.common.measuring.memory import MIB
from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say, say_counted
from kfit_teach.worker.judging.learners_code import NotYet, define, run

NAME = "train_within"
PARAMETERS = ("model", "file", "labels", "batch_size")
CLASSES, SIDE = 17, 64
IMAGES, BATCH_SIZE = 1373, 24  # the last batch is smaller
BUDGET_MIB = 8
FILE_MIB = IMAGES * SIDE * SIDE * 3 / MIB  # as uint8
POOL = 8
PATTERNS = 97  # so many images are unlike each other but for their number


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the train_within of a learner's cell with keras or tf_keras."""
    try:
        train_within = define(source, NAME, PARAMETERS)
        with tempfile.TemporaryDirectory() as folder:
            seen = _try(keras, train_within, Path(folder) / "images.npy", source)
    except NotYet as answer:
        return Judged(passed=False, sentence=str(answer), details=answer.details)
    sentence = say(
        "All {images} images were trained on, each once, and Python and NumPy held {mib:.1f} MiB "
        "at the most; the file has {file:.0f} MiB, the budget was {budget} MiB.",
        images=IMAGES, mib=seen.most_held_mib, file=FILE_MIB, budget=BUDGET_MIB,
    )  # fmt: skip
    return Judged(passed=True, sentence=sentence)


@dataclass
class Seen:
    """What was seen of one call."""

    batches: list[np.ndarray] = field(default_factory=list)  # numbers of the images of each step
    before_mib: float | None = None  # the most that was held before the first step
    at_first_mib: float = 0.0  # what was held when the first step began
    most_held_mib: float = 0.0
    weighed: bool = False
    weights: list[np.ndarray] = field(default_factory=list)  # as the last step left them


def _try(keras: ModuleType, train_within: Callable, file: Path, source: str) -> Seen:
    """Call train_within once; raise NotYet where it does not do what was asked."""
    patterns = _patterns()
    labels = np.eye(CLASSES, dtype=np.float32)[np.arange(IMAGES) % CLASSES]
    _write(file, patterns)
    seen = Seen()
    model = _model(keras, seen, lambda data: _note_step(keras, data, seen, patterns, labels))
    seen.weights = model.get_weights()
    gc.collect()
    tracemalloc.start()
    try:
        run(lambda: train_within(model, file, labels.copy(), BATCH_SIZE), NAME, source)
        _note_memory(seen)
    finally:
        tracemalloc.stop()
    _look_at_memory(seen)
    _look_at_images(seen)
    _look_at_weights(model, seen)
    return seen


# The images, and the network that tells what it is given


def _patterns() -> np.ndarray:
    random = np.random.default_rng(17)
    patterns = random.integers(0, 256, (PATTERNS, SIDE, SIDE, 3), np.uint8)
    patterns[:, -1, -1] = 255  # so that every image shows how it was scaled
    return patterns


def _images(numbers: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Make images by their numbers, which stand in the first pixel, as uint8."""
    images = patterns[numbers % PATTERNS]
    images[:, 0, 0] = np.stack([numbers // 256, numbers % 256, 0 * numbers], axis=1)
    return images


def _write(file: Path, patterns: np.ndarray) -> None:
    """Write all images, part by part."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (IMAGES, SIDE, SIDE, 3)}
    with file.open("wb") as opened:
        np.lib.format.write_array_header_1_0(opened, header)
        for start in range(0, IMAGES, 128):
            numbers = np.arange(start, min(start + 128, IMAGES))
            opened.write(_images(numbers, patterns).tobytes())


def _model(keras: ModuleType, seen: Seen, watch: Callable):
    """Build a small network; it runs eagerly, so that each step can be watched.

    Its step is written in NumPy: with Keras's own, run eagerly, a check took five times as long.
    """

    class Watched(keras.Sequential):
        def train_step(self, data):
            _look_at_weights(self, seen)
            watch(data)
            self.set_weights(_after_a_step(self.get_weights(), *_pair_in(keras, data)))
            seen.weights = self.get_weights()
            return {"loss": 0.0}

    keras.utils.set_random_seed(17)
    model = Watched(
        [
            keras.Input((SIDE, SIDE, 3)),
            keras.layers.AveragePooling2D(POOL),
            keras.layers.Flatten(),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", run_eagerly=True)
    return model


def _pair_in(keras: ModuleType, data) -> tuple[np.ndarray, np.ndarray]:
    images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
    return np.asarray(images), np.asarray(labels)


def _after_a_step(weights: list[np.ndarray], images, labels) -> list[np.ndarray]:
    """Give kernel and bias after one step of gradient descent on softmax and cross-entropy."""
    kernel, bias = weights
    pooled = images.reshape(len(images), SIDE // POOL, POOL, SIDE // POOL, POOL, 3).mean((2, 4))
    pooled = pooled.reshape(len(images), -1)
    scores = np.exp(pooled @ kernel + bias)
    error = (scores / scores.sum(1, keepdims=True) - labels) / len(images)
    return [kernel - 0.1 * pooled.T @ error, bias - 0.1 * error.sum(0)]


# What is noted at each step


def _note_memory(seen: Seen) -> float:
    """Take the highest mark in, and give what is held now, in MiB."""
    held, most = (held / MIB for held in tracemalloc.get_traced_memory())
    seen.most_held_mib = max(seen.most_held_mib, most)
    return held


def _note_step(keras: ModuleType, data, seen: Seen, patterns: np.ndarray, labels) -> None:
    """Note what is held and which images come; what this takes itself does not count."""
    held_mib = _note_memory(seen)
    if seen.before_mib is None:
        seen.before_mib, seen.at_first_mib = seen.most_held_mib, held_mib
        _look_at_memory(seen)
    images, given_labels = _pair_in(keras, data)
    numbers = _numbers_of(images, patterns)
    if not np.array_equal(given_labels, labels[numbers]):
        raise NotYet(say("Images came with labels of other images: cut both at the same places."))
    seen.batches.append(numbers)
    seen.weighed = seen.weighed or keras.utils.unpack_x_y_sample_weight(data)[2] is not None
    if sum(map(len, seen.batches)) > 2 * IMAGES:
        raise NotYet(say(
            "More than {images} images were trained on, and the file has {all}: does your loop, "
            "or your generator, end where the file ends?", images=2 * IMAGES, all=IMAGES,
        ))  # fmt: skip
    tracemalloc.reset_peak()


def _numbers_of(given: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Tell which images a step was given; NotYet where they are not from 0 to 1, or altered."""
    if given.ndim != 4:
        raise NotYet(say("A step was given an array of shape {shape}, but it takes batches of "
                         "images: (images, {side}, {side}, 3).", shape=given.shape,
                         side=SIDE))  # fmt: skip
    if given.max() > 1:
        raise NotYet(say(
            "The images came as they lie in the file, from 0 to {most:.0f}; the network is to be "
            "given numbers from 0 to 1.", most=given.max()))  # fmt: skip
    if abs(given[:, -1, -1] - 1).max() > 1e-4:
        raise NotYet(say("The brightest pixel is 255 in the file and came as {most:.4f}: it is to "
                         "be 1.", most=given[:, -1, -1].max()))  # fmt: skip
    as_stored = np.rint(given * 255).astype(np.int64)
    numbers = as_stored[:, 0, 0, 0] * 256 + as_stored[:, 0, 0, 1]
    if numbers.max() >= IMAGES or not np.array_equal(as_stored, _images(numbers, patterns)):
        raise NotYet(say("A step was given images that are not in the file: hand them on as they "
                         "are, but for their scale."))  # fmt: skip
    return numbers


# What is said of it


def _look_at_memory(seen: Seen) -> None:
    """Say how more was held than allowed: before the first step, or more with each."""
    most, told = seen.most_held_mib, {"budget": BUDGET_MIB, "mib": seen.most_held_mib}
    if most <= BUDGET_MIB:
        return
    if seen.before_mib is None or seen.before_mib <= BUDGET_MIB:
        raise NotYet(say(
            "Memory rose while you trained, to {mib:.0f} MiB, and the budget is {budget} MiB: what "
            "keeps batches that were trained on already?", **told))  # fmt: skip
    times = most / FILE_MIB
    if seen.at_first_mib <= BUDGET_MIB:
        raise NotYet(say(
            "Before the first step, {mib:.0f} MiB were held for a moment, and let go again; the "
            "budget is {budget} MiB. Something copied all images at once: what was it given?",
            **told))  # fmt: skip
    if times < 2.5:
        raise NotYet(say(
            "{mib:.0f} MiB were held before the first step, and the budget is {budget} MiB. The "
            "file has {file:.0f}: which line reads all of it?", file=FILE_MIB, **told))  # fmt: skip
    raise NotYet(say(
        "{mib:.0f} MiB were held before the first step, {times:.0f} times the file, and the budget "
        "is {budget} MiB: which line makes all images larger at once?", times=times,
        **told))  # fmt: skip


def _look_at_images(seen: Seen) -> None:
    """Say which images were trained on too seldom or too often, or in what other batches."""
    if not seen.batches:
        raise NotYet(say("train_within came back without a single step of training."))
    times_seen = np.bincount(np.concatenate(seen.batches), minlength=IMAGES)
    never, often = int((times_seen == 0).sum()), int((times_seen > 1).sum())
    if never and not often and times_seen[:-never].all():
        raise NotYet(say_counted(
            "The last image of the file was never trained on: a last batch may be smaller.",
            "The last {number} images of the file were never trained on: a last batch may be "
            "smaller.", never))  # fmt: skip
    if never:
        raise NotYet(say_counted(
            "{number} of {images} images was never trained on, and {often} more than once.",
            "{number} of {images} images were never trained on, and {often} more than once.",
            never, images=IMAGES, often=often))  # fmt: skip
    if often:
        raise NotYet(say_counted(
            "{number} image was trained on more than once: one epoch sees each once.",
            "{number} images were trained on more than once: one epoch sees each once.",
            often))  # fmt: skip
    sizes = sorted({len(batch) for batch in seen.batches}, reverse=True)
    if len(seen.batches) != -(-IMAGES // BATCH_SIZE):
        raise NotYet(say(
            "The largest batch held {largest} images, and there were {steps} steps, but batch_size "
            "is {batch_size}.", largest=sizes[0], steps=len(seen.batches),
            batch_size=BATCH_SIZE))  # fmt: skip


def _look_at_weights(model, seen: Seen) -> None:
    """Say whether something beside the training steps set the weights, or weighed the images."""
    pairs = zip(model.get_weights(), seen.weights, strict=True)
    if not all(np.array_equal(now, after_step) for now, after_step in pairs):
        raise NotYet(say("Something beside the training steps changed the weights: leave them to "
                         "the steps."))  # fmt: skip
    if seen.weighed:
        raise NotYet(say("The steps were told to weigh images or classes: let each image count "
                         "alike."))  # fmt: skip
