"""Show the code: an Experiment as a plain Keras script that ends with the same weights.

A script is put together from pieces, each of them only where the experiment needs it. Nothing is
trained here, and Keras is not imported: a script is text.
"""

import re
from itertools import pairwise
from pathlib import Path
from textwrap import fill, indent

from kfit_teach.common.experiment import LOADERS_WITH_WORKERS
from kfit_teach.common.files import writable_path, write_file
from kfit_teach.common.flowers import resolve_images
from kfit_teach.common.flowers.forms import form_path
from kfit_teach.common.flowers.manifest import PART_SIZES, project_folder
from kfit_teach.common.flowers.store import store_path
from kfit_teach.common.loaders import FORM_OF_LOADER, HANDS_OVER
from kfit_teach.front.showing import script_pieces as pieces

LINE_LENGTH = 100
QUEUE_OF_ITS_OWN = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}


def plain_script(experiment):
    """Write an experiment as a script that imports nothing of this package.

    Args:
        experiment: Experiment. Images "auto" are settled as this machine would.

    Returns:
        The text of a Python file: the same library, call, loader, network, order and seeds, and
        at its end the sha256 of the same weights. It reads the files that this package stored.

    Raises:
        BadInput: the images are "auto", and a path to the real ones was named that leads nowhere.

    >>> from kfit_teach.common.experiment import Experiment
    >>> run = Experiment(training_function="fit", library="keras", images="synthetic")
    >>> print(plain_script(run).splitlines()[-1])
    print("sha256 of the weights:", hashlib.sha256(weights).hexdigest())
    """
    run = resolve_images(experiment)
    environment = [pieces.BACKEND, pieces.QUIET] if run.library == "keras" else [pieces.QUIET]
    named = [_constants(run), *_data(run), _model(run), *_loader(run), *_call(run)]
    standard, others = _imports(run.library, "\n".join([*environment, *named]))
    return _joined([_heading(run), standard, "\n".join(environment), others, *named])


def script_file_names(path, experiments):
    """Name the file that the script of each experiment goes to.

    Args:
        path: the file asked for.
        experiments: list of Experiment.

    Returns:
        list of paths: the file itself for one experiment, files beside it for several.

    >>> from kfit_teach.common.experiment import ComparisonSettings
    >>> lanes = ComparisonSettings(library="keras").experiments()
    >>> [file.name for file in script_file_names("lane.py", lanes[:2])]
    ['lane-keras-fit-arrays.py', 'lane-keras-fit_generator-generator.py']
    """
    path = Path(path)
    if len(experiments) == 1:
        return [path]
    return [
        path.with_name(f"{path.stem}-{run.library}-{run.training_function}-{run.loader}.py")
        for run in experiments
    ]


def save_scripts(path, experiments):
    """Write one plain script an experiment; each file is whole or not there.

    Args:
        path: as for `script_file_names`.
        experiments: list of Experiment.

    Returns:
        list of Path, the files written.

    Raises:
        BadInput: the folder does not exist or cannot be written.
    """
    files = script_file_names(path, experiments)
    for file, experiment in zip(files, experiments, strict=True):
        write_file(writable_path(file), plain_script(experiment).encode())
    return files


def _heading(run):
    """Say in the docstring what the script is."""
    first = f"{run.training_function} in {run.library}, with the loader {run.loader}: plain Keras."
    told = pieces.TOLD
    told += pieces.BY_CHANCE if _depends_on_chance(run) else pieces.SAME_WEIGHTS
    told += pieces.NO_BUDGET if run.memory_budget else ""
    told += pieces.NO_TEST if run.evaluate else ""
    return f'"""{first}\n\n{fill(told, LINE_LENGTH, break_on_hyphens=False)}\n"""'


def _depends_on_chance(run):
    """Say whether what is trained on depends on which worker is the first."""
    if run.training_function == "train_on_batch" or run.loader != "flow":
        return False
    return run.workers > 1 and (run.shuffle or run.augment == "generator")


def _counts_epochs(run):
    """Say whether a batch depends on the number of its epoch."""
    return run.shuffle or run.augment in pieces.AUGMENT


