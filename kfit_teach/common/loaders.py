"""Which training function goes with which loader: the one table, and the reasons for its gaps."""

from typing import Literal, get_args

from tabulate import tabulate

TrainingFunction = Literal["fit", "fit_generator", "train_on_batch"]
LoaderName = Literal[
    "arrays",
    "uint8_arrays",
    "generator",
    "sequence",
    "tf_data",
    "csv",
    "csv_tutorial",
    "memory_map",
    "folder",
    "flow",
]
TRAINING_FUNCTIONS = get_args(TrainingFunction)
LOADERS = get_args(LoaderName)

# What each loader is, and what it hands over: arrays, batches (an endless generator), a sequence
# (any batch by its number) or a dataset.
DESCRIPTION_OF = {
    "arrays": "all images in memory, float32 from 0 to 1",
    "uint8_arrays": "all images in memory, uint8; the network scales them",
    "generator": "a Python generator that reads each batch from the stored images",
    "sequence": "PyDataset (keras) or Sequence (tf_keras): any batch by its number, with workers",
    "tf_data": "a tf.data.Dataset over uint8 images, scaled and prefetched by its own threads",
    "csv": "a text file of pixel values, each line read and parsed in one go",
    "csv_tutorial": "the same text file, by the reader of the 2018 tutorial, value by value",
    "memory_map": "a float32 file mapped into memory, each batch a slice of it",
    "folder": "a folder of JPEG files by class, decoded batch by batch",
    "flow": "ImageDataGenerator.flow over float32 images in memory",
}
HANDS_OVER = {
    "arrays": "arrays",
    "uint8_arrays": "arrays",
    "generator": "batches",
    "sequence": "sequence",
    "tf_data": "dataset",
    "csv": "batches",
    "csv_tutorial": "batches",
    "memory_map": "batches",
    "folder": "batches",
    "flow": "sequence",
}
# Which form of the images on disk (kfit_teach.common.flowers.forms) a loader reads.
FORM_OF_LOADER = {
    "csv": "csv",
    "csv_tutorial": "csv",
    "memory_map": "memory_map",
    "folder": "folder",
}
# fit takes whatever is handed over; train_on_batch gets one batch at a time, drawn by hand.
TAKES = {
    "fit": ("arrays", "batches", "sequence", "dataset"),
    "fit_generator": ("batches", "sequence"),
    "train_on_batch": ("arrays", "batches", "sequence", "dataset"),
}
# What each function's own examples use.
NATURAL_LOADER_OF = {"fit": "arrays", "fit_generator": "generator", "train_on_batch": "arrays"}


def is_legal(function, loader):
    """Say whether a training function can train from a loader.

    >>> is_legal("fit", "tf_data"), is_legal("fit_generator", "tf_data")
    (True, False)
    """
    return HANDS_OVER[loader] in TAKES[function]


def functions_of(loader):
    """List the training functions that go with a loader.

    >>> functions_of("arrays")
    ('fit', 'train_on_batch')
    """
    return tuple(function for function in TRAINING_FUNCTIONS if is_legal(function, loader))


def loaders_of(function):
    """List the loaders that go with a training function."""
    return tuple(loader for loader in LOADERS if is_legal(function, loader))


def why_not(function, loader):
    """Say why a pair is not legal, and what to do instead.

    >>> print(why_not("fit_generator", "arrays"))
    fit_generator cannot train from the loader 'arrays': it was made for generators and Sequences, \
and whole arrays go to fit; choose fit or train_on_batch, or a loader out of generator, sequence, \
csv, csv_tutorial, memory_map, folder, flow.
    """
    what = {"arrays": "whole arrays go", "dataset": "a tf.data.Dataset goes"}[HANDS_OVER[loader]]
    others = " or ".join(functions_of(loader))
    return (
        f"{function} cannot train from the loader {loader!r}: it was made for generators and "
        f"Sequences, and {what} to fit; choose {others}, or a loader out of "
        f"{', '.join(loaders_of(function))}."
    )


def table_of_pairs(form="simple"):
    """Show the whole table: one row a loader, one column a training function.

    Args:
        form: a format of tabulate, such as "simple" or "pipe" (Markdown).

    Returns:
        The table as text.
    """
    rows = [
        [loader, *(_cell(function, loader) for function in TRAINING_FUNCTIONS), text]
        for loader, text in DESCRIPTION_OF.items()
    ]
    return tabulate(rows, ["loader", *TRAINING_FUNCTIONS, "what it is"], form)


def _cell(function, loader):
    """Mark one pair: natural, legal, or not."""
    if NATURAL_LOADER_OF[function] == loader:
        return "natural"
    return "yes" if is_legal(function, loader) else "-"
