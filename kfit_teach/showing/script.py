"""Show the code: an Experiment as a plain Keras script that ends with the same weights.

A script is put together from pieces, each of them only where the experiment needs it. Nothing is
trained here, and Keras is not imported: a script is text.
"""

import json
import re
from pathlib import Path
from textwrap import indent

from kfit_teach.experiment import LOADERS_WITH_WORKERS
from kfit_teach.flowers import resolve_images
from kfit_teach.flowers.forms import form_path
from kfit_teach.flowers.manifest import PART_SIZES, project_folder
from kfit_teach.flowers.store import store_path
from kfit_teach.pairs import FORM_OF_LOADER, HANDS_OVER
from kfit_teach.showing import script_pieces as pieces

LINE_LENGTH = 100
READ_AS_THEY_GO = ("generator", "sequence", "csv", "memory_map", "folder")
QUEUE_OF_KERAS = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}


def plain_script(experiment):
    """Write an experiment as a script that imports nothing of this package.

    Args:
        experiment: Experiment. Images "auto" are settled as this machine would.

    Returns:
        The text of a Python file: the same library, call, loader, network, order and seeds, and
        at its end the sha256 of the same weights. It reads the files that this package stored.

    Raises:
        BadInput: the images are "auto", and a path to the real ones was named that leads nowhere.

    >>> from kfit_teach.experiment import Experiment
    >>> run = Experiment(training_function="fit", library="keras", images="synthetic")
    >>> print(plain_script(run).splitlines()[-1])
    print("sha256 of the weights:", hashlib.sha256(weights).hexdigest())
    """
    experiment = resolve_images(experiment)
    body = [*_data(experiment), *_model(experiment), *_loader(experiment), *_call(experiment)]
    text = "\n".join(body)
    blocks = [_heading(experiment), *_imports(experiment, text), _constants(experiment), *body]
    return _joined(blocks)


def script_file_names(path, experiments):
    """Name the file that the script of each experiment goes to.

    Args:
        path: the file asked for.
        experiments: list of Experiment.

    Returns:
        list of paths: the file itself for one experiment, files beside it for several.

    >>> from kfit_teach.experiment import ComparisonSettings
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


def _joined(blocks):
    """Put one empty line between blocks, and two around a function or a class."""
    text = blocks[0]
    for before, block in zip(blocks, blocks[1:], strict=False):
        near = any(part.startswith(("def ", "class ")) for part in (before, block))
        text += ("\n\n\n" if near else "\n\n") + block
    return text + "\n"


def _filled(piece, **parts):
    """Put each part where its name stands in braces, as far to the right as that; "" is left out."""
    for name, part in parts.items():

        def in_place(found, part=part):
            return indent(part + "\n", found[1]) if part else ""

        piece = re.sub(rf"^( *){{{name}}}\n", in_place, piece + "\n", flags=re.MULTILINE)[:-1]
        piece = piece.replace(f"{{{name}}}", part)
    return piece


def _heading(experiment):
    """Say what the script is, in its docstring."""
    lines = [
        f'"""{experiment.training_function} in {experiment.library}, loader '
        f"{experiment.loader}: one lane of a comparison by kfit-teach, in plain Keras.",
    ]
    return "\n".join([*lines, '"""'])


def _imports(experiment, text):
    """Import what the text uses, and nothing else."""
    keras = experiment.library
    plain = [
        ("csv", "csv."),
        ("hashlib", "hashlib."),
        ("math", "math."),
        ("os", ""),
    ]
    return plain


def _constants(experiment):
    """Name the files and the numbers of the experiment."""


def _data(experiment):
    """Choose the images, mix them, label them."""


def _model(experiment):
    """Build and compile the network."""


def _loader(experiment):
    """Open what the batches come from."""


def _call(experiment):
    """Call the training function, and tell the weights."""
