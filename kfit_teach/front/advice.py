"""Which training function should I use? Three answers lead to a recommendation and to its code.

It is plain data and logic: no Keras is imported here. Tests run the code of every combination in
both libraries.
"""

import os
import textwrap
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kfit_teach.common.problems import validated
from kfit_teach.front import advice_pieces as pieces

# The answers that can be given, and what they are called where a person chooses.
DATA_ANSWERS = {
    "arrays": "in memory, as arrays",
    "folder": "image files, in one folder a class",
    "file": "one file too large for memory: a memory map, or text",
    "source": "a Python source of my own: a generator, a database",
}
LOOP_ANSWERS = {
    "ordinary": "the ordinary loop: epochs, batches, one loss",
    "replicas": "several devices that train one model together",
    "custom_step": "a step of my own: my loss, my rule for the gradients",
    "odd_loop": "a loop of my own: I decide after every batch (GAN, reinforcement learning)",
}
LIBRARY_ANSWERS = {"keras": "keras (Keras 3)", "tf_keras": "tf_keras (Keras 2)"}

LEGACY_VARIABLE = "TF_USE_LEGACY_KERAS"  # makes tf.keras mean Keras 2


class Answers(BaseModel):
    """What a learner says of their own project; the names are explained in the dicts above."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Literal["arrays", "folder", "file", "source"]
    loop: Literal["ordinary", "replicas", "custom_step", "odd_loop"]
    library: Literal["keras", "tf_keras"]

    @property
    def sequence(self):
        """What the library calls batches that have numbers."""
        return pieces.SEQUENCE_OF_LIBRARY[self.library]


@dataclass(frozen=True)
class Advice:
    """What to use, why, how it is written, and what to mind.

    Args:
        function: the training function, "fit" or "train_on_batch".
        loader: where its batches come from, in words.
        why: one or more sentences.
        code: a script that runs as it is, over a few random images.
        beware: tuple of sentences.
    """

    function: str
    loader: str
    why: str
    code: str
    beware: tuple[str, ...]

    @property
    def headline(self):
        """The recommendation in one sentence."""
        return f"Use {self.function}, over {self.loader}."

    def __str__(self):
        warnings = "\n".join(f"- {sentence}" for sentence in self.beware)
        return f"{self.headline}\n{self.why}\n\n{self.code}\n\nMind:\n{warnings}"


def recommend(data, loop, library):
    """Recommend a training function and a loader, with code.

    Args:
        data: where the data is: "arrays", "folder", "file" or "source" (`DATA_ANSWERS`).
        loop: what the loop needs: "ordinary", "replicas", "custom_step" or "odd_loop"
            (`LOOP_ANSWERS`).
        library: "keras" or "tf_keras"; `library_at_hand` finds it out.

    Returns:
        Advice.

    Raises:
        BadInput: an answer is not known.

    >>> recommend("arrays", "ordinary", "keras").headline
    'Use fit, over arrays.'
    >>> recommend("folder", "odd_loop", "tf_keras").function
    'train_on_batch'
    """
    answers = validated(Answers, data=data, loop=loop, library=library)
    function = "train_on_batch" if loop == "odd_loop" else "fit"
    return Advice(function, _loader(answers), _why(answers), _code(answers), _beware(answers))


def library_at_hand(environment=os.environ):
    """Find out which Keras the learner's own code gets.

    Args:
        environment: the environment variables.

    Returns:
        (library, sentence): "keras" or "tf_keras", and how that was found out.

    >>> library_at_hand({"TF_USE_LEGACY_KERAS": "1"})[0]
    'tf_keras'
    """
    # The same three values as in TensorFlow's own tensorflow/__init__.py.
    if environment.get(LEGACY_VARIABLE) in ("true", "True", "1"):
        found = _with_version("tf_keras")
        return "tf_keras", f"{LEGACY_VARIABLE} is set here, so tf.keras is {found}."
    return "keras", f"You have {_with_version('keras')}, and {_with_version('tf_keras')} beside it."


def _with_version(package):
    """Name a package with the version that is installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


# --- The words


