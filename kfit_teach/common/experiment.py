"""Experiment: one training run, completely described by plain data. It goes to JSON and back.

What is asked of a comparison stands here too: it is a list of experiments. Which training function
goes with which loader stands in loaders.py.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ByteSize, model_validator

from kfit_teach.common.flowers.manifest import PART_SIZES
from kfit_teach.common.flowers.settings import ImageSettings, setting
from kfit_teach.common.loaders import (
    LOADERS,
    TRAINING_FUNCTIONS,
    LoaderName,
    TrainingFunction,
    functions_of,
    is_legal,
    why_not,
)
from kfit_teach.common.words import either, listed, say, to_say

LibraryName = Literal["keras", "tf_keras"]
ModelName = Literal["small", "minivggnet"]
OptimizerName = Literal["sgd", "adam", "rmsprop"]
LossName = Literal["categorical_crossentropy", "mse"]
MetricName = Literal["accuracy", "mae"]
AugmentName = Literal["none", "generator", "loader", "layers", "fused"]

LIBRARIES = ("keras", "tf_keras")
# One name stands for a list of one.
AS_TUPLE = BeforeValidator(lambda names: (names,) if isinstance(names, str) else names)


class TrainingSettings(ImageSettings):
    """What is trained and how, whichever training function does it.

    Augmentation is done by ImageDataGenerator with the loader flow ("generator"), the same image by
    image ("loader") or a batch at a time ("fused") in the loader, or in the network ("layers").

    Raises:
        ValueError: batch_size is larger than the number of images; minivggnet is asked for layers
            that it has; the test part is to be trained on and evaluated on.

    >>> TrainingSettings(batch_size=32).steps_per_epoch
    22
    """

    # fmt: off
    model: ModelName = setting(
        "small", to_say("network"),
        to_say("small trains an epoch in about a second; minivggnet is the tutorial's"))
    dropout: bool = setting(
        False, to_say("Dropout"),
        to_say("drop half of the small network's features while it trains"))
    batch_normalization: bool = setting(
        False, to_say("BatchNormalization"),
        to_say("normalize each batch within the small network"))
    optimizer: OptimizerName = setting(
        "sgd", to_say("optimizer"), to_say("what turns gradients into steps"))
    loss: LossName = setting(
        "categorical_crossentropy", to_say("loss"), to_say("what is made small"))
    metrics: tuple[MetricName, ...] = setting(
        ("accuracy",), to_say("metrics"),
        to_say("what is told of each epoch besides the loss"),
        json_schema_extra={"may_be_empty": True})
    batch_size: int = setting(
        32, to_say("batch size (images)"),
        to_say("how many images each step trains on"), ge=1, le=1020)
    epochs: int = setting(
        2, to_say("epochs"),
        to_say("how often the images are gone through; the first time is not in the steady state"),
        ge=1, le=1000)
    images_per_epoch: int | None = setting(
        None, to_say("images an epoch"),
        to_say("fewer or more images than there are"), ge=1, le=100_000)
    shuffle: bool = setting(False, to_say("shuffle"), to_say("shuffle the images anew each epoch"))
    augment: AugmentName = setting(
        "none", to_say("augmentation"),
        to_say("whether, and where, the images are changed at random"))
    workers: int = setting(
        1, to_say("workers"),
        to_say("how many fill the queue of batches, where the loader has one"), ge=1, le=16)
    multiprocessing: bool = setting(
        False, to_say("workers are processes"), to_say("make those workers processes, not threads"))
    max_queue_size: int = setting(
        10, to_say("longest queue (batches)"),
        to_say("batches that wait in that queue at the most"), ge=1, le=1000)
    memory_budget: ByteSize | None = setting(
        None, to_say("memory budget"),
        to_say("how much a run may hold over its compiled base"), ge=2**20, le=2**50)
    evaluate: bool = setting(
        False, to_say("evaluate"), to_say("take the accuracy on the test part after each run"))
    # fmt: on

    @model_validator(mode="after")
    def _settings_go_together(self):
        return _unless(_why_not_together(self), self)

    @property
    def has_dropout(self) -> bool:
        """Whether the network has Dropout layers."""
        return self.dropout or self.model == "minivggnet"

    @property
    def has_batch_normalization(self) -> bool:
        """Whether the network has BatchNormalization layers."""
        return self.batch_normalization or self.model == "minivggnet"

    @property
    def network(self) -> str:
        """What the network is called where it is told of, such as "small network with Dropout"."""
        asked = {"Dropout": self.dropout, "BatchNormalization": self.batch_normalization}
        added = [name for name in asked if asked[name]]
        if not added:
            return say("{model} network", model=self.model)
        return say("{model} network with {layers}", model=self.model, layers=listed(added))

    @property
    def number_of_images(self) -> int:
        """How many images an epoch has."""
        return self.images_per_epoch or PART_SIZES[self.part]

    @property
    def steps_per_epoch(self) -> int:
        """How many batches cover every image once; the last may be smaller."""
        return -(-self.number_of_images // self.batch_size)

    @property
    def queue(self) -> dict[str, int]:
        """How batches are to wait for the training, in Keras's own words."""
        return {
            "workers": self.workers,
            "use_multiprocessing": self.multiprocessing,
            "max_queue_size": self.max_queue_size,
        }

    @property
    def data_bytes(self) -> int:
        """Size of the images as one float32 array, the form that `fit` is given."""
        return self.number_of_images * self.image_size**2 * 3 * 4


