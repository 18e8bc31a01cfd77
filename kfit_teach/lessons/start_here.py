"""The tour of notebook 00: one comparison, one order to guess."""

from kfit_teach.common.loaders import TRAINING_FUNCTIONS
from kfit_teach.common.words import say, to_say
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.guesses import OrderQuestion
from kfit_teach.front.panels.compare import ComparePanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none


def panel(**settings) -> ComparePanel:
    """Make the panel of the tour; settings that are given stand for the tour's own."""
    question = say("Which needs the most memory? Put the three in order, the hungriest first.")
    own = {"library": "keras", "epochs": 3}
    return ComparePanel(
        controls={
            "library": (),
            "loader": ("natural", "generator"),
            "batch_size": (8, 16, 32, 64),
            "epochs": (),
        },
        questions=[
            OrderQuestion(question, order_by_memory, tuple(TRAINING_FUNCTIONS), subject="memory")
        ],
        recorded=recorded_or_none("start_here"),
        title=say(LESSON.title),
        takes=LESSON.time_of("start_here"),
        record_as="start_here",
        costs_only=True,  # whether the networks differ is the question of lesson 1
        **own | settings,
    )


def order_by_memory(comparison: Comparison) -> tuple[str, ...] | None:
    """Order the functions of the first library by peak memory; None where a lane is missing."""
    done = comparison.ranking(comparison.settings.libraries[0]).done
    if {lane.function for lane in done} != set(TRAINING_FUNCTIONS):
        return None
    done.sort(key=lambda lane: -lane.result.memory.peak_extra_mib)
    return tuple(lane.function for lane in done)


LESSON = Lesson(
    notebook="00_start_here.ipynb",
    title=to_say("Start here"),
    question=to_say("What do the three functions cost on your machine?"),
    minutes=15,
    panels={"start_here": panel},
)
