"""The judge of my_csv_batches: does the generator give every image once an epoch, without end?

Its batches are drawn one by one and compared with the lines of the file; then the genuine
fit_generator trains with them, and the training step notes what came.
"""

import inspect
import tempfile
from collections.abc import Callable, Iterator
from types import ModuleType

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say, say_counted
from kfit_teach.worker.judging.csv_files import (
    CsvFlowers,
    look_at_memory,
    note_batches,
    tiny_network,
)
from kfit_teach.worker.judging.learners_code import NotYet, define, run, within

NAME = "my_csv_batches"
PARAMETERS = ("file", "batch_size")
BATCH_SIZE, EPOCHS = 4, 2
# A smaller last batch, and files that end just as a batch is full.
LINES_OF_FILES = (10, 8)
MOST_LINES = 50_000  # of the learner's code, for one batch of four lines of 49 values


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the my_csv_batches of a learner's cell with tf_keras."""
    try:
        my_csv_batches = define(source, NAME, PARAMETERS)
        with tempfile.TemporaryDirectory() as folder:
            for lines in LINES_OF_FILES:
                _look_at_batches(my_csv_batches, CsvFlowers(folder, lines), source)
            run(lambda: look_at_memory(folder, lambda file: next(my_csv_batches(file, BATCH_SIZE))),
                NAME, source)  # fmt: skip
            _train(keras, my_csv_batches, CsvFlowers(folder, LINES_OF_FILES[0]), source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    sentence = say("The genuine fit_generator of tf_keras trained {epochs} epochs with your "
                   "generator, and each epoch saw every image once.", epochs=EPOCHS)  # fmt: skip
    return Judged(passed=True, sentence=sentence)


def _open(my_csv_batches: Callable, flowers: CsvFlowers, source: str) -> Iterator:
    """Call the learner's function; raise NotYet where no generator comes back."""
    given = []
    run(lambda: given.append(my_csv_batches(flowers.file, BATCH_SIZE)), NAME, source)
    if inspect.isgenerator(given[0]):
        return given[0]
    if given[0] is None:
        raise NotYet(say("my_csv_batches gave nothing back: hand out each batch with yield."))
    raise NotYet(say("my_csv_batches gave back a {kind} and was over: return ends a function, "
                     "while yield hands out a batch and goes on from there.",
                     kind=type(given[0]).__name__))  # fmt: skip


def _look_at_batches(my_csv_batches: Callable, flowers: CsvFlowers, source: str) -> None:
    """Draw two epochs and one batch more; raise NotYet at the first that is wrong."""
    generator, epoch = _open(my_csv_batches, flowers, source), flowers.batches(BATCH_SIZE)
    drawn = []
    for place in range(EPOCHS * len(epoch) + 1):
        numbers = flowers.numbers_in(_next(generator, len(drawn), flowers, source))
        drawn.append(numbers)
        if numbers != epoch[place % len(epoch)]:
            raise NotYet(_why_wrong(drawn, place, epoch, flowers), _side_by_side(drawn, epoch))


def _next(generator: Iterator, drawn: int, flowers: CsvFlowers, source: str) -> object:
    """Draw one batch; raise NotYet where none comes."""
    never = say("No batch came, though your code ran on and on: does it ever reach yield?")
    if drawn:
        never = say("After {drawn} batches no more came, though your code ran on and on: does it "
                    "begin the file again, once it has been read to its end?",
                    drawn=drawn)  # fmt: skip
    given, ended = [], object()
    run(lambda: given.append(within(MOST_LINES, lambda: next(generator, ended), never)),
        NAME, source)  # fmt: skip
    if given[0] is ended:
        raise NotYet(say_counted(
            "Your generator was over after {number} batch of a file of {lines} lines: Keras goes "
            "on asking in the next epoch, so it must never end.",
            "Your generator was over after {number} batches of a file of {lines} lines: Keras goes "
            "on asking in the next epoch, so it must never end.",
            drawn, lines=len(flowers)))  # fmt: skip
    return given[0]


def _why_wrong(drawn: list, place: int, epoch: list, flowers: CsvFlowers) -> str:
    """Say what is wrong with the last batch drawn."""
    numbers, right = drawn[-1], epoch[place % len(epoch)]
    words = {"place": place + 1, "lines": len(flowers)}
    rest = len(flowers) % BATCH_SIZE
    if place and numbers == drawn[-2]:
        return say("Batch {place} is batch {before} once more: start with empty lists after each "
                   "yield, and go on in the file.", before=place, **words)  # fmt: skip
    if len(numbers) > BATCH_SIZE:
        return say("Batch {place} held {held} images, but batch_size is {size}.", held=len(numbers),
                   size=BATCH_SIZE, **words)  # fmt: skip
    if rest and place == len(epoch) - 1:
        if numbers[:rest] == right:
            return say("Batch {place} held the last {rest} images of the file and the first ones "
                       "again, so two epochs share it: hand out what is left, and begin the next "
                       "epoch with a new batch.", rest=rest, **words)  # fmt: skip
        if numbers[0] == 0:
            return say("The last {rest} of {lines} images never came: a batch may be smaller than "
                       "the others.", rest=rest, **words)  # fmt: skip
    if place >= len(epoch) and numbers[0] == 1:
        return say("The second pass began with the second line: a line that is read only to see "
                   "whether the file has ended is read all the same.", **words)  # fmt: skip
    if place >= len(epoch) and set(numbers) == set(right):
        return say("The second pass came in another order.")
    return say("Batch {place} of a file of {lines} lines should hold the lines {right}, but held "
               "{held}.", right=_counted(right), held=_counted(numbers), **words)  # fmt: skip


def _counted(numbers):
    return ", ".join(str(number + 1) for number in numbers)


def _side_by_side(drawn, epoch):
    rows = [say("batch: yours | the file's, by line")]
    rows += [f"{place + 1}: {_counted(numbers)} | {_counted(epoch[place % len(epoch)])}"
             for place, numbers in enumerate(drawn)]  # fmt: skip
    return "\n".join(rows)


def _train(keras: ModuleType, my_csv_batches: Callable, flowers: CsvFlowers, source: str) -> None:
    """Train by the genuine fit_generator, and look at what came to its training step."""
    model, seen = tiny_network(keras), []
    note_batches(model, lambda batch: seen.append(flowers.numbers_in(batch)))
    epoch = flowers.batches(BATCH_SIZE)
    generator = _open(my_csv_batches, flowers, source)
    run(lambda: model.fit_generator(generator, steps_per_epoch=len(epoch), epochs=EPOCHS,
                                    verbose=0), NAME, source)  # fmt: skip
    if seen != epoch * EPOCHS:
        raise NotYet(say("Drawn by hand your batches were right, but fit_generator trained on "
                         "others: does your function keep something between two calls?"),
                     _side_by_side(seen, epoch))  # fmt: skip
