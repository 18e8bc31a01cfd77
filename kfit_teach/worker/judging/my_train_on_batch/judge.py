"""The judge of my_train_on_batch: does a step of one's own lead where train_on_batch leads?

It looks at what happened, never at the text: after each batch the loss that was given back, the
weights, the moving averages, and how many steps the optimizer counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import tensorflow as tf

from kfit_teach.common.wire import Judged
from kfit_teach.common.words import say, say_counted, to_say
from kfit_teach.worker.judging.learners_code import NotYet, define, run

NAME = "my_train_on_batch"
PARAMETERS = ("model", "images", "labels", "sample_weight")
CLASSES, SIDE = 3, 4
CLOSE = 1e-6  # of weights and of losses
REFUSED = ("train_on_batch", "fit", "train_step", "test_on_batch", "evaluate", "fit_generator")


@dataclass(frozen=True)
class Batch:
    """One call: a batch, and the weights of its images, or None."""

    number: int
    images: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None

    def __str__(self):
        images = say_counted("{number} image", "{number} images", len(self.images))
        if self.weights is None:
            return say("batch {place}: {images}", place=self.number, images=images)
        return say("batch {place}: {images} with weights", place=self.number, images=images)


def judge(keras: ModuleType, source: str) -> Judged:
    """Judge the my_train_on_batch of a learner's cell with keras or tf_keras."""
    try:
        step = define(source, NAME, PARAMETERS)
        _try(keras, step, source)
    except NotYet as seen:
        return Judged(passed=False, sentence=str(seen), details=seen.details)
    sentence = say("The weights and the losses of train_on_batch, batch after batch: of several "
                   "sizes, with and without weights of images.")  # fmt: skip
    return Judged(passed=True, sentence=sentence)


def _try(keras: ModuleType, step: Callable, source: str) -> None:
    """Take every batch with train_on_batch and with the learner's step; compare after each."""
    reference, model = _model(keras), _model(keras)
    optimizer = model.optimizer
    _refuse(model)
    _watch_pairs(optimizer)
    for batch in _batches():
        before = reference.get_weights()
        reference.reset_metrics()  # or some versions give the mean of all calls
        expected = reference.train_on_batch(batch.images, batch.labels, sample_weight=batch.weights)
        expected = float(np.ravel(expected)[0])
        given = _call(step, model, batch, source)
        if model.optimizer is not optimizer:
            raise NotYet(say(
                "The model has another optimizer than before ({batch}), one that remembers no "
                "step; let the one that it came with apply the gradients.", batch=batch,
            ))  # fmt: skip
        seen = _Seen(batch, before, reference.get_weights(), model.get_weights(),
                     _is_trained(model), int(model.optimizer.iterations))  # fmt: skip
        _look_at_loss(given, expected, batch, _losses(keras, before, batch, seen.expected))
        _look_at_weights(seen)


@dataclass(frozen=True)
class _Seen:
    """What one step did to the weights."""

    batch: Batch
    before: list[np.ndarray]
    expected: list[np.ndarray]  # after train_on_batch
    after: list[np.ndarray]  # after the learner's step
    is_trained: list[bool]  # of each: moved by the optimizer, or a moving average
    steps: int  # that the model's optimizer has counted in all

    def moved(self, trained: bool) -> np.ndarray:
        """How the learner's step moved the weights, or the moving averages."""
        return self._between(self.after, trained)

    def expected_move(self, trained: bool) -> np.ndarray:
        """How train_on_batch moved them."""
        return self._between(self.expected, trained)

    def _between(self, weights, trained):
        moves = [(one - start).ravel() for one, start, is_trained
                 in zip(weights, self.before, self.is_trained, strict=True)
                 if is_trained == trained]  # fmt: skip
        return np.concatenate(moves)


def _batches() -> list[Batch]:
    """Draw batches of several sizes, some of whose images weigh more than others."""
    random = np.random.default_rng(17)
    batches = []
    for number, (size, weighed) in enumerate([(8, False), (5, True), (13, True), (3, False)], 1):
        images = random.random((size, SIDE, SIDE, 1), np.float32)
        labels = np.eye(CLASSES, dtype=np.float32)[random.integers(0, CLASSES, size)]
        weights = random.uniform(0.5, 3, size).astype(np.float32) if weighed else None
        batches.append(Batch(number, images, labels, weights))
    return batches


