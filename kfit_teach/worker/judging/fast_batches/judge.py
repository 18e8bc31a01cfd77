"""The judge of fast_batches: the batches of slow_batches, five times as fast?

It looks at what comes out, batch by batch, from two files and twice from each; then at the time,
as a ratio of passes that take turns, so that no machine's speed is in it.
"""

import inspect
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say
from kfit_teach.worker.judging.fast_batches.slow_batches import slow_batches
from kfit_teach.worker.judging.learners_code import NotYet, define, run

NAME = "fast_batches"
PARAMETERS = ("file", "batch_size")
SIDE, CLASSES = 32, 17
TIMES_AS_FAST, PAIRS = 5, 7
MOST_BATCHES = 200
Batch = tuple[np.ndarray, np.ndarray]  # images, labels


@dataclass(frozen=True)
class Case:
    """A file of so many images, in batches of so many."""

    images: int
    batch_size: int

    def __str__(self):
        return say("with {images} images and batch_size {batch_size}", images=self.images,
                   batch_size=self.batch_size)  # fmt: skip


# A smaller last batch, and batches that come out even; the first is the one that is clocked.
CASES = (Case(100, 32), Case(24, 8))


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the fast_batches of a learner's cell."""
    try:
        fast_batches = define(source, NAME, PARAMETERS)
        with tempfile.TemporaryDirectory(prefix="kfit_teach_") as folder:
            files = [_write(Path(folder), case) for case in CASES]
            for epoch in (1, 2):
                for case, file in zip(CASES, files, strict=True):
                    _look_at_batches(fast_batches, file, case, epoch, files, source)
            ratio = _times_as_fast(fast_batches, files[0], CASES[0].batch_size, source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    if ratio < TIMES_AS_FAST:
        return Judged(passed=False, sentence=say(
            "The batches are right, and from the second epoch on you are {ratio:.1f} times as fast "
            "as slow_batches; it must be {times} times. Which work do you still do in every epoch, "
            "though its result is the same each time?", ratio=ratio, times=TIMES_AS_FAST,
        ))  # fmt: skip
    sentence = say("The same batches, {ratio:.0f} times as fast as slow_batches from the second "
                   "epoch on.", ratio=ratio)  # fmt: skip
    return Judged(passed=True, sentence=sentence)


def _write(folder: Path, case: Case) -> Path:
    """Write a text file: one line an image, its label and then its values."""
    random = np.random.default_rng(case.images)
    table = random.integers(0, 256, (case.images, 1 + SIDE * SIDE * 3))
    table[:, 0] = random.permutation(case.images) % CLASSES
    file = folder / f"{case.images}_images.csv"
    file.write_text("".join(f"{','.join(map(str, row))}\n" for row in table.tolist()))
    return file


def _look_at_batches(fast_batches, file, case, epoch, files, source) -> None:
    """Draw one epoch, and say what is wrong with it, the most telling thing first."""
    given = _drawn(fast_batches, file, case, source)
    expected = list(slow_batches(str(file), case.batch_size))
    for look in (_at_epochs, _at_kept, _at_kinds, _at_shapes, _at_values):
        sentence = look(given, expected, case, epoch)
        if sentence:
            others = [other for other in files if other != file]
            if _is_of_another_file(given, others):
                sentence = say("The batches are those of another file that fast_batches was given "
                               "before: whatever you keep, keep it for its file.")  # fmt: skip
            raise NotYet(say("{sentence} This was epoch {epoch}, {case}.", sentence=sentence,
                             epoch=epoch, case=case))  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One batch: as it was handed over, and what it held at that moment."""

    images: np.ndarray
    labels: np.ndarray
    held: np.ndarray


def _drawn(fast_batches: Callable, file: Path, case: Case, source: str) -> list[Given]:
    """Call it and draw all batches."""
    given = []

    def draw() -> None:
        batches = fast_batches(str(file), case.batch_size)
        if inspect.iscoroutine(batches):
            batches.close()
        if not hasattr(batches, "__iter__"):
            raise NotYet(say("fast_batches gave back {kind}, but batches must come out of it: "
                             "yield them, or return a list of them.",
                             kind=type(batches).__name__))  # fmt: skip
        for batch in batches:
            if len(given) == MOST_BATCHES:
                raise NotYet(say("More than {most} batches came: one call must give one epoch, and "
                                 "end where the file ends.", most=MOST_BATCHES))  # fmt: skip
            if not (isinstance(batch, tuple | list) and len(batch) == 2):
                raise NotYet(say("A batch must be a pair: images, labels."))
            images, labels = batch
            if not (isinstance(images, np.ndarray) and isinstance(labels, np.ndarray)):
                raise NotYet(say("Images and labels must be arrays of NumPy, but one was {kind}.",
                                 kind=_not_an_array(images, labels)))  # fmt: skip
            given.append(Given(images, labels, images.copy()))

    run(draw, NAME, source)
    return given


def _not_an_array(*values) -> str:
    return next(type(one).__name__ for one in values if not isinstance(one, np.ndarray))


def _is_of_another_file(given: list[Given], others: list[Path]) -> bool:
    """Tell whether images are those of a file that was not asked for."""
    if not given or given[0].held.shape[1:] != (SIDE, SIDE, 3) or not len(given[0].held):
        return False
    first_images = [next(slow_batches(str(other), 1))[0][0] for other in others]
    return any(np.allclose(given[0].held[0], image, atol=1e-3) for image in first_images)


# What may be wrong, each with a sentence or None


def _at_epochs(given, expected, case, epoch) -> str | None:
    if not given and epoch > 1:
        return say("The second epoch had no batches: it is called anew for every epoch, and each "
                   "call must begin at the first image.")  # fmt: skip
    if not given:
        return say("No batch came out of it.")
    if any(one.images.size == 0 for one in given):
        return say("A batch held no image at all: end where the file ends.")


def _at_kept(given, expected, case, epoch) -> str | None:
    if any(not np.array_equal(one.images, one.held) for one in given):
        return say("A batch changed after you had handed it over: the next one was written into "
                   "the same array. fit holds batches ready, so each needs memory of its "
                   "own.")  # fmt: skip


def _at_kinds(given, expected, case, epoch) -> str | None:
    kind = given[0].images.dtype
    if kind == np.uint8 or given[0].images.max() > 1.5:
        return say("The images reach up to {most:.0f}, where those of slow_batches lie from 0 to "
                   "1: scale them, too.", most=given[0].images.max())  # fmt: skip
    if kind != np.float32:
        return say("The images are {kind}, where those of slow_batches are float32.", kind=kind)
    if given[0].labels.ndim != 1:
        return say("The labels have the shape {shape}, where slow_batches gives one whole number "
                   "an image.", shape=given[0].labels.shape)  # fmt: skip


def _at_shapes(given, expected, case, epoch) -> str | None:
    sizes, right = [[len(one) for one in batches] for batches in (
        [each.images for each in given], [images for images, _ in expected])]  # fmt: skip
    if sizes != right:
        return _about_sizes(sizes, right, case)
    shape = given[0].images.shape[1:]
    if shape != (SIDE, SIDE, 3):
        return say("An image has the shape {shape}, where slow_batches gives (32, 32, 3).",
                   shape=shape)  # fmt: skip


def _about_sizes(sizes: list[int], right: list[int], case: Case) -> str:
    if sizes == right[:-1] and right[-1] < case.batch_size:
        return say("The last {rest} images did not come: the last batch may be smaller.",
                   rest=right[-1])  # fmt: skip
    if len(sizes) == len(right) and sum(sizes) > sum(right):
        return say("{given} images came, but the file has {images}: leave the last batch smaller.",
                   given=sum(sizes), images=case.images)  # fmt: skip
    if sum(sizes) == sum(right):
        return say("All images came, but in batches of {sizes}: batch_size is {batch_size}.",
                   sizes=", ".join(map(str, sizes[:5])), batch_size=case.batch_size)  # fmt: skip
    return say("{given} images came, but the file has {images}.", given=sum(sizes),
               images=case.images)  # fmt: skip


def _at_values(given, expected, case, epoch) -> str | None:
    images, labels = _joined([(one.held, one.labels) for one in given])
    right_images, right_labels = _joined(expected)
    if np.allclose(images, right_images, atol=1e-5):
        if np.array_equal(labels, right_labels):
            return None
        return say("The images are right, but images came with labels of others.")
    if _in_another_order(images, right_images):
        return say("All images came, but in another order than in the file.")
    return say("The images have the right shape, but other values than those of slow_batches: is "
               "each value where it was?")  # fmt: skip


def _joined(batches: list[Batch]) -> Batch:
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _in_another_order(images: np.ndarray, right: np.ndarray) -> bool:
    sums, right_sums = (np.sort(all_.astype(float).sum((1, 2, 3))) for all_ in (images, right))
    return np.allclose(sums, right_sums, atol=0.05)


def _times_as_fast(fast_batches: Callable, file: Path, batch_size: int, source: str) -> float:
    """Let both pass over the file in turns; give the median ratio of their times."""
    ratios = []

    def take_turns() -> None:
        slow, fast = (_seconds_of(batches, file, batch_size)
                      for batches in (slow_batches, fast_batches))  # fmt: skip
        ratios.append(slow / fast)

    for _ in range(PAIRS):
        run(take_turns, NAME, source)
    return statistics.median(ratios)


def _seconds_of(batches: Callable, file: Path, batch_size: int) -> float:
    """Clock one epoch; every value is read, since a memory map reads nothing before."""
    start = time.perf_counter()
    for images, _ in batches(str(file), batch_size):
        images.sum()
    return time.perf_counter() - start
