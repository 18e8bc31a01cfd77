"""The judge of csv_pydataset: does CsvBatches give any batch of the file by its number?

It is asked for its batches in an order of its own, then fit trains with it, and the training step
notes what came.
"""

import tempfile
import warnings
from collections.abc import Callable
from types import ModuleType

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import listed, say
from kfit_teach.worker.judging.csv_files import (
    CsvFlowers,
    look_at_memory,
    note_batches,
    tiny_network,
)
from kfit_teach.worker.judging.learners_code import NotYet, define_class, run

NAME = "CsvBatches"
PARAMETERS = ("file", "batch_size")
BATCH_SIZE, EPOCHS, WORKERS = 4, 2, 2
# A smaller last batch, and a file that ends just as a batch is full.
LINES_OF_FILES = (10, 8)


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the CsvBatches of a learner's cell with keras."""
    try:
        csv_batches = define_class(source, NAME, keras.utils.PyDataset, PARAMETERS)
        with tempfile.TemporaryDirectory() as folder:
            for lines in LINES_OF_FILES:
                flowers = CsvFlowers(folder, lines)
                _look_at_length(_make(csv_batches, flowers, source), flowers, source)
                _look_at_batches(_make(csv_batches, flowers, source), flowers, source)
            run(lambda: look_at_memory(folder, lambda file: csv_batches(file, BATCH_SIZE)[0]),
                NAME, source)  # fmt: skip
            _look_at_options(csv_batches, CsvFlowers(folder, LINES_OF_FILES[0]), source)
            _train(keras, csv_batches, CsvFlowers(folder, LINES_OF_FILES[0]), source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    sentence = say("Any batch by its number, and fit trained on every image once in each of "
                   "{epochs} epochs, with 1 worker and with {workers}.", epochs=EPOCHS,
                   workers=WORKERS)  # fmt: skip
    return Judged(passed=True, sentence=sentence)


def _given(action: Callable, source: str) -> object:
    """Run something of the learner's, and give what it gives."""
    given = []
    run(lambda: given.append(action()), NAME, source)
    return given[0]


def _make(csv_batches: type, flowers: CsvFlowers, source: str):
    return _given(lambda: csv_batches(flowers.file, BATCH_SIZE), source)


def _look_at_length(batches, flowers: CsvFlowers, source: str) -> None:
    """See whether it knows how many batches an epoch has."""
    if not hasattr(type(batches), "__len__"):
        raise NotYet(say("CsvBatches has no __len__, so nobody knows when an epoch ends: let it "
                         "give the number of batches."))  # fmt: skip
    own, right = _given(lambda: len(batches), source), len(flowers.batches(BATCH_SIZE))
    if own == right:
        return
    words = {"own": own, "lines": len(flowers), "size": BATCH_SIZE}
    if own == len(flowers):
        raise NotYet(say("len is {own}, which is the number of images; fit asks for the number of "
                         "batches.", **words))  # fmt: skip
    if own < right:
        raise NotYet(say("len is {own}, but {lines} lines in batches of {size} need one batch "
                         "more, a smaller one; // rounds down.", **words))  # fmt: skip
    raise NotYet(say("len is {own}, but {lines} lines in batches of {size} are fewer: the last "
                     "batch would hold no image.", **words))  # fmt: skip


def _look_at_batches(batches, flowers: CsvFlowers, source: str) -> None:
    """Ask for the last batch first, then for the others, and for one again."""
    right = flowers.batches(BATCH_SIZE)
    for step in [len(right) - 1, *range(len(right)), 0]:
        numbers = flowers.numbers_in(_given(lambda step=step: batches[step], source))
        if numbers == right[step]:
            continue
        words = {"step": step, "lines": len(flowers), "held": _lines_in_words(numbers),
                 "right": _lines_in_words(right[step])}  # fmt: skip
        if step == len(right) - 1 and numbers == right[0] != right[step]:
            raise NotYet(say("Batch {step} was asked for first, and lines {held} came: fit asks "
                             "in any order, so find the place in the file by the number of the "
                             "batch.", **words))  # fmt: skip
        if step and numbers == right[step - 1]:
            raise NotYet(say("Batch {step} should hold lines {right}, but held lines {held}: the "
                             "first batch has the number 0.", **words))  # fmt: skip
        if step == len(right) - 1 and len(numbers) > len(right[step]):
            raise NotYet(say("The last batch of {lines} lines held lines {held}, but lines {right} "
                             "are all that is left for it: let it be smaller.",
                             **words))  # fmt: skip
        raise NotYet(say("Batch {step} should hold lines {right}, but held lines {held}.",
                         **words))  # fmt: skip


def _lines_in_words(numbers):
    return listed([str(number + 1) for number in numbers])


def _look_at_options(csv_batches: type, flowers: CsvFlowers, source: str) -> None:
    """See whether PyDataset itself was set up, and was told how many workers to use."""
    batches = _make(csv_batches, flowers, source)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        _ = batches.workers
    if said:
        raise NotYet(say("PyDataset was not set up: begin your __init__ with "
                         "super().__init__(...), or Keras warns and takes its own "
                         "settings."))  # fmt: skip
    try:
        batches = csv_batches(flowers.file, BATCH_SIZE, workers=WORKERS)
    except TypeError:
        raise NotYet(say("CsvBatches(file, batch_size, workers={workers}) was refused: take "
                         "**options as well.", workers=WORKERS)) from None  # fmt: skip
    if batches.workers != WORKERS:
        raise NotYet(say("CsvBatches(file, batch_size, workers={workers}) has {own} worker: hand "
                         "the options on to super().__init__.", workers=WORKERS,
                         own=batches.workers))  # fmt: skip


def _train(keras: ModuleType, csv_batches: type, flowers: CsvFlowers, source: str) -> None:
    """Train by fit, and look at what came to its training step."""
    right = list(range(len(flowers)))
    for workers in (1, WORKERS):
        model, seen = tiny_network(keras), []
        note_batches(model, lambda batch, seen=seen: seen.extend(flowers.numbers_in(batch)))
        batches = csv_batches(flowers.file, BATCH_SIZE, workers=workers)
        run(lambda model=model, batches=batches: model.fit(batches, epochs=EPOCHS, verbose=0),
            NAME, source)  # fmt: skip
        epochs = [sorted(seen[: len(right)]), sorted(seen[len(right) :])]
        if epochs != [right, right]:
            raise NotYet(say("Asked by hand your batches were right, but with {workers} workers "
                             "fit trained on others: do two calls share a file that is open, or a "
                             "counter?", workers=workers))  # fmt: skip
