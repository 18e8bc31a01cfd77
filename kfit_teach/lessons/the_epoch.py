"""Lesson 3, the epoch: when does an epoch end, and who decides?

One panel shows which batches each epoch of a call of fit trains. Three exercises: a generator that
reads a text file, a call repaired in three ways, and a PyDataset over that file.
"""

from kfit_teach.common.words import say, to_say
from kfit_teach.front.demonstrations.epoch import Epoch
from kfit_teach.front.exercises import Exercise
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels.demonstration import DemonstrationPanel
from kfit_teach.lessons.lesson import Lesson
from kfit_teach.lessons.recorded import recorded_or_none


def epoch_panel(**settings) -> DemonstrationPanel:
    """Make the panel of the tutorial's line; settings given stand for the lesson's own."""
    question = say(
        "model.fit is called with the source and the steps_per_epoch above. How many batches does "
        "the second epoch train?"
    )
    asked = NumberQuestion(
        question, Epoch.batches_of_second_epoch, low=0, high=1020, step=1, unit=say("batches"),
        unit_of_one=say("batch"), things=say("Batches"), subject="first",
    )  # fmt: skip
    return DemonstrationPanel(
        "epoch",
        controls={
            "source": (),
            "steps": (),
            "number_of_images": (1020, 680, 340, 128, 70, 64, 10),
            "batch_size": (8, 16, 32, 64),
            "epochs": (2, 3, 4, 6),
            "library": (),
        },
        questions=[asked],
        recorded=recorded_or_none("epoch"),
        takes=LESSON.time_of("epoch"),
        **settings,
    )


csv_exercise = Exercise(
    name="my_csv_batches",
    hints=(
        to_say(
            "Three loops, one in the other: while True for the epochs, one over the lines of the "
            "file, and you collect lines until you have batch_size of them. Open the file within "
            "the first loop, and each epoch begins at its first line."
        ),
        to_say(
            "After the loop over the lines, what is left is the last, smaller batch: yield it, but "
            "only if there is something left. np.eye(17)[classes] makes one-hot labels of a list "
            "of class numbers."
        ),
    ),
    libraries=("tf_keras",),
)

repair_exercise = Exercise(
    name="repaired_call",
    hints=(
        to_say(
            "Two of the three sources know their length: what aug.flow gives, and a PyDataset. For "
            "these, leave steps_per_epoch out. A generator without end knows none, so you say it: "
            "images / batch_size, rounded up."
        ),
        to_say(
            "A PyDataset needs __len__ (how many batches, rounded up) and __getitem__ (the batch "
            "of a number). With it, the generator is one line: for _ in itertools.count(), for "
            "batch in it, that batch."
        ),
    ),
    libraries=("keras",),
)

dataset_exercise = Exercise(
    name="csv_pydataset",
    hints=(
        to_say(
            "__init__ hands **options on to super().__init__ and counts the lines once. __len__ "
            "is that number over batch_size, rounded up. __getitem__(step) reads the lines from "
            "step * batch_size on."
        ),
        to_say(
            "np.loadtxt takes skiprows and max_rows, so it reads just the lines of one batch; "
            "ndmin=2 keeps a batch of one line a table. Open the file anew in each call: fit may "
            "ask from several threads."
        ),
    ),
    libraries=("keras",),
)

LESSON = Lesson(
    notebook="03_the_epoch.ipynb",
    title=to_say("The epoch"),
    question=to_say("When does an epoch end, and who decides?"),
    minutes=35,
    panels={"epoch": epoch_panel},
    exercises=(csv_exercise, repair_exercise, dataset_exercise),
)
