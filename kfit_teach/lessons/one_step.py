"""Lesson 2, one step: what happens in one training step, and what does compile decide?

Two panels: one asks how large an update is, one which calls of train_on_batch are slow.
"""

from kfit_teach.common.demonstrations.one_step import STEEPER, TWICE
from kfit_teach.common.words import say, to_say
from kfit_teach.front.demonstrations.call_times import CallTimes
from kfit_teach.front.demonstrations.one_step import OneStep
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.guesses import ChoiceQuestion, NumberQuestion
from kfit_teach.front.panels.demonstration import DemonstrationPanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none

SIZES = ((32, 20, 7, 32, 20), (32, 32, 32, 32, 32), (1, 2, 3, 4, 5), (20, 32, 20, 7, 64))


def one_step_panel(**settings) -> DemonstrationPanel:
    """Make the panel of the first step; settings given stand for the lesson's own."""
    unit = {"low": 0, "high": 1000, "step": 0.1, "unit": say("times as large")}
    twice = say("The learning rate doubles. How many times as large is the update with "
                "{optimizer}?", optimizer="SGD")  # fmt: skip
    twice_adam = say("And with {optimizer}, how many times as large?", optimizer="Adam")
    steeper = say(
        "Now the loss is multiplied by {steeper} instead, so it is {steeper} times as steep. How "
        "many times as large is the update with {optimizer}?", steeper=STEEPER, optimizer="Adam",
    )  # fmt: skip
    asked = [
        NumberQuestion(twice, larger("sgd", rate_times=TWICE), subject="first", **unit),
        NumberQuestion(twice_adam, larger("adam", rate_times=TWICE), subject="second", **unit),
        NumberQuestion(steeper, larger("adam", loss_times=STEEPER), subject="third", **unit),
    ]
    return DemonstrationPanel(
        "one_step",
        controls={
            "learning_rate": (0.001, 0.01, 0.1, 1.0),
            "batch_size": (),
            "loss": (),
            "chosen": (),
            "weight": (1.0, 100.0),
            "library": (),
        },
        questions=asked,
        recorded=recorded_or_none("one_step"),
        takes=LESSON.time_of("one_step"),
        **settings,
    )


def larger(optimizer: str, **step):
    """Make what measures how many times as large an update is, from what was demonstrated."""

    def measure(shown: OneStep) -> float | None:
        ratio = shown.times_as_large(optimizer, **step)
        return None if ratio is None else round(ratio, 2)

    return measure


def call_times_panel(**settings) -> DemonstrationPanel:
    """Make the panel of calls with batches of several sizes."""
    question = say("Five batches of the sizes above, five calls of train_on_batch. Which calls are "
                   "slow, many times as slow as the others?")  # fmt: skip
    asked = ChoiceQuestion(question, slow_calls, options=tuple(_choices().values()),
                           subject="first")  # fmt: skip
    return DemonstrationPanel(
        "call_times",
        controls={
            "sizes": [(", ".join(map(str, sizes)), sizes) for sizes in SIZES],
            "library": (),
        },
        questions=[asked],
        recorded=recorded_or_none("call_times"),
        takes=LESSON.time_of("call_times"),
        **settings,
    )


def _choices() -> dict[tuple[int, ...], str]:
    """Give what there is to choose from, by the numbers of the slow calls."""
    return {
        (): say("none"),
        (1,): say("only call 1"),
        (1, 2): say("calls 1 and 2"),
        (1, 2, 3): say("calls 1, 2 and 3"),
        (1, 2, 3, 4, 5): say("all five"),
        (0,): say("others than these"),
    }


def slow_calls(shown: CallTimes) -> str | None:
    """Say which calls were traced, in the words of the choices; None where some were never made."""
    if len(shown.pieces) < len(shown.settings.sizes):
        return None
    choices = _choices()
    return choices.get(tuple(shown.slow_calls()), choices[0,])


exercise = Exercise(
    name="my_train_on_batch",
    hints=(
        to_say(
            "The four parts, in order: with a GradientTape open, let the images pass the model, as "
            "in training, and compute the loss; then ask the tape for the gradients of that loss "
            "with respect to model.trainable_variables; then let model.optimizer apply them."
        ),
        to_say(
            "A compiled model knows its loss, weights of images and penalties of layers included: "
            "model.compute_loss(images, labels, predictions, sample_weight). And "
            "apply_gradients takes pairs of (gradient, variable), which zip makes."
        ),
    ),
)

LESSON = Lesson(
    notebook="02_one_step.ipynb",
    title=to_say("One step"),
    question=to_say("What happens in one training step, and what does compile decide?"),
    minutes=30,
    panels={"one_step": one_step_panel, "call_times": call_times_panel},
    exercises=(exercise,),
)
