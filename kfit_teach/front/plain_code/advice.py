"""Which training function should I use? Three answers lead to a recommendation and to its code.

It is plain data and logic: no Keras is imported here. The code stands in advice.py.j2; tests run
that of every combination in both libraries.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.problems import validated
from kfit_teach.common.words import say, to_say
from kfit_teach.front.plain_code.templates import filled

# The answers that can be given, and what they are called where a person chooses.
DATA_ANSWERS = {
    "arrays": to_say("in memory, as arrays"),
    "folder": to_say("image files, in one folder a class"),
    "file": to_say("one file too large for memory: a memory map, or text"),
    "source": to_say("a Python source of my own: a generator, a database"),
}
LOOP_ANSWERS = {
    "ordinary": to_say("the ordinary loop: epochs, batches, one loss"),
    "replicas": to_say("several devices that train one model together"),
    "custom_step": to_say("a step of my own: my loss, my rule for the gradients"),
    "odd_loop": to_say("a loop of my own: I decide after every batch (GAN, reinforcement "
                       "learning)"),
}  # fmt: skip
LIBRARY_ANSWERS = {"keras": to_say("keras (Keras 3)"), "tf_keras": to_say("tf_keras (Keras 2)")}

# The words of an advice, each with what it is said of: answers, and the function they lead to.
LOADER = {
    to_say("arrays"): "fit, arrays",
    to_say("a {sequence} that reads a memory-mapped array"): "fit, file",
    to_say("a {sequence} that asks your source"): "fit, source",
    to_say("image_dataset_from_directory (a tf.data.Dataset)"): "folder",
    to_say("batches that you cut out of your arrays"): "odd_loop, arrays",
    to_say("batches that you cut out of a memory-mapped array"): "odd_loop, file",
    to_say("batches from your own source"): "odd_loop, source",
}
WHY = {
    to_say("Your images are in memory already. Nothing is simpler than handing them over."):
        "fit, arrays",
    to_say("It reads the files batch by batch, ahead of the training, and takes the classes from "
           "the names of the folders. It shuffles anew every epoch."): "folder",
    to_say("A memory map reads only what a batch asks for, so the file may be larger than your "
           "memory."): "file",
    to_say("A {sequence} gives each batch by its number, so Keras can mix them and knows where an "
           "epoch ends."): "fit, file",
    to_say("A {sequence} gives each batch by its number, so Keras knows where an epoch ends, and "
           "several workers can fetch without bringing anything twice."): "fit, source",
    to_say("Your images are in memory already, so you cut each batch yourself."):
        "odd_loop, arrays",
    to_say("You ask your source for a batch whenever you want one."): "odd_loop, source",
    to_say("fit keeps the loop for you, with callbacks, validation and a progress bar."):
        "ordinary",
    to_say("Under a strategy, fit cuts each batch into one part a replica and puts their "
           "gradients together. But for rounding, the weights are those of one device."):
        "replicas",
    to_say("You override train_step, and fit keeps the rest: callbacks, validation, devices."):
        "custom_step",
    to_say("train_on_batch takes one step and gives the loop back to you. That is what it is for."):
        "odd_loop",
}  # fmt: skip
BEWARE = {
    to_say("Text takes far longer to read than numbers: turn it into such a file once."): "file",
    to_say("fit copies arrays: you need room for three times the array at the start (the array, a "
           "copy of it, the tensor), and for twice while it trains. What a step itself needs comes "
           "on top, so a comparison over few images shows more than three times. As uint8, scaled "
           "in the network, the arrays need a quarter of that."):
        "fit, arrays",
    to_say("validation_split takes the last rows as they lie: mix rows sorted by class first."):
        "fit, arrays",
    to_say("Leave steps_per_epoch out. Rounded down, it turns every second epoch into the one "
           "batch that was left over."): "fit, folder, keras",
    to_say("Leave steps_per_epoch out. Rounded down, it ends the training in the second epoch, "
           "after the one batch left over."): "fit, folder, tf_keras",
    to_say("fit mixes the batches, not the images within one: if your file is sorted by class, "
           "mix it once, when you write it."): "fit, file",
    to_say("tf.data.Dataset.from_tensor_slices(images) would read the whole file into memory."):
        "fit, file",
    to_say("A slow source gets helpers: Batches(workers=4). fit has no workers any more."):
        "fit, source, keras",
    to_say("A slow source gets helpers: model.fit(Batches(), epochs=2, workers=4)."):
        "fit, source, tf_keras",
    to_say("Keras calls fetch from other threads too: open a database inside it, not before."):
        "fit, source",
    to_say("A source that knows only what comes next is a generator: make it endless, give fit "
           "its steps_per_epoch, let it yield tuples, not lists, and say shuffle=False."):
        "fit, source, keras, not replicas",
    to_say("A source that knows only what comes next is a generator: make it endless, give fit "
           "its steps_per_epoch."): "fit, source, tf_keras",
    to_say("Older code says fit_generator. It is gone from Keras 3: write fit, hand it the same "
           "batches, and leave workers= out."): "ordinary, keras",
    to_say("Older code says fit_generator. Here it still is, but it warns, and only calls fit."):
        "ordinary, tf_keras",
    to_say("The 32 is the whole batch, shared among the replicas. With one device nothing "
           "changes."): "replicas",
    to_say("Make one strategy a kernel, and restart before the next: with two, a network of "
           "another size fails with a shape mismatch."): "replicas",
    to_say("train_on_batch is not split in Keras 3: every replica gets the whole batch."):
        "replicas, keras",
    to_say("Hand over no plain generator: getting ready already takes batches out of it."):
        "replicas, keras",
    to_say("This strategy is for one machine. Over several, take tf_keras and its "
           "MultiWorkerMirroredStrategy."): "replicas, keras",
    to_say("Over several machines, take MultiWorkerMirroredStrategy, and set TF_CONFIG on each."):
        "replicas, tf_keras",
    to_say("Often you need none: sample_weight weighs images, and every optimizer takes clipnorm."):
        "custom_step",
    to_say("Keras 3 leaves it to your step to note the loss, as its last line does; without that "
           "you read a loss of 0."): "custom_step, keras",
    to_say("This step is for TensorFlow; over PyTorch or JAX it is written another way."):
        "custom_step, keras",
    to_say("There are no callbacks, no validation and no History: you write what you need of "
           "them."): "odd_loop",
    to_say("Nothing loads ahead: while you get a batch, the network waits."):
        "odd_loop, not folder",
    to_say("From Keras 3.15 on the loss is that of this batch; before, it was a running mean."):
        "odd_loop, keras",
    to_say("Each call builds a new input pipeline, which takes longer than a small step."):
        "odd_loop, tf_keras",
}  # fmt: skip


class Answers(BaseModel):
    """What a learner says of their own project."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Literal[tuple(DATA_ANSWERS)]
    loop: Literal[tuple(LOOP_ANSWERS)]
    library: Literal[tuple(LIBRARY_ANSWERS)]

    @property
    def function(self) -> str:
        """The training function that they lead to."""
        return "train_on_batch" if self.loop == "odd_loop" else "fit"

    @property
    def sequence(self) -> str:
        """What the library calls batches that have numbers."""
        return "PyDataset" if self.library == "keras" else "Sequence"


