"""Lesson 4, the memory wall: how large a data set can fit take before it dies?

Two panels: one follows the memory of several ways into training under a budget, one runs their
growth on to this machine's free memory.
"""

from kfit_teach.common.demonstrations import slope, wall
from kfit_teach.common.ways import WAYS
from kfit_teach.common.words import say, to_say
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.demonstration import DemonstrationPanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none


def wall_panel(**settings) -> DemonstrationPanel:
    """Make the panel that follows memory; settings given stand for the lesson's own."""
    times = NumberQuestion(
        say("You hand fit one array with all your images. At the highest point, how many times "
            "that array does the process hold?"),
        lambda shown: shown.times_the_array(), low=0, high=20, step=0.1,
        unit=say("times your array"), subject="first",
    )  # fmt: skip
    stayed = NumberQuestion(
        say("With the memory budget above, how many of the ways come to their end?"),
        lambda shown: shown.ways_that_stayed(), low=0, high=len(WAYS), step=1, unit=say("ways"),
        unit_of_one=say("way"), things=say("Ways"), subject="second",
    )  # fmt: skip
    budgets = [(say("{mib} MiB", mib=mib), mib) for mib in (100, 200, 300, 400, 600, 800)]
    usual = wall.Settings().ways
    return DemonstrationPanel(
        "wall",
        controls={
            "number_of_images": (1000, 2000, 4000, 8000, 16_000),
            "dtype": (),
            "budget_mib": ((say("no budget"), 0), *budgets),
            "ways": (
                (say("five ways"), usual),
                (say("two: an array, a generator"), ("array", "generator")),
                (say("all six"), tuple(WAYS)),
            ),
            "epochs": (1, 2, 3),
            "library": (),
        },
        questions=[times, stayed],
        recorded=recorded_or_none("wall"),
        takes=LESSON.time_of("wall"),
        **settings,
    )


def slope_panel(**settings) -> DemonstrationPanel:
    """Make the panel of the machine's own wall; settings given stand for the lesson's own."""
    asked = NumberQuestion(
        say("At how many images of the size above does fit over one float32 array no longer go "
            "into the free memory of this machine?"),
        images_at_the_wall, low=0, high=100_000_000, step=1000, unit=say("images"),
        things=say("Images"), subject="first",
    )  # fmt: skip
    usual = slope.Settings().ways
    return DemonstrationPanel(
        "slope",
        controls={
            "image_size": ((say("32 px"), 32), (say("64 px"), 64), (say("128 px"), 128)),
            "ways": (
                (say("two: array, memory map"), usual),
                (say("three: uint8, too"), ("array", "uint8", "memory_map")),
            ),
        },
        questions=[asked],
        recorded=recorded_or_none("slope"),
        takes=LESSON.time_of("slope"),
        **settings,
    )


def images_at_the_wall(shown) -> float | None:
    """Tell at how many images fit over an array meets the wall; None where no line is known."""
    found = shown.wall_of("array")
    return found and float(f"{found.images:.1e}")


exercise = Exercise(
    name="train_within",
    hints=(
        to_say(
            "A .npy file can be opened without being read: look for mmap_mode in the "
            "documentation of np.load. What is cut out of such an array is read; the rest is not."
        ),
        to_say(
            "Go over the file in steps of batch_size. In each step cut one batch out, make "
            "numbers from 0 to 1 of this batch alone, and hand it to model.train_on_batch with "
            "the labels from the same places. Keep nothing from one step to the next."
        ),
    ),
)

LESSON = Lesson(
    notebook="04_the_memory_wall.ipynb",
    title=to_say("The memory wall"),
    question=to_say("How large a data set can fit take before it dies?"),
    minutes=30,
    panels={"wall": wall_panel, "slope": slope_panel},
    exercises=(exercise,),
)
