"""Show the code: an Experiment as a plain Keras script that ends with the same weights.

The script stands in script.py.j2, from top to bottom; here is what has to be decided for it.
Nothing is trained, and Keras is not imported: a script is text.
"""

import re
from pathlib import Path
from unicodedata import east_asian_width

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.files import writable_path, write_file
from kfit_teach.common.flowers import resolve_images
from kfit_teach.common.flowers.forms import form_path
from kfit_teach.common.flowers.manifest import PART_SIZES, project_folder
from kfit_teach.common.flowers.store import store_path
from kfit_teach.common.loaders import BY_BATCH, LOADERS
from kfit_teach.front.plain_code.templates import LINE_LENGTH, filled

QUEUE_OF_ITS_OWN = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}


def plain_script(experiment: Experiment) -> str:
    """Write an experiment as a script that imports nothing of this package.

    It has the same library, call, loader, network, order and seeds, and prints at its end the
    sha256 of the same weights. It reads the files that this package stored. Images "auto" are
    settled as this machine would: BadInput where a path to the real ones leads nowhere.

    >>> run = Experiment(training_function="fit", library="keras", images="synthetic")
    >>> print(plain_script(run).splitlines()[-1])
    print("sha256 of the weights:", hashlib.sha256(weights).hexdigest())
    """
    run = resolve_images(experiment)
    loader = LOADERS[run.loader]
    file = form_path(loader.form, run) if loader.form else store_path(run.images, run.image_size)
    augments_batches = run.augment in BY_BATCH
    text = filled(
        "script.py.j2", run=run, loader=loader,
        file=_constant((loader.form or "images").upper(), file),
        manifest=_constant("MANIFEST", project_folder("data") / "flowers17.csv"),
        depends_on_chance=_depends_on_chance(run),
        repeats_images=(run.images_per_epoch or 0) > PART_SIZES[run.part],
        counts_steps=_counts_steps(run, loader.hands_over),
        counts_epochs=run.shuffle or augments_batches, augments_batches=augments_batches,
        queue=_queue(run) if loader.has_workers else {},
        by_hand=run.training_function == "train_on_batch",
    )  # fmt: skip
    return _without_idle_imports(text)


def script_file_names(path: str | Path, experiments: list[Experiment]) -> list[Path]:
    """Name the file of each script: the one asked for, or for several scripts files beside it.

    >>> from kfit_teach.common.experiment import ComparisonSettings
    >>> lanes = ComparisonSettings(library="keras").experiments()
    >>> [file.name for file in script_file_names("lane.py", lanes[:2])]
    ['lane-keras-fit-arrays.py', 'lane-keras-fit_generator-generator.py']
    """
    path = Path(path)
    if len(experiments) == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{run.library}-{run.training_function}-{run.loader}.py")
            for run in experiments]  # fmt: skip


def save_scripts(path: str | Path, experiments: list[Experiment]) -> list[Path]:
    """Write one plain script an experiment, named as `script_file_names` does; give the files."""
    files = script_file_names(path, experiments)
    for file, experiment in zip(files, experiments, strict=True):
        write_file(writable_path(file), plain_script(experiment).encode())
    return files


def _constant(name: str, path: Path) -> str:
    """Write one absolute path as the formatter would, however long it is."""
    text = repr(str(path.absolute()))
    text = text if '"' in text else f'"{text[1:-1]}"'
    line = f"{name} = Path({text})"
    if _columns(line) <= LINE_LENGTH:
        return line
    too_long = "  # noqa: E501" if _columns(text) + 4 > LINE_LENGTH and " " in text else ""
    return f"{name} = Path(\n    {text}{too_long}\n)"


def _columns(text: str) -> int:
    """Count columns as formatters do: wide characters fill two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _depends_on_chance(run: Experiment) -> bool:
    """Say whether what is trained on depends on which worker is the first.

    Seen with three workers: shuffling with flow, three runs of the lane in tf_keras ended with
    three sets of weights, and so did three runs of the script in keras.
    """
    if run.training_function == "train_on_batch" or run.loader != "flow":
        return False
    return run.workers > 1 and (run.shuffle or run.augment == "generator")


def _counts_steps(run: Experiment, hands_over: str) -> bool:
    """Say whether somebody has to be told how many steps an epoch has."""
    if hands_over == "arrays":
        return run.training_function == "train_on_batch"
    return hands_over == "batches" or (hands_over == "sequence" and run.loader != "flow")


def _queue(run: Experiment) -> dict:
    """Give what is asked for of the queue and is not its own way."""
    asked = {"workers": run.workers, "use_multiprocessing": run.multiprocessing,
             "max_queue_size": run.max_queue_size}  # fmt: skip
    return {name: value for name, value in asked.items() if value != QUEUE_OF_ITS_OWN[name]}


def _without_idle_imports(text: str) -> str:
    """Take out the imports of names that the script does not use."""

    def if_used(found: re.Match) -> str:
        return found[0] if re.search(rf"\b{found['name']}[.(]", text) else ""

    imports = r"^(from \w+ )?import (\w+ as )?(?P<name>\w+).*\n"
    return re.sub(imports, if_used, text, flags=re.MULTILINE)