@dataclass(frozen=True)
class Advice:
    """What to use, why, how it is written, and what to mind."""

    function: str
    loader: str  # where batches come from, in words
    why: str  # one or more sentences
    code: str  # a script that runs as it is, over a few random images
    beware: tuple[str, ...]  # sentences

    @property
    def headline(self) -> str:
        """The recommendation in one sentence."""
        return say("Use {function}, over {loader}.", function=self.function, loader=self.loader)

    def __str__(self) -> str:
        warnings = "\n".join(f"- {sentence}" for sentence in self.beware)
        return f"{self.headline}\n{self.why}\n\n{self.code}\n\n{say('Mind:')}\n{warnings}"


def recommend(data: str, loop: str, library: str) -> Advice:
    """Recommend a training function and a loader, with code; BadInput where no such answer is.

    >>> recommend("arrays", "ordinary", "keras").headline
    'Use fit, over arrays.'
    """
    answers = validated(Answers, data=data, loop=loop, library=library)
    code = filled("advice.py.j2", **answers.model_dump(), sequence=answers.sequence)
    return Advice(
        function=answers.function,
        loader=" ".join(_said(LOADER, answers)),
        why=" ".join(_said(WHY, answers)),
        code=code.removesuffix("\n"),
        beware=tuple(_said(BEWARE, answers)),
    )


def _said(words: dict[str, str], answers: Answers) -> list[str]:
    """Say those of the words that are said of these answers."""
    given = {answers.data, answers.loop, answers.library, answers.function}
    others = {*DATA_ANSWERS, *LOOP_ANSWERS, *LIBRARY_ANSWERS} - given
    given |= {f"not {answer}" for answer in others}
    return [say(message, sequence=answers.sequence) for message, conditions in words.items()
            if given.issuperset(conditions.split(", "))]  # fmt: skip


def library_at_hand(environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Find out which Keras the learner's own code gets: its name, and how that was found out.

    >>> library_at_hand({"TF_USE_LEGACY_KERAS": "1"})[0]
    'tf_keras'
    """
    found = {"keras": _with_version("keras"), "tf_keras": _with_version("tf_keras")}
    # The same three values as in TensorFlow's own tensorflow/__init__.py.
    if environment.get("TF_USE_LEGACY_KERAS") in ("true", "True", "1"):
        told = say("TF_USE_LEGACY_KERAS is set here, so tf.keras is {tf_keras}.", **found)
        return "tf_keras", told
    return "keras", say("You have {keras}, and {tf_keras} beside it.", **found)


def _with_version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return say("no {package}", package=package)
