"""The judge of my_fit: does it train as fit(shuffle=False) does, with train_on_batch alone?

It looks at what happened, never at the text: which images each call of train_on_batch was given,
how many steps the optimizer counted, and the weights, bit for bit.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say, say_counted, to_say
from kfit_teach.worker.judging.learners_code import NotYet, define, run

NAME = "my_fit"
PARAMETERS = ("model", "images", "labels", "batch_size", "epochs")
CLASSES = 3


@dataclass(frozen=True)
class Case:
    """One call of my_fit: how many images, in which batches, how often."""

    images: int
    batch_size: int
    epochs: int

    def __str__(self):
        return say(
            "with {images}, batch_size {batch_size} and {epochs}",
            images=say_counted("{number} image", "{number} images", self.images),
            batch_size=self.batch_size,
            epochs=say_counted("{number} epoch", "{number} epochs", self.epochs),
        )

    @property
    def batches_of_an_epoch(self) -> list[list[int]]:
        """Which images each batch must hold, as lists of their numbers."""
        starts = range(0, self.images, self.batch_size)
        return [list(range(s, min(s + self.batch_size, self.images))) for s in starts]


# Batches that come out even, that do not, and a batch larger than all there is.
CASES = (Case(32, 8, 1), Case(20, 8, 3), Case(5, 8, 2))


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the my_fit of a learner's cell with keras or tf_keras."""
    try:
        my_fit = define(source, NAME, PARAMETERS)
        for case in CASES:
            _try(keras, my_fit, case, source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    sentence = say("The same weights as fit, bit for bit, and as many steps: even batches, a "
                   "smaller last batch, and fewer images than a batch.")  # fmt: skip
    return Judged(passed=True, sentence=sentence)


@dataclass
class Seen:
    """What was seen of one call of my_fit."""

    # One list of image numbers a call of train_on_batch; -1 for an unknown image.
    numbers: list[list[int]] = field(default_factory=list)
    labels_match: bool = True  # each image came with its own
    compiled_again: bool = False
    weighed: bool = False  # samples or classes


def _try(keras: ModuleType, my_fit: Callable, case: Case, source: str) -> None:
    """Call my_fit once; raise NotYet where it does not do what fit does."""
    images, labels = _flowers(case)
    reference = _model(keras)
    reference.fit(images, labels, batch_size=case.batch_size, epochs=case.epochs, shuffle=False,
                  verbose=0)  # fmt: skip
    model = _model(keras)
    seen, optimizer = _watch(model, images, labels, case), model.optimizer
    given_back = []
    arguments = (model, images.copy(), labels.copy(), case.batch_size, case.epochs)
    run(lambda: given_back.append(my_fit(*arguments)), NAME, source)
    if not seen.numbers:
        _look_at_what_never_ran(my_fit, given_back[0])
    _look_at_batches(seen, case)
    _look_at_optimizer(seen, case, optimizer, model.optimizer, reference.optimizer)
    same = zip(model.get_weights(), reference.get_weights(), strict=True)
    if not all(np.array_equal(mine, of_fit) for mine, of_fit in same):
        raise NotYet(say(WEIGHED if seen.weighed else CHANGED_BESIDES, case=case))


WEIGHED = to_say(
    "Your batches are those of fit, yet the weights are not ({case}): train_on_batch was told to "
    "weigh samples or classes, and fit was not."
)
CHANGED_BESIDES = to_say(
    "Your batches are those of fit, yet the weights are not ({case}): something beside "
    "train_on_batch changed them."
)


def _look_at_what_never_ran(my_fit: Callable, given_back: object) -> None:
    """Say why a call that came back at once has run nothing; Python only prepares such code."""
    if inspect.iscoroutine(given_back):
        given_back.close()  # or Python warns that nobody waited for it
    if inspect.iscoroutinefunction(my_fit) or inspect.isasyncgenfunction(my_fit):
        raise NotYet(say("my_fit is an async function, so calling it ran none of its lines: begin "
                         "with def alone."))  # fmt: skip
    if inspect.isgeneratorfunction(my_fit):
        raise NotYet(say("my_fit has yield in it, so calling it ran none of its lines: such a "
                         "function runs only while somebody draws from it; call train_on_batch "
                         "without yield."))  # fmt: skip
    if inspect.isgenerator(given_back):
        raise NotYet(say("my_fit gave back a generator that nobody draws from, so none of its "
                         "steps was taken: call train_on_batch in a loop."))  # fmt: skip


def _look_at_optimizer(seen: Seen, case: Case, before, after, of_fit) -> None:
    """Say how the optimizer differs from that of fit."""
    if seen.compiled_again:
        raise NotYet(say(
            "my_fit compiled the model again ({case}), which begins with a new optimizer that "
            "remembers no step; the model is compiled when it comes, so leave that.", case=case,
        ))  # fmt: skip
    if after is not before:
        raise NotYet(say(
            "The model has another optimizer than before ({case}), one that remembers no step; "
            "leave it the one that it came with.", case=case,
        ))  # fmt: skip
    steps, expected = int(after.iterations), int(of_fit.iterations)
    if steps != expected:
        raise NotYet(say(
            "The optimizer counted {steps} steps where fit takes {expected} ({case}): something "
            "beside train_on_batch took steps, or set its counter.",
            steps=steps, expected=expected, case=case,
        ))  # fmt: skip


def _flowers(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Draw small images, no two alike, and one-hot labels."""
    random = np.random.default_rng(case.images)
    images = random.random((case.images, 4, 4, 1), np.float32)
    return images, np.eye(CLASSES, dtype=np.float32)[random.integers(0, CLASSES, case.images)]


def _model(keras: ModuleType):
    """Build the same small network each time; eagerly, so that nothing has to be traced."""
    keras.utils.set_random_seed(17)
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "categorical_crossentropy", run_eagerly=True)
    return model


def _watch(model, images: np.ndarray, labels: np.ndarray, case: Case) -> Seen:
    """Note every batch that the model trains on, and refuse what the task does not allow."""
    seen = Seen()
    most_calls = 2 * case.images * case.epochs  # even single images, twice over, are told apart
    number_of = {image.tobytes(): number for number, image in enumerate(images)}
    train_on_batch, compile_again = model.train_on_batch, model.compile

    def noted(x, y=None, *more, **options):
        if len(seen.numbers) == most_calls:
            sentence = say(
                "my_fit called train_on_batch more than {most_calls} times ({case}): does each "
                "turn of your loop go on to the next images, and end with the last?",
                most_calls=most_calls, case=case,
            )  # fmt: skip
            expected = case.batches_of_an_epoch * case.epochs
            raise NotYet(sentence, _side_by_side(seen.numbers, expected))
        numbers = [number_of.get(image.tobytes(), -1) for image in np.asarray(x, np.float32)]
        seen.numbers.append(numbers)
        right = labels[[n for n in numbers if n >= 0]]
        given = np.asarray(y)
        if -1 not in numbers and not (given.shape == right.shape and np.array_equal(given, right)):
            seen.labels_match = False
        weights = (*more[:2], options.get("sample_weight"), options.get("class_weight"))
        seen.weighed = seen.weighed or any(weight is not None for weight in weights)
        return train_on_batch(x, y, *more, **options)

    def noted_compile(*more, **options):
        seen.compiled_again = True
        return compile_again(*more, **options)

    def refused(name):
        def refuse(*more, **options):
            raise NotYet(say("my_fit called model.{name}, but the task allows train_on_batch "
                             "alone.", name=name))  # fmt: skip

        return refuse

    model.train_on_batch, model.compile = noted, noted_compile
    for name in ("fit", "fit_generator"):
        setattr(model, name, refused(name))
    return seen


def _look_at_batches(seen: Seen, case: Case) -> None:
    """Say what is wrong with the batches, the most telling thing first."""
    expected = case.batches_of_an_epoch * case.epochs
    if seen.numbers == expected and seen.labels_match:
        return
    for look in (_at_nothing, _at_content, _at_sizes, _at_epochs, _at_last_batch, _at_order,
                 _at_the_rest):  # fmt: skip
        sentence = look(seen, case)
        if sentence:
            sentence = say("{sentence} This was {case}.", sentence=sentence, case=case)
            raise NotYet(sentence, _side_by_side(seen.numbers, expected))


def _at_nothing(seen: Seen, case: Case) -> str | None:
    if not seen.numbers:
        return say("my_fit returned without a single call of train_on_batch: where is your loop?")


def _at_content(seen: Seen, case: Case) -> str | None:
    if any(-1 in numbers for numbers in seen.numbers):
        return say("train_on_batch was given images that are not yours as they came: hand on "
                   "slices of images, unchanged.")  # fmt: skip
    if not seen.labels_match:
        return say("Images came with labels of other images: cut images and labels at the same "
                   "places.")  # fmt: skip


def _at_sizes(seen: Seen, case: Case) -> str | None:
    if [] in seen.numbers:
        return say("A batch held no image at all: let your loop end where the images end.")
    everything = list(range(case.images))
    if case.batch_size < case.images and seen.numbers == [everything] * case.epochs:
        return say("All images were one batch: cut them into slices of batch_size.")
    most = max(map(len, seen.numbers))
    if most > case.batch_size:
        return say("A batch held {most} images, but batch_size is {batch_size}.", most=most,
                   batch_size=case.batch_size)  # fmt: skip


def _at_epochs(seen: Seen, case: Case) -> str | None:
    epoch = case.batches_of_an_epoch
    epochs, rest = divmod(len(seen.numbers), len(epoch))
    if not rest and seen.numbers == epoch * epochs:
        if epochs < case.epochs:
            return say_counted(
                "my_fit trained {number} epoch instead of {expected}: loop over epochs, too.",
                "my_fit trained {number} epochs instead of {expected}: loop over epochs, too.",
                epochs, expected=case.epochs,
            )  # fmt: skip
        return say_counted(
            "my_fit trained {number} epoch instead of {expected}: range(epochs) is enough.",
            "my_fit trained {number} epochs instead of {expected}: range(epochs) is enough.",
            epochs, expected=case.epochs,
        )  # fmt: skip
    if seen.numbers == [batch for batch in epoch for _ in range(case.epochs)]:
        return say("Each batch was trained on in all epochs before the next batch had its turn: "
                   "loop over epochs outside, over batches inside.")  # fmt: skip


def _at_last_batch(seen: Seen, case: Case) -> str | None:
    rest = case.images % case.batch_size
    whole = [numbers for numbers in case.batches_of_an_epoch if len(numbers) == case.batch_size]
    if rest and seen.numbers == whole * case.epochs:
        return say("The last {rest} images were never trained on: the last batch may be smaller "
                   "than the others, as fit's is.", rest=rest)  # fmt: skip
    sizes = {len(numbers) for numbers in seen.numbers}
    if rest and sizes == {case.batch_size} and len(seen.numbers) == (len(whole) + 1) * case.epochs:
        return say("The last batch was filled up with images that had been seen: leave it "
                   "smaller, as fit does.")  # fmt: skip


def _at_order(seen: Seen, case: Case) -> str | None:
    images = [number for numbers in seen.numbers for number in numbers]
    epochs = [images[start : start + case.images] for start in range(0, len(images), case.images)]
    each_once = all(sorted(epoch) == list(range(case.images)) for epoch in epochs)
    if not each_once or len(epochs) != case.epochs:
        return None
    if images != sorted(images[: case.images]) * case.epochs:
        return say("The order is another one: fit(shuffle=False) takes the images as they come.")
    sizes = {len(numbers) for numbers in seen.numbers[:-1]}
    if sizes == {case.batch_size}:
        return say("A batch held images of two epochs: begin each epoch with a new batch.")
    return say("The batches did not hold {batch_size} images each, but: {sizes}.",
               batch_size=case.batch_size, sizes=", ".join(map(str, sorted(sizes))))  # fmt: skip


def _at_the_rest(seen: Seen, case: Case) -> str:
    images = [number for numbers in seen.numbers for number in numbers]
    missed = sorted(set(range(case.images)) - set(images))
    if missed:
        return say_counted(
            "{number} image never came to train_on_batch, such as number {missed}.",
            "{number} images never came to train_on_batch, such as number {missed}.",
            len(missed), missed=", ".join(map(str, missed[:5])),
        )  # fmt: skip
    return say("{trained} images were trained on in all where fit trains on {expected}: do your "
               "slices overlap?", trained=len(images),
               expected=case.images * case.epochs)  # fmt: skip


def _side_by_side(numbers: list[list[int]], expected: list[list[int]]) -> str:
    """Lay the image numbers of each step beside those of fit."""
    steps = max(len(numbers), len(expected))
    rows = [say("step: yours | fit's")]
    for step in range(min(steps, 12)):
        yours, fits = (of[step] if step < len(of) else "-" for of in (numbers, expected))
        rows.append(f"{step + 1}: {yours} | {fits}")
    return "\n".join(rows)
