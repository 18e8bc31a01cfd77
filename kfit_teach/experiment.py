"""Experiment and Result: what crosses between the two sides of the house, as plain data.

An Experiment describes one training run completely. A Result is what that run measured, with the
machine and the versions. Both go to JSON and come back equal. The table of which training function
goes with which loader stands here, once.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kfit_teach.flowers.manifest import PART_SIZES
from kfit_teach.flowers.settings import ImageSettings
from kfit_teach.problems import nearest_name

TrainingFunction = Literal["fit", "fit_generator", "train_on_batch"]
LibraryName = Literal["keras", "tf_keras"]
LoaderName = Literal["arrays", "generator"]
ModelName = Literal["small", "minivggnet"]
OptimizerName = Literal["sgd", "adam", "rmsprop"]
LossName = Literal["categorical_crossentropy", "mse"]
MetricName = Literal["accuracy", "mae"]

TRAINING_FUNCTIONS = ("fit", "fit_generator", "train_on_batch")
LIBRARIES = ("keras", "tf_keras")
# The first loader of each row is the function's natural one: what its own examples use.
LOADERS_OF = {
    "fit": ("arrays", "generator"),
    "fit_generator": ("generator",),
    "train_on_batch": ("arrays", "generator"),
}
MODELS_WITH_DROPOUT = ("minivggnet",)
MODELS_WITH_BATCH_NORMALIZATION = ("minivggnet",)


class TrainingSettings(ImageSettings):
    """What is trained and how, whichever training function does it.

    Args:
        model: "small" (an epoch takes about a second) or "minivggnet" (the tutorial's).
        optimizer: "sgd", "adam" or "rmsprop".
        loss: "categorical_crossentropy" or "mse".
        metrics: any of "accuracy" and "mae".
        batch_size: images a step, from 1 to the number of images.
        epochs: from 1 to 1000.
        shuffle: whether the images are shuffled anew each epoch.

    Raises:
        ValueError: batch_size is larger than the number of images.

    >>> TrainingSettings(batch_size=32).steps_per_epoch
    22
    """

    model: ModelName = "small"
    optimizer: OptimizerName = "sgd"
    loss: LossName = "categorical_crossentropy"
    metrics: tuple[MetricName, ...] = ("accuracy",)
    batch_size: Annotated[int, Field(ge=1, le=1020)] = 32
    epochs: Annotated[int, Field(ge=1, le=1000)] = 2
    shuffle: bool = False

    @model_validator(mode="after")
    def _batch_fits_the_part(self):
        if self.batch_size > self.number_of_images:
            raise ValueError(
                f"batch_size is {self.batch_size}, but part {self.part!r} has only "
                f"{self.number_of_images} images; choose {self.number_of_images} or fewer."
            )
        return self

    @property
    def number_of_images(self):
        """How many images an epoch has."""
        return PART_SIZES[self.part]

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
        loader: "arrays" or "generator"; "natural" stands for the function's own.

    The others are those of TrainingSettings and ImageSettings.

    Raises:
        ValueError: the loader does not go with the training function.

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
        function = settings.get("training_function")
        if settings.get("loader", "natural") == "natural" and function in LOADERS_OF:
            return settings | {"loader": LOADERS_OF[function][0]}
        return settings

    @model_validator(mode="after")
    def _loader_goes_with_function(self):
        legal = LOADERS_OF[self.training_function]
        if self.loader not in legal:
            raise ValueError(
                f"{self.training_function} cannot train from the loader {self.loader!r}; "
                f"{nearest_name(self.loader, legal)}"
            )
        return self

    @property
    def call(self):
        """What is really called, since Keras 3 has no fit_generator."""
        if self.library == "keras" and self.training_function == "fit_generator":
            return "fit(generator)"
        return self.training_function

    @property
    def label(self):
        """The training function, and what is really called where that is something else."""
        same = self.call == self.training_function
        return self.training_function if same else f"{self.training_function}: {self.call}"

    @property
    def name(self):
        """The lane's name in progress bars and messages, such as "keras fit"."""
        return f"{self.library} {self.training_function}"


class ComparisonSettings(TrainingSettings):
    """What a comparison is asked to do.

    Args:
        functions: which training functions.
        library: "keras", "tf_keras" or "both"; both give two rankings, never one.
        loader: "natural" (each function with its own), "arrays" or "generator".

    The others are those of TrainingSettings and ImageSettings.

    >>> [run.name for run in ComparisonSettings(library="keras").experiments()]
    ['keras fit', 'keras fit_generator', 'keras train_on_batch']
    """

    functions: tuple[TrainingFunction, ...] = TRAINING_FUNCTIONS
    library: Literal["keras", "tf_keras", "both"] = "both"
    loader: Literal["natural", "arrays", "generator"] = "natural"

    @model_validator(mode="after")
    def _every_lane_is_legal(self):
        if not self.functions:
            names = ", ".join(TRAINING_FUNCTIONS)
            raise ValueError(f"functions is empty, but it must name at least one of {names}.")
        self.experiments()
        return self

    @property
    def libraries(self):
        """The libraries asked for, in the order they are run."""
        return LIBRARIES if self.library == "both" else (self.library,)

    def experiments(self):
        """List one Experiment a lane: each library, each training function once."""
        shared = self.model_dump(exclude={"functions", "library", "loader"})
        return [
            Experiment(training_function=function, library=library, loader=self.loader, **shared)
            for library in self.libraries
            for function in dict.fromkeys(self.functions)
        ]


class MemoryUse(BaseModel):
    """Memory of one run, in MiB (2**20 bytes).

    Args:
        base_mib: resident once the model is compiled, before any data.
        peak_mib: the kernel's high-water mark at the end of the call.
        counted: "since the base", or "since the start" where the mark cannot be set back.
        data_mib: the images as one float32 array.
    """

    base_mib: float
    peak_mib: float
    counted: Literal["since the base", "since the start"]
    data_mib: float

    @property
    def peak_extra_mib(self):
        """Peak over the compiled base, data included."""
        return self.peak_mib - self.base_mib

    @property
    def times_the_data(self):
        """Peak over the compiled base, as a multiple of the data's size."""
        return self.peak_extra_mib / self.data_mib


class Timing(BaseModel):
    """Times of one run, in seconds unless the name says otherwise.

    The steady state reaches from the end of the first epoch to the end of the last, gaps between
    epochs included; by then both batch shapes (full, and the smaller last one) have been seen.
    Its figures are None where there is one epoch only.

    Args:
        phases_s: name of each phase to its start, counted from the start of the process.
        start_up_s: from the start of the process to the call of the training function.
        first_batch_s: from the call to the end of the first batch.
        first_epoch_s: from the call to the end of the first epoch.
        call_s: the whole call.
        gaps_s: between the last batch of an epoch and the end of the next one's first batch,
            beyond a usual step; one a boundary.
        steady_images: images trained in the steady state.
        images_per_s, ms_per_step, cpu_ms_per_image: in the steady state.
        contention: run-queue wait of all threads over the wall time, in the whole call.
    """

    phases_s: dict[str, float]
    start_up_s: float
    first_batch_s: float
    first_epoch_s: float
    call_s: float
    gaps_s: list[float]
    steady_images: int
    images_per_s: float | None
    ms_per_step: float | None
    cpu_ms_per_image: float | None
    contention: float | None


class EpochCoverage(BaseModel):
    """Which images one epoch trained on.

    Args:
        trained: images trained on, repeats included.
        distinct: different images.
        missed: images at hand that were never seen.
        most_often: how often the most frequent one was seen.
        order_sha256: of the image numbers in the order trained on.
    """

    trained: int
    distinct: int
    missed: int
    most_often: int
    order_sha256: str


class Machine(BaseModel):
    """The machine and the versions that a result was measured with."""

    system: str
    processor: str
    cores: int
    memory_gib: float
    python: str
    versions: dict[str, str]
    settings: dict[str, str]


class Problem(BaseModel):
    """Why a run did not end well: one sentence, and the traceback where there is one."""

    sentence: str
    traceback: str = ""


class Result(BaseModel):
    """What one experiment measured.

    Args:
        experiment: what was run.
        status: "done", "failed" or "stopped".
        problem: what happened, where it was not done.
        timing, memory, machine: the measurements; None where it was not done.
        coverage: one EpochCoverage an epoch.
        seen: one list of image numbers an epoch, in the order trained on, for the first epochs.
        losses: the loss of every batch, in order: the batch's own, never a running mean.
        curve: (seconds since the process started, resident MiB), sampled from outside.
        weights_sha256: of all weights after the call.
    """

    model_config = ConfigDict(extra="forbid")

    experiment: Experiment
    status: Literal["done", "failed", "stopped"]
    problem: Problem | None = None
    timing: Timing | None = None
    memory: MemoryUse | None = None
    machine: Machine | None = None
    coverage: list[EpochCoverage] = []
    seen: list[list[int]] = []
    losses: list[float] = []
    curve: list[tuple[float, float]] = []
    weights_sha256: str = ""

    def __str__(self):
        return repr(self)

    def __repr__(self):
        if self.status != "done":
            return f"<Result {self.experiment.name}: {self.status}, {self.problem.sentence}>"
        speed = self.timing.images_per_s
        steady = f"{speed:.0f} images/s, " if speed else ""
        return (
            f"<Result {self.experiment.name}: {steady}peak {self.memory.peak_extra_mib:.0f} MiB "
            f"over the base, weights {self.weights_sha256[:8]}>"
        )