def _unless(reason: str, settings):
    """Give settings back, unless there is a reason that refuses them."""
    if reason:
        raise ValueError(reason)
    return settings


def _why_not_together(settings: TrainingSettings) -> str:
    """Say which settings do not go together; "" where all is well."""
    size, images = settings.batch_size, settings.number_of_images
    if size > images and settings.images_per_epoch:
        return say(
            "batch_size is {size}, but images_per_epoch has only {images} images; choose {images} "
            "or fewer.", size=size, images=images)  # fmt: skip
    if size > images:
        return say(
            "batch_size is {size}, but part {part!r} has only {images} images; choose {images} or "
            "fewer.", size=size, images=images, part=settings.part)  # fmt: skip
    for name in ("dropout", "batch_normalization"):
        if getattr(settings, name) and settings.model == "minivggnet":
            return say(
                "{name} is on, but it is for the small network, and minivggnet has such layers "
                "already; leave {name} off, or choose the model small.", name=name)  # fmt: skip
    if settings.evaluate and settings.part == "test":
        return say(
            "evaluate is on, but part is 'test', and images that were trained on test nothing; "
            "choose the part train, val or train+val."
        )
    return ""


class Experiment(TrainingSettings):
    """One training run, completely described.

    Args:
        training_function: "fit", "fit_generator" or "train_on_batch".
        library: "keras" or "tf_keras".
        loader: one of kfit_teach.common.loaders.LOADERS, or "natural".

    The others are those of TrainingSettings and ImageSettings; `kfit-teach compare --help` says
    what each is for.

    Raises:
        ValueError: the loader does not go with the training function or with a setting.

    >>> Experiment(training_function="fit_generator", library="tf_keras").loader
    'generator'
    >>> run = Experiment(training_function="fit", library="keras")
    >>> Experiment.model_validate_json(run.model_dump_json()) == run
    True
    """

    # fmt: off
    training_function: TrainingFunction = setting(
        ..., to_say("training function"), to_say("which of the three trains"))
    library: LibraryName = setting(
        ..., to_say("library"), to_say("Keras 3 (keras) or Keras 2 (tf_keras)"))
    loader: LoaderName = setting(
        ..., to_say("loader"), to_say("where batches come from; natural means the function's own"))
    # fmt: on

    @model_validator(mode="before")
    @classmethod
    def _natural_loader(cls, settings):
        if not isinstance(settings, dict):  # pydantic says so in words
            return settings
        function = settings.get("training_function")
        if settings.get("loader", "natural") == "natural" and function in list(TRAINING_FUNCTIONS):
            return settings | {"loader": TRAINING_FUNCTIONS[function].natural_loader}
        return settings

    @model_validator(mode="after")
    def _loader_goes_with_the_rest(self):
        return _unless(_why_loader_cannot(self), self)

    @property
    def call(self) -> str:
        """What is really called, since Keras 3 has no fit_generator."""
        if self.library == "keras" and self.training_function == "fit_generator":
            return "fit(generator)"
        return self.training_function

    @property
    def queue_arguments(self) -> dict:
        """What tf_keras's fit is told of the queue; in keras the PyDataset knows it itself."""
        return self.queue if self.library == "tf_keras" and LOADERS[self.loader].has_workers else {}

    @property
    def label(self) -> str:
        """The training function, and what is really called where that is something else."""
        same = self.call == self.training_function
        return self.training_function if same else f"{self.training_function}: {self.call}"

    @property
    def name(self) -> str:
        """The lane's name in progress bars and messages, such as "keras fit, arrays"."""
        return f"{self.library} {self.training_function}, {self.loader}"


