"""The judge of repaired_call: does each epoch train on every image once, whichever way was asked?

It looks at what fit was given, and at the images that came to the training step.
"""

import inspect
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say, say_counted, to_say
from kfit_teach.worker.judging.csv_files import CLASSES, SIDE, tiny_network
from kfit_teach.worker.judging.learners_code import NotYet, define, run
from kfit_teach.worker.training.augmentation import image_data_generator

NAME = "repaired"
PARAMETERS = ("model", "aug", "images", "labels", "batch_size", "epochs", "way")
WAYS = ("flow", "generator", "PyDataset")
BATCH_SIZE, EPOCHS = 32, 2
MOST_TIMES = 3  # an epoch that saw more than so many times its images has no end
# Even batches, a last one that is smaller, and the tutorial's own number.
NUMBERS_OF_IMAGES = (64, 70, 1020)
WANTED = {
    "flow": to_say("what aug.flow gives"),
    "generator": to_say("a generator"),
    "PyDataset": to_say("a PyDataset of your own"),
}


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the repaired calls of a learner's cell with keras."""
    try:
        repaired = define(source, NAME, PARAMETERS)
        for number in NUMBERS_OF_IMAGES:
            for way in WAYS:
                _try_and_name_the_case(keras, repaired, number, way, source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    sentence = say("All three ways: with {few}, {more} and {most} images each epoch trained on "
                   "every image once.", few=NUMBERS_OF_IMAGES[0], more=NUMBERS_OF_IMAGES[1],
                   most=NUMBERS_OF_IMAGES[2])  # fmt: skip
    return Judged(passed=True, sentence=sentence)


@dataclass
class Seen:
    """What was seen of one call of repaired."""

    given: list = field(default_factory=list)  # what each call of fit was given
    epochs: list[list[int]] = field(default_factory=list)  # the images of each epoch that began
    batches: list[int] = field(default_factory=list)  # how many each of them trained
    said: list[str] = field(default_factory=list)  # warnings


def _try_and_name_the_case(keras, repaired, number, way, source) -> None:
    """Call repaired once; where it fails, add to the sentence what it was called with."""
    try:
        _try(keras, repaired, number, way, source)
    except NotYet as seen:
        sentence = say("{sentence} (This was way {way!r} with {number} images.)", sentence=seen,
                       way=way, number=number)  # fmt: skip
        raise NotYet(sentence, seen.details) from None


def _try(keras: ModuleType, repaired: Callable, number: int, way: str, source: str) -> None:
    """Call repaired once; raise NotYet where an epoch is not every image once."""
    images = np.zeros((number, SIDE, SIDE, 3), np.float32)
    images[:, 0, 0, 0] = np.arange(number)  # its number, which no call need change
    labels = np.eye(CLASSES, dtype=np.float32)[np.arange(number) % CLASSES]
    model, seen, flow = tiny_network(keras), Seen(), type(image_data_generator(keras))()
    _watch(keras, model, seen, number)
    arguments = (model, flow, images.copy(), labels.copy(), BATCH_SIZE, EPOCHS, way)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        run(lambda: _call(repaired, arguments), NAME, source)
    seen.said = [str(one.message) for one in said]
    _look_at_what_was_given(keras, seen, way)
    _look_at_epochs(seen, number, way)


def _call(repaired: Callable, arguments: tuple) -> None:
    """Call it; say of a list what Keras says in many more words."""
    try:
        repaired(*arguments)
    except ValueError as error:
        if "must return a tuple" in str(error):
            raise NotYet(say("Keras 3 refused your batches, since they came as lists: a generator "
                             "hands out tuples, as yield images, labels "
                             "does.")) from None  # fmt: skip
        raise


def _watch(keras: ModuleType, model, seen: Seen, number: int) -> None:
    """Note what fit is given, and which images come to the step, which here trains nothing."""
    fit = model.fit

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.epochs.append([])
            seen.batches.append(0)

    def noted_fit(*arguments, **options):
        bound = inspect.signature(fit).bind(*arguments, **options)
        seen.given.append(bound.arguments.get("x"))
        callbacks = [*(bound.arguments.get("callbacks") or []), Watcher()]
        return fit(**{**bound.arguments, "callbacks": callbacks, "verbose": 0})

    def note(batch):
        images = np.asarray(batch[0])
        seen.epochs[-1] += np.rint(images[:, 0, 0, 0]).astype(int).tolist()
        seen.batches[-1] += 1
        if len(seen.epochs[-1]) > MOST_TIMES * number:
            raise NotYet(say("Epoch {epoch} did not end; it was stopped after {batches} batches: "
                             "who tells fit where an epoch ends, if the source never does?",
                             epoch=len(seen.epochs), batches=seen.batches[-1]))  # fmt: skip
        return {"loss": keras.ops.zeros(())}

    model.fit, model.train_step = noted_fit, note


def _look_at_what_was_given(keras: ModuleType, seen: Seen, way: str) -> None:
    """See whether fit was called, once, with what the way asks for."""
    if not seen.given:
        raise NotYet(say("repaired came back without a call of model.fit."))
    if len(seen.given) > 1:
        raise NotYet(say("repaired called fit {times} times: one call trains all epochs.",
                         times=len(seen.given)))  # fmt: skip
    given = seen.given[0]
    of_flow = type(given).__name__ == "NumpyArrayIterator"
    kinds = {
        "flow": of_flow,
        "generator": inspect.isgenerator(given),
        "PyDataset": isinstance(given, keras.utils.PyDataset) and not of_flow,
    }
    if not kinds[way]:
        raise NotYet(say("fit was given {kind}, but {wanted} was asked for.",
                         kind=type(given).__name__, wanted=say(WANTED[way])))  # fmt: skip
    if any("super().__init__" in said for said in seen.said):
        raise NotYet(say("Keras warns that your PyDataset was not set up: call super().__init__() "
                         "at the beginning of its __init__."))  # fmt: skip


def _look_at_epochs(seen: Seen, number: int, way: str) -> None:
    """See whether each epoch trained on every image once."""
    every = list(range(number))
    if [sorted(images) for images in seen.epochs] == [every] * EPOCHS:
        return
    details = say("batches of the epochs: {batches}", batches=", ".join(map(str, seen.batches)))
    raise NotYet(_why_wrong(seen, number, way), details)


def _why_wrong(seen: Seen, number: int, way: str) -> str:
    """Say what is wrong with the epochs, the most telling thing first."""
    every, batches = set(range(number)), seen.batches
    if len(batches) != EPOCHS:
        return say_counted("fit trained {number} epoch, but {epochs} were asked for.",
                           "fit trained {number} epochs, but {epochs} were asked for.",
                           len(batches), epochs=EPOCHS)  # fmt: skip
    if way == "generator" and batches[0] > min(batches[1:]) <= 2:
        return say("After the first epoch the generator had no more to give, and the others "
                   "trained {batches} batches: it must not end with the images.",
                   batches=batches[1])  # fmt: skip
    if way != "generator" and batches[1] < batches[0]:
        return say_counted(
            "The second epoch trained {number} batch after {first} in the first: this source "
            "knows its length, so who needs to count?",
            "The second epoch trained {number} batches after {first} in the first: this source "
            "knows its length, so who needs to count?", batches[1], first=batches[0])  # fmt: skip
    twice = [image for image, times in Counter(seen.epochs[0]).items() if times > 1]
    if twice:
        return say("The first epoch saw some images twice, such as number {image}: let it "
                   "end where the images end.", image=twice[0])  # fmt: skip
    missed = sorted(every - set(seen.epochs[0]))
    if missed and set(seen.epochs[1]) & set(missed):
        return say("The first epoch ended before image {image} came, and the second began with "
                   "what was left: a last, smaller batch is a step, too.",
                   image=missed[0])  # fmt: skip
    if missed:
        return say_counted(
            "{number} image never came in the first epoch, number {image}: let the last batch be "
            "smaller.",
            "{number} images never came in the first epoch, such as number {image}: let the last "
            "batch be smaller.", len(missed), image=missed[0])  # fmt: skip
    return say("The first epoch saw every image once, but the second did not: begin it where the "
               "first began.")  # fmt: skip
