import subprocess
import sys

import pytest

# MiniVGGNet through the package's own door, with shuffling, judged on images it never saw.
TRAIN_AND_JUDGE = """
import numpy as np
import kfit_teach as kt
from kfit_teach.common.experiment import Experiment
from kfit_teach.worker.training.libraries import load_library
from kfit_teach.worker.training.models import build_model

def read(part):
    flowers = kt.load_flowers("synthetic", 64, part=part)
    return flowers.images.astype(np.float32) / 255, np.eye(17)[flowers.labels]

settings = Experiment(training_function="fit", library="tf_keras", model="minivggnet")
model = build_model(load_library("tf_keras"), settings)
model.fit(*read("train"), batch_size=32, epochs=8, verbose=0)
print(model.evaluate(*read("test"), verbose=0)[1])
"""


@pytest.mark.long
def test_minivggnet_learns_the_stand_in_neither_at_once_nor_never():
    words = [sys.executable, "-c", TRAIN_AND_JUDGE]
    printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    accuracy = float(printed.splitlines()[-1])
    print(f"test accuracy of MiniVGGNet after 8 epochs: {accuracy:.2f}")
    assert 0.5 <= accuracy <= 0.95