def _imports(library, text):
    """Import what the text uses, in the order that linters want.

    Returns:
        (standard, others): a block each; between them the environment is set.
    """
    standard = [("csv", "import csv"), ("hashlib", "import hashlib")]
    standard += [("itertools", "import itertools"), ("math", "import math"), ("os", "import os")]
    standard += [("threading", "import threading"), ("Path", "from pathlib import Path")]
    others = [("np", "import numpy as np"), ("tf", "import tensorflow as tf")]
    image = ("Image", f"from PIL import Image{', ImageOps' * ('ImageOps.' in text)}")
    layers = ("layers", f"from {library} import layers")
    if library == "keras":
        others = [("keras", "import keras"), *others, layers, image]
    else:
        others = [*others, ("keras", "import tf_keras as keras"), image, layers]

    def those_used(lines):
        return "\n".join(line for name, line in lines if re.search(rf"\b{name}[.(]", text))

    return those_used(standard), those_used(others)


def _constants(run):
    """Name the files and the numbers of the experiment."""
    form = FORM_OF_LOADER.get(run.loader)
    if form:
        file = form.upper(), form_path(form, run)
    else:
        file = "IMAGES", store_path(run.images, run.image_size)
    manifest = "MANIFEST", project_folder("data") / "flowers17.csv"
    numbers = {
        "IMAGE_SIZE": run.image_size,
        "BATCH_SIZE": run.batch_size,
        "EPOCHS": run.epochs,
        "SEED": run.seed,
    }
    if run.images_per_epoch or run.loader == "csv_tutorial":
        numbers["IMAGES_PER_EPOCH"] = run.number_of_images
    lines = [pieces.FILES, *(_path_constant(*each) for each in (file, manifest))]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in numbers.items())])


def _path_constant(name, path):
    """Write one absolute path as the formatter would, however long it is."""
    text = repr(str(path.absolute()))
    if '"' not in text:
        text = f'"{text[1:-1]}"'
    line = f"{name} = Path({text})"
    if len(line) <= LINE_LENGTH:
        return line
    too_long = "  # noqa: E501" if len(text) + 4 > LINE_LENGTH and " " in text else ""
    return f"{name} = Path(\n    {text}{too_long}\n)"


def _data(run):
    """Choose the images, mix them, label them.

    Returns:
        list of blocks.
    """
    if run.loader == "csv_tutorial":
        return [pieces.CLASS_NAMES, pieces.STEPS_OF_TUTORIAL]
    parts = tuple(run.part.split("+"))
    is_in_part = f"in {parts}".replace("'", '"') if len(parts) > 1 else f'== "{run.part}"'
    chosen = [_filled(pieces.NUMBERS, split=str(run.split), part=run.part, is_in_part=is_in_part)]
    if run.order == "mixed":
        chosen.append(pieces.MIXED)
    if run.images_per_epoch:
        more = run.images_per_epoch > PART_SIZES[run.part]
        chosen.append(pieces.REPEATED if more else pieces.FEWER)
    return [pieces.MANIFEST_ROWS, "\n".join(chosen), _labels(run)]


def _labels(run):
    """Label the images, and count the steps of an epoch where somebody has to be told."""
    hands_over = HANDS_OVER[run.loader]
    by_hand = run.training_function == "train_on_batch"
    told = (
        hands_over == "batches" or run.loader == "sequence" or (hands_over == "arrays" and by_hand)
    )
    return f"{pieces.LABELS}\n{pieces.STEPS}" if told else pieces.LABELS


def _model(run):
    """Build and compile the network."""
    front = [pieces.UINT8_INPUT if run.loader == "uint8_arrays" else pieces.INPUT]
    if run.augment == "layers":
        front += [pieces.SEEDS_OF_LAYERS, pieces.ROTATION_AND_TRANSLATION]
        front += [pieces.SHEAR] if run.library == "keras" else [pieces.NO_SHEAR]
        front += [pieces.ZOOM_AND_FLIP]
    metrics = ", ".join(f'"{name}"' for name in run.metrics)
    network = _filled(
        pieces.NETWORK[run.model],
        normalized=pieces.NORMALIZED if run.batch_normalization else "",
        dropout=pieces.DROPOUT if run.dropout else "",
    )
    return _filled(
        pieces.MODEL,
        layers="\n".join([*front, network]),
        optimizer=pieces.OPTIMIZER[run.optimizer],
        loss=run.loss,
        metrics=f"metrics=[{metrics}]," if metrics else "",
    )