def _why_loader_cannot(experiment: Experiment) -> str:
    """Say why a loader does not go with the other settings; "" where it does."""
    if not is_legal(experiment.training_function, experiment.loader):
        return why_not(experiment.training_function, experiment.loader)
    name, augment, loader = experiment.loader, experiment.augment, LOADERS[experiment.loader]
    if augment not in ("none", "layers", *loader.augments):
        can = [other for other in LOADERS if augment in LOADERS[other].augments]
        if augment == "generator":
            return say(
                "augment is 'generator', but the loader is {loader!r}: ImageDataGenerator augments "
                "in its own loader; choose the loader {loaders}, or augment loader, fused or "
                "layers.", loader=name, loaders=either(can))  # fmt: skip
        return say(
            "augment is {augment!r}, but the loader {loader!r} does not make its batches one by "
            "one; choose a loader out of {loaders}, or augment layers.",
            augment=augment, loader=name, loaders=", ".join(can))  # fmt: skip
    if augment == "fused" and experiment.multiprocessing:
        return say(
            "augment is 'fused' and the workers are processes, but TensorFlow's operations wait "
            "for ever in a forked process; leave multiprocessing off, or augment loader."
        )
    if experiment.shuffle and loader.reads_round:
        return say(
            "shuffle is on, but the loader {loader!r} reads its file from top to bottom; "
            "choose the loader csv, or leave shuffling off.", loader=name)  # fmt: skip
    in_file = PART_SIZES[experiment.part]
    if loader.reads_round and experiment.number_of_images < in_file:
        return say(
            "images_per_epoch is {asked}, but the loader {loader!r} always reads its whole file of "
            "{images} images; choose the loader csv, or as many images or more.",
            asked=experiment.images_per_epoch, loader=name, images=in_file)  # fmt: skip
    if (experiment.workers > 1 or experiment.multiprocessing) and not loader.has_workers:
        can = either([other for other in LOADERS if LOADERS[other].has_workers])
        return say("workers are asked for, but the loader {loader!r} has none; choose {loaders}.",
                   loader=name, loaders=can)  # fmt: skip
    return ""


class ComparisonSettings(TrainingSettings):
    """What a comparison is asked to do.

    Where no functions are named, all that go with the loader run.

    Raises:
        ValueError: a pair is not legal, or both functions and loaders would change at once.

    >>> [run.name for run in ComparisonSettings(library="keras").experiments()]
    ['keras fit, arrays', 'keras fit_generator, generator', 'keras train_on_batch, arrays']
    >>> ComparisonSettings(loader=["arrays", "tf_data"], functions="fit").view
    'loaders'
    """

    # fmt: off
    functions: Annotated[tuple[TrainingFunction, ...] | None, AS_TUPLE] = setting(
        None, to_say("training functions"), to_say("which of the three train"))
    library: Literal["keras", "tf_keras", "both"] = setting(
        "both", to_say("library"),
        to_say("Keras 3 (keras), Keras 2 (tf_keras), or both, each ranked by itself"))
    loader: Annotated[tuple[LoaderName | Literal["natural"], ...], AS_TUPLE] = setting(
        ("natural",), to_say("loader"),
        to_say("where batches come from: one for all functions, several for one function, or "
               "natural, each function's own"))
    measure: bool = setting(
        False, to_say("measure in blocks"), to_say("measure speed in blocks, with verdicts"))
    blocks: int = setting(
        10, to_say("blocks"), to_say("how many, where speed is measured in blocks"), ge=5, le=200)
    # fmt: on

    @model_validator(mode="after")
    def _every_lane_is_legal(self):
        _unless(_why_no_lanes(self), self).experiments()
        return self

    @property
    def _functions(self) -> tuple[TrainingFunction, ...]:
        """The training functions asked for, or else those that go with the first loader."""
        if self.functions is not None:
            return tuple(dict.fromkeys(self.functions))
        first = self.loader[0]
        return tuple(TRAINING_FUNCTIONS) if first == "natural" else functions_of(first)

    @property
    def libraries(self) -> tuple[LibraryName, ...]:
        """The libraries asked for, in the order they are run."""
        return LIBRARIES if self.library == "both" else (self.library,)

    @property
    def view(self) -> str:
        """What the lanes differ in: "functions", "loaders", or "natural" (both at once)."""
        if len(set(self.loader)) > 1:
            return "loaders"
        return "natural" if self.loader[0] == "natural" else "functions"

    def experiments(self) -> list[Experiment]:
        """List one Experiment a lane: each library, each training function or loader once."""
        shared = self.model_dump(exclude={"functions", "library", "loader", "measure", "blocks"})
        return [
            Experiment(training_function=function, library=library, loader=loader, **shared)
            for library in self.libraries
            for function in self._functions
            for loader in dict.fromkeys(self.loader)
        ]


def _why_no_lanes(settings: ComparisonSettings) -> str:
    """Say why functions and loaders make no comparison; "" where they do."""
    if settings.functions == ():
        return say("functions is empty, but it must name at least one of {names}.",
                   names=", ".join(TRAINING_FUNCTIONS))  # fmt: skip
    if settings.loader == ():
        return say("loader is empty, but it must name at least one; see --list.")
    loaders, functions = len(set(settings.loader)), len(settings._functions)
    if loaders > 1 and ("natural" in settings.loader or functions > 1):
        return say(
            "loader names {loaders} loaders and functions {functions} functions, but a ranking "
            "changes one thing only; choose one loader, or one function (such as --functions fit), "
            "or the loader natural.", loaders=loaders, functions=functions)  # fmt: skip
    return ""
