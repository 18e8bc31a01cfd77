import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import load_flowers
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.front.running.runner import run_experiment

PLAIN_KERAS = Path(__file__).parent / "plain_keras.py"
collect_ignore = ["plain_keras.py"]  # a script, no module of tests


@pytest.fixture(scope="session")
def run(run_in_one_process):
    """Run one experiment on the stand-in; each different one only once.

    With fresh=True it has a worker of its own, as in a comparison: for memory and its curve.
    """
    known = {}

    def run(training_function, library, fresh=False, **settings):
        experiment = Experiment(
            training_function=training_function,
            library=library,
            **({"images": "synthetic", "image_size": 32, "part": "val"} | settings),
        )
        if (experiment, fresh) not in known:
            store, _ = prepare_images("synthetic", experiment.image_size)
            run_it = run_experiment if fresh else run_in_one_process
            result = known[experiment, fresh] = run_it(experiment, store)
            assert result.status == "done", result.problem.traceback
        return known[experiment, fresh]

    return run


@pytest.fixture(scope="session")
def run_plain_keras(tmp_path_factory):
    """Run the script that knows nothing of the package, on the same images in the same order."""
    folder = tmp_path_factory.mktemp("plain")

    def run(experiment):
        flowers = load_flowers("synthetic", experiment.image_size, part=experiment.part)
        np.save(folder / "images.npy", flowers.images.astype(np.float32) * np.float32(1 / 255))
        np.save(folder / "labels.npy", np.eye(17, dtype=np.float32)[flowers.labels])
        words = [
            experiment.library, experiment.training_function, experiment.model,
            folder / "images.npy", folder / "labels.npy",
            experiment.batch_size, experiment.epochs, experiment.seed,
        ]  # fmt: skip
        command = [sys.executable, str(PLAIN_KERAS), *(str(word) for word in words)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
        return json.loads(done.stdout.splitlines()[-1])

    return run