def _loader(run):
    """Open what the batches come from.

    Returns:
        list of blocks.
    """
    generator = pieces.IMAGE_DATA_GENERATOR_OF[run.library]
    if run.loader == "csv_tutorial":
        return [pieces.TUTORIAL]
    if run.loader == "arrays":
        return [pieces.FLOAT_ARRAYS]
    if run.loader == "uint8_arrays":
        return [_filled(pieces.UINT8_ARRAYS, who="the network")]
    if run.loader == "tf_data":
        return [_filled(pieces.UINT8_ARRAYS, who="tf.data"), pieces.SCALED]
    if run.loader == "flow":
        augments = run.augment == "generator"
        return [pieces.FLOAT_ARRAYS, generator + (pieces.SEVEN_ARGUMENTS if augments else ")")]
    augment = [pieces.AUGMENT[run.augment]] if run.augment in pieces.AUGMENT else []
    if run.augment == "loader":
        augment = [f"{generator})", *augment]
    makes = _sequence if run.loader == "sequence" else _generator
    return [*_opened(run), *augment, makes(run)]


def _opened(run):
    """Open the file or the folder that batches are read from.

    Returns:
        list of blocks.
    """
    as_many = pieces.AS_MANY.get(run.loader, "") if run.images_per_epoch else ""
    opened = _filled(pieces.OPENED[_what_is_read(run)], as_many=as_many)
    reads = {"csv": [pieces.READ_LINES], "folder": [pieces.READ_FILES[run.images]]}
    return [opened, *reads.get(run.loader, [])]


def _what_is_read(run):
    """Name what a loader reads batch by batch: a form, or else the stored images."""
    return FORM_OF_LOADER.get(run.loader, "stored")


def _one_batch(run, epoch):
    """Write the lines that make one batch: its places, its images, what is done to them."""
    read = pieces.READ[_what_is_read(run)]
    places = "places[batch]" if run.images_per_epoch else "batch"
    lines = [pieces.BATCH[run.shuffle], f"images = {_filled(read, places=places)}"]
    if run.augment in pieces.AUGMENT:
        lines.append(_filled(pieces.AUGMENTED, epoch=epoch))
    return "\n".join(lines)


def _generator(run):
    """Write the generator that yields batch after batch."""
    return _filled(
        pieces.GENERATOR,
        order="each epoch in a new order" if run.shuffle else "epoch after epoch",
        loop="for epoch in itertools.count()" if _counts_epochs(run) else "while True",
        shuffle=_shuffle(run, "epoch", "len(numbers)"),
        body=_one_batch(run, "epoch"),
    )


def _sequence(run):
    """Write the class that gives any batch by its number."""
    piece = pieces.SEQUENCE
    shuffle = _shuffle(run, "self.epoch", "len(numbers)")
    body = "\n".join(filter(None, [shuffle, _one_batch(run, "self.epoch")]))
    members = [piece["doc"], piece["length"], _filled(piece["item"], body=body)]
    if _counts_epochs(run):
        members[1:1] = [piece["epoch"]]
        members.append(piece[_end_of_epoch(run)])
    base = "PyDataset" if run.library == "keras" else "Sequence"
    return _filled(piece["head"], base=base) + "\n" + indent("\n\n".join(members), "    ")


def _end_of_epoch(run):
    """Choose how a sequence counts its epochs: fit calls on_epoch_end more often than they end."""
    if run.training_function == "train_on_batch":
        return "end"
    if run.library == "keras":
        return "end after a beginning"
    return "end with a queue" if run.workers > 1 or run.multiprocessing else "end"


def _shuffle(run, epoch, count):
    """Write the line that draws an epoch's order, or nothing."""
    return _filled(pieces.SHUFFLED, epoch=epoch, count=count) if run.shuffle else ""