def _model(keras: ModuleType):
    """Build the same small network each time: a penalty, moving averages, momentum; eagerly."""
    keras.utils.set_random_seed(17)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Flatten(),
            layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    model.compile(optimizer, "categorical_crossentropy", run_eagerly=True)
    return model


def _is_trained(model) -> list[bool]:
    """Say of each weight, in the order of get_weights, whether the optimizer moves it."""
    trained = {id(variable) for variable in model.trainable_variables}
    return [id(variable) in trained for variable in model.weights]


def _refuse(model) -> None:
    """Refuse what would take the step, and a second compile."""

    def refused(name):
        def refuse(*more, **options):
            raise NotYet(say("my_train_on_batch called model.{name}, but here you take the step "
                             "yourself: forward, loss, gradient, update.", name=name))  # fmt: skip

        return refuse

    def compile_again(*more, **options):
        raise NotYet(say("my_train_on_batch compiled the model again: each call would begin with "
                         "a new optimizer. The model is compiled when it comes."))  # fmt: skip

    for name in REFUSED:
        setattr(model, name, refused(name))
    model.compile = compile_again


def _watch_pairs(optimizer) -> None:
    """Refuse gradients that were handed over with the variables of others."""
    apply_gradients = optimizer.apply_gradients

    def watched(pairs, *more, **options):
        pairs = list(pairs)
        for gradient, variable in pairs:
            if not hasattr(variable, "assign"):
                raise NotYet(say("apply_gradients was given pairs whose second part is no "
                                 "variable: the gradient comes first."))  # fmt: skip
            own, of_variable = np.shape(gradient), tuple(variable.shape)
            if gradient is not None and own != of_variable:
                raise NotYet(say(
                    "A gradient of shape {own} came with a variable of shape {of_variable}: each "
                    "gradient belongs to one variable, so ask for both in the same order.",
                    own=own, of_variable=of_variable,
                ))  # fmt: skip
        return apply_gradients(pairs, *more, **options)

    optimizer.apply_gradients = watched


def _call(step: Callable, model, batch: Batch, source: str) -> float:
    """Call the learner's function; give the loss that it gives back."""
    given = []
    # As tensors, as fit gives them to its step: tf_keras computes no loss of arrays.
    tensors = [None if one is None else tf.constant(one)
               for one in (batch.images, batch.labels, batch.weights)]  # fmt: skip
    run(lambda: given.append(step(model, *tensors)), NAME, source)
    try:
        loss = np.asarray(given[0], np.float64)
    except (TypeError, ValueError):
        loss = np.full(2, np.nan)
    if given[0] is None or loss.size != 1:
        raise NotYet(say("my_train_on_batch gave back {what} instead of the loss, one number "
                         "({batch}).", what=type(given[0]).__name__, batch=batch))  # fmt: skip
    return float(loss.ravel()[0])


# Losses that are told apart, the most telling first; each with what to look at.
ABOUT_LOSS = {
    "unweighed": to_say(
        "The loss is that without weights: sample_weight was given, and nothing asked for it."),
    "by weights": to_say(
        "The loss is divided by the sum of the weights. Keras divides by the number of images, so "
        "that heavier images make a larger step."),
    "sum": to_say(
        "The loss is the sum over the images, so the step grows with the batch. Which number of "
        "a batch does not depend on its size?"),
    "no penalty": to_say(
        "The loss lacks what layers add to it: this network has a penalty on large weights, and "
        "the model keeps a list of such losses."),
    "afterwards": to_say(
        "The loss given back is that after the step; train_on_batch gives the one that the step "
        "was taken from."),
    "not training": to_say(
        "The loss is that of a network which is not training: BatchNormalization took its moving "
        "averages in place of the batch's own. How is a model told that it trains?"),
}  # fmt: skip