def _loader(answers):
    """Name the loader."""
    if answers.data == "folder":
        return "image_dataset_from_directory (a tf.data.Dataset)"
    if answers.loop == "odd_loop":
        return {
            "arrays": "batches that you cut out of your arrays",
            "file": "batches that you cut out of a memory-mapped array",
            "source": "batches from your own source",
        }[answers.data]
    return {
        "arrays": "arrays",
        "file": f"a {answers.sequence} that reads a memory-mapped array",
        "source": f"a {answers.sequence} that asks your source",
    }[answers.data]


def _why(answers):
    """Say why: a sentence or two on the data, one on the loop."""
    by_number = f"A {answers.sequence} gives each batch by its number"
    of_data = {
        "arrays": "Your images are in memory already. Nothing is simpler than handing them over.",
        "folder": "It reads the files batch by batch, ahead of the training, and takes the classes "
        "from the names of the folders. It shuffles anew every epoch.",
        "file": "A memory map reads only what a batch asks for, so the file may be larger than "
        f"your memory. {by_number}, so Keras can mix them and knows where an epoch ends.",
        "source": f"{by_number}, so Keras knows where an epoch ends, and several workers can "
        "fetch without bringing anything twice.",
    }
    of_odd_data = {
        "arrays": "Your images are in memory already, so you cut each batch yourself.",
        "file": "A memory map reads only what a batch asks for, so the file may be larger than "
        "your memory.",
        "source": "You ask your source for a batch whenever you want one.",
    }
    of_loop = {
        "ordinary": "fit keeps the loop for you, with callbacks, validation and a progress bar.",
        "replicas": "Under a strategy, fit cuts each batch into one part a replica and puts their "
        "gradients together. But for rounding, the weights are those of one device.",
        "custom_step": "You override train_step, and fit keeps the rest: callbacks, validation, "
        "devices.",
        "odd_loop": "train_on_batch takes one step and gives the loop back to you. That is what "
        "it is for.",
    }
    odd = answers.loop == "odd_loop"
    told = of_odd_data.get(answers.data) if odd else None
    return f"{told or of_data[answers.data]} {of_loop[answers.loop]}"


def _beware(answers):
    """List what to mind: of the data, where fit loads it, then of the loop."""
    of_loop = {
        "ordinary": _of_old_code,
        "replicas": _of_replicas,
        "custom_step": _of_own_step,
        "odd_loop": _of_odd_loop,
    }
    return (*_of_data(answers), *of_loop[answers.loop](answers))


def _of_data(answers):
    """Say what to mind of the data."""
    if answers.data == "file":
        yield "Text takes far longer to read than numbers: turn it into such a file once."
    if answers.loop == "odd_loop":
        return
    if answers.data == "arrays":
        yield (
            "fit copies arrays: you need room for three times the array at the start, and for "
            "twice while it trains. As uint8, scaled in the network, they need a quarter of that."
        )
        yield "validation_split takes the last rows as they lie: mix rows sorted by class first."
    if answers.data == "folder":
        yield _of_steps(answers)
    if answers.data == "file":
        yield (
            "fit mixes the batches, not the images within one: if your file is sorted by class, "
            "mix it once, when you write it."
        )
        yield "tf.data.Dataset.from_tensor_slices(images) would read the whole file into memory."
    if answers.data == "source":
        yield from _of_source(answers)


def _of_steps(answers):
    """Say what a steps_per_epoch does to a data set with an end."""
    rounded = "Leave steps_per_epoch out. Rounded down, it "
    if answers.library == "keras":
        return rounded + "turns every second epoch into the one batch that was left over."
    return rounded + "ends the training in the second epoch, after the one batch left over."


def _of_source(answers):
    """Say how a slow source gets helpers, where it is called from, and what a generator needs."""
    if answers.library == "keras":
        yield "A slow source gets helpers: Batches(workers=4). fit has no workers any more."
    else:
        yield "A slow source gets helpers: model.fit(Batches(), epochs=2, workers=4)."
    yield "Keras calls fetch from other threads too: open a database inside it, not before."
    if answers.library == "keras" and answers.loop == "replicas":
        return  # what is said there of generators is that they are not for it
    form = "make it endless, give fit its steps_per_epoch"
    if answers.library == "keras":
        form += ", let it yield tuples, not lists, and say shuffle=False"
    yield f"A source that knows only what comes next is a generator: {form}."


def _of_old_code(answers):
    """Say what became of fit_generator."""
    if answers.library == "keras":
        yield (
            "Older code says fit_generator. It is gone from Keras 3: write fit, hand it the same "
            "batches, and leave workers= out."
        )
    else:
        yield "Older code says fit_generator. Here it still is, but it warns, and only calls fit."


