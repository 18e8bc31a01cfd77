"""Lesson 1, three doors, one room: do the three functions train different models?

Two panels: one asks how many different networks come out, one what an order without shuffling does.
"""

from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.common.words import say, to_say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.compare import ComparePanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none

TEST_IMAGES = PART_SIZES["test"]


def same_weights_panel(**settings) -> ComparePanel:
    """Make the panel of six runs from one seed; settings given stand for the lesson's own."""
    question = say(
        "Six runs from one seed: three functions, two libraries. With the settings above, how many "
        "different networks come out?"
    )
    asked = NumberQuestion(
        question, different_networks, low=0, high=6, step=1, unit=say("networks"),
        unit_of_one=say("network"), things=say("Networks"), subject="weights",
    )  # fmt: skip
    return ComparePanel(
        controls={
            "batch_size": (8, 16, 32, 64),
            "epochs": (1, 2, 3),
            "dropout": (),
            "batch_normalization": (),
            "shuffle": (),
            "loader": ("natural", "generator"),
        },
        questions=[asked],
        recorded=recorded_or_none("three_doors"),
        title=say("Six runs, how many networks?"),
        takes=LESSON.time_of("three_doors"),
        record_as="three_doors",
        **{"library": "both", "images_per_epoch": 340} | settings,
    )


def order_panel(**settings) -> ComparePanel:
    """Make the panel of images that come class by class; settings given stand for its own."""
    question = say(
        "With the settings above, how many of {images} new images will the network name rightly?",
        images=TEST_IMAGES,
    )
    asked = NumberQuestion(
        question, named_rightly, low=0, high=TEST_IMAGES, step=1,
        unit=say("of {images} images", images=TEST_IMAGES), things=say("Images"),
        subject="accuracy",
    )  # fmt: skip
    own = {"library": "keras", "order": "sorted", "epochs": 3, "evaluate": True}
    return ComparePanel(
        controls={"order": (), "shuffle": (), "epochs": (1, 2, 3, 5)},
        questions=[asked],
        recorded=recorded_or_none("order"),
        title=say("The order of the images"),
        takes=LESSON.time_of("order"),
        record_as="order",
        first_batches=True,
        **own | settings,
    )


def different_networks(comparison: Comparison) -> float | None:
    """Count the different sets of weights that came out; None where fewer than two lanes ended."""
    weights = [result.weights_sha256 for result in comparison.results if result.status == "done"]
    return float(len(set(weights))) if len(weights) > 1 else None


def named_rightly(comparison: Comparison) -> float | None:
    """Count the test images that the first lane's network named rightly; None where unknown."""
    for result in comparison.results:
        if result.test_accuracy is not None:
            return float(round(result.test_accuracy * TEST_IMAGES))
    return None


exercise = Exercise(
    name="my_fit",
    hints=(
        to_say(
            "You need two loops: one over the epochs, and in it one over the batches. "
            "range(0, len(images), batch_size) gives where each batch starts."
        ),
        to_say(
            "From each start, cut images[start:start + batch_size], and labels at the same places, "
            "and hand both to model.train_on_batch. A slice that reaches over the end is simply "
            "shorter, and so is the last batch of fit."
        ),
    ),
)

LESSON = Lesson(
    notebook="01_three_doors.ipynb",
    title=to_say("Three doors, one room"),
    question=to_say("Do the three functions train different models?"),
    minutes=25,
    panels={"three_doors": same_weights_panel, "order": order_panel},
    exercises=(exercise,),
)
