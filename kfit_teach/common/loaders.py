"""What is known of each loader and of each training function, and which go together.

Here a loader is described; kfit_teach.worker.training.loaders opens it, and the template of the
plain script writes it down. All else is made from these tables.
"""

from dataclasses import dataclass
from typing import Literal

from tabulate import tabulate

from kfit_teach.common.words import either, say, to_say

# An endless generator of batches; a sequence gives any batch by its number.
HandsOver = Literal["arrays", "batches", "sequence", "dataset"]


@dataclass(frozen=True)
class Loader:
    """What is known of a loader."""

    description: str  # what it is, to be said
    hands_over: HandsOver
    line_style: str | tuple  # of its lines in figures; no two loaders have the same
    form: str | None = None  # the form of the images it reads (flowers/forms.py), if not the store
    augments: tuple[str, ...] = ()  # itself; layers of the network go with every loader
    has_workers: bool = False  # processes or threads that can fill a queue of its batches
    gives_uint8: bool = False  # so that the network has to scale its images
    shuffles_itself: bool = False  # in an order that only it draws
    reads_round: bool = False  # its whole file, again and again, from top to bottom


BY_BATCH = ("loader", "fused")
# fmt: off
LOADERS = {
    "arrays": Loader(to_say("all images in memory, float32 from 0 to 1"), "arrays", "-"),
    "uint8_arrays": Loader(
        to_say("all images in memory, uint8; the network scales them"),
        "arrays", (0, (8, 2)), gives_uint8=True),
    "generator": Loader(
        to_say("a Python generator that reads each batch from the stored images"),
        "batches", "--", augments=BY_BATCH),
    "sequence": Loader(
        to_say("PyDataset (keras) or Sequence (tf_keras): any batch by its number, with workers"),
        "sequence", "-.", augments=BY_BATCH, has_workers=True),
    "tf_data": Loader(
        to_say("a tf.data.Dataset over uint8 images, scaled and prefetched by its own threads"),
        "dataset", ":", shuffles_itself=True),
    "csv": Loader(
        to_say("a text file of pixel values, each line read and parsed in one go"),
        "batches", (0, (3, 1, 1, 1, 1, 1)), form="csv", augments=BY_BATCH),
    "csv_tutorial": Loader(
        to_say("the same text file, by the reader of the 2018 tutorial, value by value"),
        "batches", (0, (1, 3)), form="csv", reads_round=True),
    "memory_map": Loader(
        to_say("a float32 file mapped into memory, each batch a slice of it"),
        "batches", (0, (6, 2, 1, 2)), form="memory_map", augments=BY_BATCH),
    "folder": Loader(
        to_say("a folder of JPEG files by class, decoded batch by batch"),
        "batches", (0, (4, 4)), form="folder", augments=BY_BATCH),
    "flow": Loader(
        to_say("ImageDataGenerator.flow over float32 images in memory"),
        "sequence", (0, (6, 1, 1, 1, 1, 1)),
        augments=("generator",), has_workers=True, shuffles_itself=True),
}
# fmt: on
LoaderName = Literal[tuple(LOADERS)]


@dataclass(frozen=True)
class Taker:
    """What is known of a training function: what it takes, and what its own examples use."""

    takes: tuple[HandsOver, ...]
    natural_loader: LoaderName


# fit takes whatever is handed over; train_on_batch gets one batch at a time, drawn by hand.
TRAINING_FUNCTIONS = {
    "fit": Taker(("arrays", "batches", "sequence", "dataset"), "arrays"),
    "fit_generator": Taker(("batches", "sequence"), "generator"),
    "train_on_batch": Taker(("arrays", "batches", "sequence", "dataset"), "arrays"),
}
TrainingFunction = Literal[tuple(TRAINING_FUNCTIONS)]

WHY_NOT = {
    "arrays": to_say(
        "{function} cannot train from the loader {loader!r}: it was made for generators and "
        "Sequences, and whole arrays go to fit; choose {functions}, or a loader out of {loaders}."
    ),
    "dataset": to_say(
        "{function} cannot train from the loader {loader!r}: it was made for generators and "
        "Sequences, and a tf.data.Dataset goes to fit; choose {functions}, or a loader out of "
        "{loaders}."
    ),
}


def is_legal(function: TrainingFunction, loader: LoaderName) -> bool:
    """Say whether a training function can train from a loader.

    >>> is_legal("fit", "tf_data"), is_legal("fit_generator", "tf_data")
    (True, False)
    """
    return LOADERS[loader].hands_over in TRAINING_FUNCTIONS[function].takes


def functions_of(loader: LoaderName) -> tuple[TrainingFunction, ...]:
    """List the training functions that go with a loader.

    >>> functions_of("arrays")
    ('fit', 'train_on_batch')
    """
    return tuple(function for function in TRAINING_FUNCTIONS if is_legal(function, loader))


def loaders_of(function: TrainingFunction) -> tuple[LoaderName, ...]:
    """List the loaders that go with a training function."""
    return tuple(loader for loader in LOADERS if is_legal(function, loader))


def why_not(function: TrainingFunction, loader: LoaderName) -> str:
    """Say why a pair is not legal, and what to do instead.

    >>> print(why_not("fit_generator", "arrays"))  # doctest: +ELLIPSIS
    fit_generator cannot train from the loader 'arrays': it was made for generators and Sequences, \
and whole arrays go to fit; choose fit or train_on_batch, or a loader out of generator, ...
    """
    return say(
        WHY_NOT[LOADERS[loader].hands_over], function=function, loader=loader,
        functions=either(functions_of(loader)), loaders=", ".join(loaders_of(function)),
    )  # fmt: skip


def table_of_pairs(form: str = "simple") -> str:
    """Show which function goes with which loader, in a format of tabulate ("pipe": Markdown)."""
    rows = [
        [name, *(_cell(function, name) for function in TRAINING_FUNCTIONS), say(loader.description)]
        for name, loader in LOADERS.items()
    ]
    return tabulate(rows, [say("loader"), *TRAINING_FUNCTIONS, say("what it is")], form)


def _cell(function: TrainingFunction, loader: LoaderName) -> str:
    if TRAINING_FUNCTIONS[function].natural_loader == loader:
        return say("natural")
    return say("yes") if is_legal(function, loader) else "-"
