"""Lesson 5, where does the time go: the step, Python, or the loader?

Two panels: one asks what a loader and a step of known times come to, one how far a text file lies
below a memory map.
"""

from kfit_teach.common.words import say, to_say
from kfit_teach.front.demonstrations.law import LawShown
from kfit_teach.front.demonstrations.staircase import ASKED, FIRST, Staircase
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.demonstration import DemonstrationPanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none

MOST_MS, MOST_TIMES = 300, 200


def law_panel(**settings) -> DemonstrationPanel:
    """Make the panel of loader and step; settings given stand for the lesson's own."""
    questions = [
        NumberQuestion(
            say("A loader that takes so long for a batch, a step that takes so long, as set above. "
                "With train_on_batch: how many ms from one step to the next?"),
            ms_of_train_on_batch, low=0, high=MOST_MS, step=1, unit=say("ms"), subject="first",
        ),
        NumberQuestion(
            say("And with fit, over the same loader?"),
            ms_of_fit, low=0, high=MOST_MS, step=1, unit=say("ms"), subject="second",
        ),
    ]  # fmt: skip
    return DemonstrationPanel(
        "law",
        controls={
            "loader_ms": (),
            "step_ms": (),
            "loader_does": (),
            "network": (),
            "library": (),
        },
        questions=questions,
        recorded=recorded_or_none("law"),
        takes=LESSON.time_of("law"),
        **settings,
    )


def staircase_panel(**settings) -> DemonstrationPanel:
    """Make the panel of text file, memory map and arrays; settings given stand for its own."""
    question = say(
        "With the network set above: how many times as many images a second does fit train from a "
        "memory map as from the tutorial's text file?"
    )
    asked = NumberQuestion(
        question, memory_map_over_text, low=0, high=MOST_TIMES, step=0.5, unit=say("times"),
        subject="first",
    )  # fmt: skip
    return DemonstrationPanel(
        "staircase",
        controls={"network": (), "batch_size": (8, 16, 32, 64), "library": ()},
        questions=[asked],
        recorded=recorded_or_none("staircase"),
        takes=LESSON.time_of("staircase"),
        **settings,
    )


def ms_of_train_on_batch(shown: LawShown) -> float | None:
    """Give the ms from step to step with train_on_batch; None where it was not measured."""
    return _ms_of(shown, "train_on_batch")


def ms_of_fit(shown: LawShown) -> float | None:
    """Give the ms from step to step with fit; None where it was not measured."""
    return _ms_of(shown, "fit")


def _ms_of(shown: LawShown, function: str) -> float | None:
    law = shown.law_of(function)
    return round(law.ms, 1) if law else None


def memory_map_over_text(shown: Staircase) -> float | None:
    """Give the ratio of images/s; None where fewer than two rounds were measured."""
    known = shown.climb(FIRST, ASKED).known
    return round(known.ratio, 1) if known else None


exercise = Exercise(
    name="fast_batches",
    hints=(
        to_say(
            "The text of a pixel means the same number in every epoch. Find the line of "
            "slow_batches that does the most work, and ask how often its result changes."
        ),
        to_say(
            "Let the first call parse the file once and keep the result: in a dict by the file's "
            "name, or beside the file with np.save. Every call then cuts its batches out of what "
            "was kept, from the first image on; the last batch may be smaller."
        ),
    ),
    libraries=("keras",),
)

LESSON = Lesson(
    notebook="05_where_the_time_goes.ipynb",
    title=to_say("Where does the time go?"),
    question=to_say("Is it the step, Python, or the loader that you wait for?"),
    minutes=40,
    panels={"law": law_panel, "staircase": staircase_panel},
    exercises=(exercise,),
)