def _call(run):
    """Open what is iterated over, call the training function, tell the weights.

    Returns:
        list of blocks.
    """
    by_hand = run.training_function == "train_on_batch"
    queue = {} if by_hand else _queue(run)
    blocks = ["\n".join([pieces.SEEDED_AGAIN, *_iterated(run, queue)])]
    blocks += [_loop(run) if by_hand else _fit(run, queue), pieces.DIGEST]
    if queue.get("use_multiprocessing"):
        return [_filled(pieces.ONLY_HERE, call="\n\n".join(blocks))]
    return blocks


def _queue(run):
    """Give what is asked for of the queue, where there is one and that is not its own way."""
    if run.loader not in LOADERS_WITH_WORKERS:
        return {}
    asked = {
        "workers": run.workers,
        "use_multiprocessing": run.multiprocessing,
        "max_queue_size": run.max_queue_size,
    }
    return {name: value for name, value in asked.items() if value != QUEUE_OF_ITS_OWN[name]}


def _iterated(run, queue):
    """Open the dataset, where the loader is one; in keras it is told of its queue.

    Returns:
        list of lines.
    """
    told = queue if run.library == "keras" else {}
    if run.loader == "sequence":
        return ["dataset = " + _called("Batches", _named(told))]
    if run.loader == "flow":
        flow = _filled(pieces.FLOW, shuffle=str(run.shuffle))
        return [flow, *(f"dataset.{name} = {value}" for name, value in told.items())]
    if run.loader == "tf_data":
        shuffle = ".shuffle(len(images), seed=SEED)" if run.shuffle else ""
        return [_filled(pieces.DATASET, shuffle=shuffle)]
    return []


def _fit(run, queue):
    """Write the one call, with what is to be said of it."""
    hands_over = HANDS_OVER[run.loader]
    why = [pieces.WHY[run.call]] if run.training_function == "fit_generator" else []
    asked = ["epochs=EPOCHS", "verbose=2"]
    if hands_over == "arrays":
        asked = ["images", "labels", "batch_size=BATCH_SIZE", f"shuffle={run.shuffle}", *asked]
    elif hands_over == "batches":
        asked = ["batches()", "steps_per_epoch=STEPS", *asked]
    elif hands_over == "sequence":
        steps = ["steps_per_epoch=len(dataset)"] if run.call == "fit_generator" else []
        asked = ["dataset", *steps, "shuffle=False", *asked]
        asked += _named(queue) if run.library == "tf_keras" else []
    else:
        asked = ["dataset", *asked]
    function = "model.fit_generator" if run.call == "fit_generator" else "model.fit"
    return "\n".join([*why, pieces.WHY[hands_over], _called(function, asked)])


def _loop(run):
    """Write the loop around train_on_batch."""
    loop = _filled(
        pieces.BY_HAND[HANDS_OVER[run.loader]],
        epoch="epoch" if run.shuffle else "_",
        shuffle=_shuffle(run, "epoch", "len(images)"),
        batch=pieces.BATCH[run.shuffle],
    )
    idle = [pieces.WHY["queue"]] if _queue(run) else []
    return "\n".join([pieces.WHY["train_on_batch"], *idle, loop])


def _named(arguments):
    """Write arguments with their names."""
    return [f"{name}={value}" for name, value in arguments.items()]


def _called(function, arguments):
    """Write a call in one line, or with a line for each argument where that is too long."""
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= LINE_LENGTH - 4:  # it may stand under an if
        return line
    return "\n".join([f"{function}(", *(f"    {argument}," for argument in arguments), ")"])


def _joined(blocks):
    """Put one empty line between blocks, and two around a function or a class."""
    text = blocks[0]
    for before, block in pairwise(blocks):
        defines = any(part.startswith(("def ", "class ", "@")) for part in (before, block))
        text += ("\n\n\n" if defines else "\n\n") + block
    return text + "\n"


def _filled(piece, **parts):
    """Put parts where their names stand in braces.

    A name alone on its line gives its indentation to every line of its part; where the part is
    empty, the line goes.
    """
    for name, part in parts.items():

        def in_place(found, part=part):
            return indent(part + "\n", found[1]) if part else ""

        alone = rf"^( *)\{{{name}\}}\n"
        piece = re.sub(alone, in_place, piece + "\n", flags=re.MULTILINE).removesuffix("\n")
        piece = piece.replace(f"{{{name}}}", part)
    return piece