def _of_replicas(answers):
    """Say what is counted, what is not split, and what several machines need."""
    yield "The 32 is the whole batch, shared among the replicas. With one device nothing changes."
    yield (
        "Make one strategy a kernel, and restart before the next: with two, a network of another "
        "size fails with a shape mismatch."
    )
    if answers.library == "keras":
        yield "train_on_batch is not split in Keras 3: every replica gets the whole batch."
        yield "Hand over no plain generator: getting ready already takes batches out of it."
        yield (
            "This strategy is for one machine. Over several, take tf_keras and its "
            "MultiWorkerMirroredStrategy."
        )
    else:
        yield "Over several machines, take MultiWorkerMirroredStrategy, and set TF_CONFIG on each."


def _of_own_step(answers):
    """Say when no own step is needed, and what it must not forget."""
    yield "Often you need none: sample_weight weighs images, and every optimizer takes clipnorm."
    if answers.library == "keras":
        yield (
            "Keras 3 leaves it to your step to note the loss, as its last line does; without that "
            "you read a loss of 0."
        )
        yield "This step is for TensorFlow; over PyTorch or JAX it is written another way."


def _of_odd_loop(answers):
    """Say what is missing, and what a call costs."""
    yield "There are no callbacks, no validation and no History: you write what you need of them."
    if answers.data != "folder":
        yield "Nothing loads ahead: while you get a batch, the network waits."
    if answers.library == "keras":
        yield "From Keras 3.15 on the loss is that of this batch; before, it was a running mean."
    else:
        yield "Each call builds a new input pipeline, which takes longer than a small step."


# --- The code


def _code(answers):
    """Join the pieces to a script."""
    body = [_data(answers), _handing_over(answers), _own_step(answers), _model(answers),
            _loop(answers)]  # fmt: skip
    return "\n\n".join([_imports(answers), *(piece for piece in body if piece)])


def _imports(answers):
    """Import what the script needs, the standard library first."""
    standard = {"folder": "import pathlib\nimport tempfile\n\n", "file": "import tempfile\n\n"}
    others = [pieces.IMPORT_OF_LIBRARY[answers.library], "import numpy as np"]
    if answers.loop in ("replicas", "custom_step"):
        others.append("import tensorflow as tf")
    return standard.get(answers.data, "") + "\n".join(sorted(others))


def _data(answers):
    """Draw some data at random, in the learner's form."""
    return {
        "arrays": pieces.ARRAYS,
        "folder": pieces.FOLDER,
        "file": pieces.FILE,
        "source": pieces.SOURCE,
    }[answers.data]


def _handing_over(answers):
    """Define what gives batches by their number, where fit takes them from it."""
    if answers.loop == "odd_loop":
        return ""
    piece = {"file": pieces.BATCHES_OF_FILE, "source": pieces.BATCHES_OF_SOURCE}
    return piece.get(answers.data, "").format(sequence=answers.sequence)


def _own_step(answers):
    """Define the model with a step of one's own, where one is asked for."""
    if answers.loop != "custom_step":
        return ""
    return f"{pieces.OWN_STEP}\n{pieces.END_OF_OWN_STEP[answers.library]}"


def _model(answers):
    """Build and compile the network, under a strategy where there are replicas."""
    model = pieces.MODEL
    if answers.loop == "custom_step":
        model = model.replace("keras.Sequential", "MyModel")
    if answers.loop == "replicas":
        model = f"{pieces.STRATEGY}\n{textwrap.indent(model, '    ')}"
    layers = pieces.LAYERS_OF_PIXELS if answers.data == "folder" else pieces.LAYERS
    return f"{layers}\n{model}"


def _loop(answers):
    """Train."""
    if answers.loop == "odd_loop":
        draw = {"folder": pieces.DRAW_DATASET, "source": pieces.DRAW_SOURCE}
        return f"{draw.get(answers.data, pieces.DRAW_ROWS)}\n{pieces.TRAIN_AND_DECIDE}"
    if answers.data == "arrays":
        return pieces.FIT_ARRAYS
    is_dataset = answers.data == "folder"
    return pieces.FIT_DATASET[answers.library] if is_dataset else pieces.FIT_SEQUENCE