def _losses(keras, before, batch: Batch, after) -> dict[str, list[float]]:
    """Take the losses that a learner may have taken instead, by kind, from the weights alone."""
    from_start, weights = _model(keras), batch.weights
    from_start.set_weights(before)
    penalty = float(sum(from_start.losses))

    def entropies(training):
        predictions = np.asarray(from_start(batch.images, training=training), np.float64)
        return -np.log((predictions * batch.labels).sum(axis=1))

    not_training = entropies(False)  # first, since training moves the averages
    own = entropies(True)
    weighed, weights = weights is not None, np.ones(len(own)) if weights is None else weights
    from_start.set_weights(after)
    later, later_penalty = entropies(True), float(sum(from_start.losses))
    mean, total = np.mean(weights * own), np.sum(weights * own)
    return {
        "unweighed": [np.mean(own) + penalty, np.mean(own)] * weighed,
        "by weights": [total / weights.sum() + penalty, total / weights.sum()] * weighed,
        "sum": [total + penalty, total],
        "no penalty": [mean],
        "afterwards": [np.mean(weights * later) + later_penalty],
        "not training": [np.mean(weights * not_training) + penalty, np.mean(not_training)],
    }


def _look_at_loss(given: float, expected: float, batch: Batch, others: dict) -> None:
    """Say which loss it was instead, where it was not that of train_on_batch."""
    if np.isclose(given, expected, rtol=CLOSE, atol=CLOSE):
        return
    told = [kind for kind in ABOUT_LOSS if np.isclose(given, others[kind], rtol=1e-5).any()]
    about = say(ABOUT_LOSS[told[0]]) if told else say(
        "The loss is another one: take it as the model was compiled to.")  # fmt: skip
    raise NotYet(say("{about} Given back: {given:.6f}, train_on_batch: {expected:.6f} ({batch}).",
                     about=about, given=given, expected=expected, batch=batch))  # fmt: skip


def _look_at_weights(seen: _Seen) -> None:
    """Say how the weights differ from those of train_on_batch, the most telling thing first."""
    pairs = zip(seen.after, seen.expected, strict=True)
    same = all(np.allclose(mine, of_keras, rtol=0, atol=CLOSE) for mine, of_keras in pairs)
    if same and seen.steps == seen.batch.number:
        return
    for look in (_at_stillness, _at_steps, _at_direction, _at_some, _at_averages):
        sentence = look(seen)
        if sentence:
            raise NotYet(say("{sentence} This was {batch}.", sentence=sentence, batch=seen.batch))
    apart = np.abs(seen.moved(True) - seen.expected_move(True)).max()
    raise NotYet(say(
        "The loss is right, but a weight ended {apart:.2g} away from where train_on_batch puts it. "
        "Is the gradient that of this loss, and is each gradient beside its own variable? This was "
        "{batch}.", apart=apart, batch=seen.batch,
    ))  # fmt: skip


def _at_stillness(seen: _Seen) -> str | None:
    if not seen.moved(True).any():
        return say("The loss is right, but no weight moved: who applies the gradients?")


def _at_steps(seen: _Seen) -> str | None:
    if seen.steps < seen.batch.number:
        return say("The weights moved, but the model's own optimizer counted no step: it has a "
                   "rate and a memory of its own, so it must apply the gradients.")  # fmt: skip
    if seen.steps > seen.batch.number:
        return say("The optimizer counted {steps} steps where train_on_batch takes {expected}: "
                   "apply all gradients in one call.", steps=seen.steps,
                   expected=seen.batch.number)  # fmt: skip


def _at_direction(seen: _Seen) -> str | None:
    if np.allclose(seen.moved(True), -seen.expected_move(True), rtol=0, atol=CLOSE):
        return say("Every weight moved just the other way: this step climbs where it should "
                   "descend. Keras's optimizers subtract by themselves.")  # fmt: skip


def _at_some(seen: _Seen) -> str | None:
    still = (seen.moved(True) == 0) & (np.abs(seen.expected_move(True)) > CLOSE)
    if still.mean() > 0.1:
        return say("The loss is right, but some weights did not move at all: was everything that "
                   "leads to the loss computed while the tape was running?")  # fmt: skip


def _at_averages(seen: _Seen) -> str | None:
    moved, expected = seen.moved(False), seen.expected_move(False)
    if not moved.any():
        return say("The moving averages of BatchNormalization stayed where they were: how is a "
                   "model told that it trains?")  # fmt: skip
    if not np.allclose(moved, expected, rtol=0, atol=CLOSE) and np.allclose(
        seen.moved(True), seen.expected_move(True), rtol=0, atol=CLOSE
    ):
        return say("The moving averages of BatchNormalization went another way: did the images "
                   "pass the network more than once?")  # fmt: skip
