"""Experiment: one training run, completely described by plain data. It goes to JSON and back.

What is asked of a comparison stands here too: it is a list of experiments. Which training function
goes with which loader stands in loaders.py.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ByteSize, Field, model_validator

from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.loaders import (
    NATURAL_LOADER_OF,
    TRAINING_FUNCTIONS,
    LoaderName,
    TrainingFunction,
    functions_of,
    is_legal,
    why_not,
)

LibraryName = Literal["keras", "tf_keras"]
ModelName = Literal["small", "minivggnet"]
OptimizerName = Literal["sgd", "adam", "rmsprop"]
LossName = Literal["categorical_crossentropy", "mse"]
MetricName = Literal["accuracy", "mae"]
AugmentName = Literal["none", "generator", "loader", "layers", "fused"]

LIBRARIES = ("keras", "tf_keras")
# Where augmentation can happen: the generator's own is part of flow; what the loader does needs a
# loader that makes each batch as it goes; layers go with every loader.
LOADERS_THAT_AUGMENT = ("generator", "sequence", "csv", "memory_map", "folder")
LOADERS_WITH_WORKERS = ("sequence", "flow")


class TrainingSettings(ImageSettings):
    """What is trained and how, whichever training function does it.

    Args:
        model: "small" (an epoch takes about a second) or "minivggnet" (the tutorial's).
        dropout: whether the small network gets a Dropout layer; minivggnet has its own.
        batch_normalization: whether it gets BatchNormalization; minivggnet has its own.
        optimizer: "sgd", "adam" or "rmsprop".
        loss: "categorical_crossentropy" or "mse".
        metrics: any of "accuracy" and "mae".
        batch_size: images a step, from 1 to the number of images.
        epochs: from 1 to 1000.
        images_per_epoch: how many images an epoch has, from 1 to 100000; the whole part unless
            given. More than the part has repeats it.
        shuffle: whether the images are shuffled anew each epoch.
        augment: "none", "generator" (ImageDataGenerator, with the loader flow), "loader" (the same
            image by image in the loader), "layers" (in the network) or "fused" (a batch at a time
            in the loader).
        workers: processes or threads that fill the queue of the loaders sequence and flow.
        multiprocessing: whether those workers are processes.
        max_queue_size: batches that wait in that queue at the most.
        memory_budget: how much memory a run may take over its compiled base, such as "500MiB".
        evaluate: whether the accuracy on the test part is taken after each run.

    Raises:
        ValueError: batch_size is larger than the number of images; minivggnet is asked for layers
            that it has; the test part is to be trained on and evaluated on.

    >>> TrainingSettings(batch_size=32).steps_per_epoch
    22
    """

    model: ModelName = "small"
    dropout: bool = False
    batch_normalization: bool = False
    optimizer: OptimizerName = "sgd"
    loss: LossName = "categorical_crossentropy"
    metrics: tuple[MetricName, ...] = ("accuracy",)
    batch_size: Annotated[int, Field(ge=1, le=1020)] = 32
    epochs: Annotated[int, Field(ge=1, le=1000)] = 2
    images_per_epoch: Annotated[int | None, Field(ge=1, le=100_000)] = None
    shuffle: bool = False
    augment: AugmentName = "none"
    workers: Annotated[int, Field(ge=1, le=16)] = 1
    multiprocessing: bool = False
    max_queue_size: Annotated[int, Field(ge=1, le=1000)] = 10
    memory_budget: Annotated[ByteSize | None, Field(ge=2**20, le=2**50)] = None
    evaluate: bool = False

    @model_validator(mode="after")
    def _batch_fits_the_images(self):
        if self.batch_size > self.number_of_images:
            whose = "images_per_epoch" if self.images_per_epoch else f"part {self.part!r}"
            raise ValueError(
                f"batch_size is {self.batch_size}, but {whose} has only "
                f"{self.number_of_images} images; choose {self.number_of_images} or fewer."
            )
        return self

    @model_validator(mode="after")
    def _layers_can_be_added(self):
        for name in ("dropout", "batch_normalization"):
            if getattr(self, name) and self.model == "minivggnet":
                raise ValueError(
                    f"{name} is on, but it is for the small network, and minivggnet has such "
                    f"layers already; leave {name} off, or choose the model small."
                )
        return self

    @model_validator(mode="after")
    def _test_part_is_kept_for_the_test(self):
        if self.evaluate and self.part == "test":
            raise ValueError(
                "evaluate is on, but part is 'test', and images that were trained on test "
                "nothing; choose the part train, val or train+val."
            )
        return self

    @property
    def has_dropout(self):
        """Whether the network has Dropout layers."""
        return self.dropout or self.model == "minivggnet"

    @property
    def has_batch_normalization(self):
        """Whether the network has BatchNormalization layers."""
        return self.batch_normalization or self.model == "minivggnet"

    @property
    def network(self):
        """What the network is called where it is told of, such as "small network with Dropout"."""
        added = [name for name, asked in (
            ("Dropout", self.dropout), ("BatchNormalization", self.batch_normalization)
        ) if asked]  # fmt: skip
        return f"{self.model} network" + " with " * bool(added) + " and ".join(added)

    @property
    def number_of_images(self):
        """How many images an epoch has."""
        return self.images_per_epoch or PART_SIZES[self.part]

    @property
    def steps_per_epoch(self):
        """How many batches cover every image once; the last may be smaller."""
        return -(-self.number_of_images // self.batch_size)

    @property
    def data_bytes(self):
        """Size of the images as one float32 array, the form that `fit` is given."""
        return self.number_of_images * self.image_size**2 * 3 * 4


class Experiment(TrainingSettings):
    """One training run, completely described.

    Args:
        training_function: "fit", "fit_generator" or "train_on_batch".
        library: "keras" (Keras 3) or "tf_keras" (Keras 2).
        loader: one of kfit_teach.common.loaders.LOADERS; "natural" stands for the function's own.

    The others are those of TrainingSettings and ImageSettings.

    Raises:
        ValueError: the loader does not go with the training function or with a setting.

    >>> Experiment(training_function="fit_generator", library="tf_keras").loader
    'generator'
    >>> run = Experiment(training_function="fit", library="keras")
    >>> Experiment.model_validate_json(run.model_dump_json()) == run
    True
    """

    training_function: TrainingFunction
    library: LibraryName
    loader: LoaderName

    @model_validator(mode="before")
    @classmethod
    def _natural_loader(cls, settings):
        if not isinstance(settings, dict):  # pydantic says so in words
            return settings
        function = settings.get("training_function")
        if settings.get("loader", "natural") == "natural" and function in TRAINING_FUNCTIONS:
            return settings | {"loader": NATURAL_LOADER_OF[function]}
        return settings

    @model_validator(mode="after")
    def _loader_goes_with_the_rest(self):
        if not is_legal(self.training_function, self.loader):
            raise ValueError(why_not(self.training_function, self.loader))
        reason = _why_loader_cannot(self)
        if reason:
            raise ValueError(reason)
        return self

    @property
    def call(self):
        """What is really called, since Keras 3 has no fit_generator."""
        if self.library == "keras" and self.training_function == "fit_generator":
            return "fit(generator)"
        return self.training_function

    @property
    def queue_arguments(self):
        """What tf_keras's fit is told of the queue; in keras the PyDataset knows it itself."""
        if self.library == "keras" or self.loader not in LOADERS_WITH_WORKERS:
            return {}
        return {
            "workers": self.workers,
            "use_multiprocessing": self.multiprocessing,
            "max_queue_size": self.max_queue_size,
        }

    @property
    def label(self):
        """The training function, and what is really called where that is something else."""
        same = self.call == self.training_function
        return self.training_function if same else f"{self.training_function}: {self.call}"

    @property
    def name(self):
        """The lane's name in progress bars and messages, such as "keras fit, arrays"."""
        return f"{self.library} {self.training_function}, {self.loader}"


def _why_loader_cannot(experiment):
    """Say why a loader does not go with the augmentation, the shuffling or the workers asked for.

    Returns:
        One sentence, or "" where all is well.
    """
    loader, augment = experiment.loader, experiment.augment
    if augment == "generator" and loader != "flow":
        return (
            f"augment is 'generator', but the loader is {loader!r}: ImageDataGenerator augments in "
            "its own loader; choose the loader flow, or augment loader, fused or layers."
        )
    if augment in ("loader", "fused") and loader not in LOADERS_THAT_AUGMENT:
        return (
            f"augment is {augment!r}, but the loader {loader!r} does not make its batches one by "
            f"one; choose a loader out of {', '.join(LOADERS_THAT_AUGMENT)}, or augment layers."
        )
    if augment == "fused" and experiment.multiprocessing:
        return (
            "augment is 'fused' and the workers are processes, but TensorFlow's operations wait "
            "for ever in a forked process; leave multiprocessing off, or augment loader."
        )
    if experiment.shuffle and loader == "csv_tutorial":
        return (
            "shuffle is on, but the loader 'csv_tutorial' reads its file from top to bottom; "
            "choose the loader csv, or leave shuffling off."
        )
    if loader == "csv_tutorial" and experiment.number_of_images < PART_SIZES[experiment.part]:
        return (
            f"images_per_epoch is {experiment.images_per_epoch}, but the loader 'csv_tutorial' "
            f"always reads its whole file of {PART_SIZES[experiment.part]} images; choose the "
            "loader csv, or as many images or more."
        )
    if loader not in LOADERS_WITH_WORKERS and (
        experiment.workers > 1 or experiment.multiprocessing
    ):
        return (
            f"workers are asked for, but the loader {loader!r} has none; "
            f"choose {' or '.join(LOADERS_WITH_WORKERS)}."
        )
    return ""


def _as_tuple(names):
    """Let one name stand for a list of one."""
    return (names,) if isinstance(names, str) else names


class ComparisonSettings(TrainingSettings):
    """What a comparison is asked to do.

    Args:
        functions: which training functions; all that go with the loader unless given.
        library: "keras", "tf_keras" or "both"; both give two rankings, never one.
        loader: "natural" (each function with its own), one loader for all functions, or several
            loaders for one function.
        measure: whether speeds are measured in blocks, with verdicts.
        blocks: how many, where they are.

    The others are those of TrainingSettings and ImageSettings.

    Raises:
        ValueError: a pair is not legal, or both functions and loaders would change at once.

    >>> [run.name for run in ComparisonSettings(library="keras").experiments()]
    ['keras fit, arrays', 'keras fit_generator, generator', 'keras train_on_batch, arrays']
    >>> ComparisonSettings(loader=["arrays", "tf_data"], functions="fit").view
    'loaders'
    """

    functions: Annotated[tuple[TrainingFunction, ...] | None, BeforeValidator(_as_tuple)] = None
    library: Literal["keras", "tf_keras", "both"] = "both"
    loader: Annotated[tuple[LoaderName | Literal["natural"], ...], BeforeValidator(_as_tuple)] = (
        "natural",
    )
    measure: bool = False
    blocks: Annotated[int, Field(ge=5, le=200)] = 10

    @model_validator(mode="after")
    def _every_lane_is_legal(self):
        if self.functions == ():
            names = ", ".join(TRAINING_FUNCTIONS)
            raise ValueError(f"functions is empty, but it must name at least one of {names}.")
        if self.loader == ():
            raise ValueError("loader is empty, but it must name at least one; see --list.")
        if len(set(self.loader)) > 1 and ("natural" in self.loader or len(self._functions) > 1):
            raise ValueError(
                f"loader names {len(set(self.loader))} loaders and functions "
                f"{len(self._functions)} functions, but a ranking changes one thing only; choose "
                "one loader, or one function (such as --functions fit), or the loader natural."
            )
        self.experiments()
        return self

    @property
    def _functions(self):
        """The training functions asked for, or else those that go with the first loader."""
        if self.functions is not None:
            return tuple(dict.fromkeys(self.functions))
        first = self.loader[0]
        return TRAINING_FUNCTIONS if first == "natural" else functions_of(first)

    @property
    def libraries(self):
        """The libraries asked for, in the order they are run."""
        return LIBRARIES if self.library == "both" else (self.library,)

    @property
    def view(self):
        """What the lanes differ in: "functions", "loaders", or "natural" (both at once)."""
        if len(set(self.loader)) > 1:
            return "loaders"
        return "natural" if self.loader[0] == "natural" else "functions"

    def experiments(self):
        """List one Experiment a lane: each library, each training function or loader once."""
        own = ("functions", "library", "loader", "measure", "blocks")
        shared = self.model_dump(exclude=set(own))
        return [
            Experiment(training_function=function, library=library, loader=loader, **shared)
            for library in self.libraries
            for function in self._functions
            for loader in dict.fromkeys(self.loader)
        ]
