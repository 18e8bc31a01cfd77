"""How finely can live workers that take turns tell two training functions apart?

    python bench/pacing.py LIBRARY [--rounds N] [--autotune-off]

One process a lane (fit, fit again as control, fit_generator, train_on_batch) trains on; after each
epoch it waits for its next turn, and the turns come in random order. It prints the ratio of each
lane's speed to that of fit, with its 95 % interval. docs/measuring.md tells what was found.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time

import numpy as np

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.measuring.statistics import ratio_interval

LANES = {
    "fit": "fit",
    "fit, control": "fit",
    "fit_generator": "fit_generator",
    "train_on_batch": "train_on_batch",
}


def main():
    """Take turns, or be one of those who take them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=["keras", "tf_keras"])
    parser.add_argument("--rounds", type=int, default=14)
    parser.add_argument("--autotune-off", action="store_true", help="for keras: see the finding")
    parser.add_argument("--lane", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.lane:
        train_in_turns(options)
    else:
        give_turns(options)


def give_turns(options):
    """Start one process a lane, give out the turns, print the ratios."""
    prepare_images("synthetic", 64)
    words = [sys.executable, __file__, *sys.argv[1:], "--lane"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    lanes = {
        name: subprocess.Popen([*words, function], text=True, **pipes)
        for name, function in LANES.items()
    }
    for process in lanes.values():
        process.stdout.readline()  # its first epoch is done
    seconds = {name: [] for name in lanes}
    start = time.monotonic()
    for _ in range(options.rounds):
        for name in random.sample(list(lanes), len(lanes)):
            print("go", file=lanes[name].stdin, flush=True)
            seconds[name].append(json.loads(lanes[name].stdout.readline()))
    print(f"{options.library}: {options.rounds} rounds in {time.monotonic() - start:.0f} s")
    for process in lanes.values():
        process.stdin.close()
        process.wait()
    of_fit = np.array(seconds["fit"])
    for name, of_lane in seconds.items():
        known = ratio_interval(of_fit / np.array(of_lane))
        told = f"{known.ratio:.3f} [{known.low:.3f}, {known.high:.3f}]"
        print(f"  {name:15} longest epoch {max(of_lane):5.2f} s, images/s over fit's {told}")


def train_in_turns(options):
    """Train on without end; after every epoch tell how long it took, and wait for the next turn."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    from kfit_teach.common.flowers import open_flowers
    from kfit_teach.worker.training.libraries import load_library
    from kfit_teach.worker.training.recorder import Recorder
    from kfit_teach.worker.training.run import compiled_model, prepared_call

    class PacedRecorder(Recorder):
        turn_began = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            print(time.perf_counter() - self.turn_began, file=answers)
            if not sys.stdin.readline():
                os._exit(0)
            self.turn_began = time.perf_counter()

    keras = load_library(options.library)
    if options.autotune_off:
        switch_autotuning_off()
    experiment = Experiment(
        training_function=options.lane, library=options.library, images="synthetic", epochs=1000
    )
    model, _ = compiled_model(keras, experiment)
    flowers = open_flowers(experiment, prepare_images("synthetic", 64)[0], checked="")
    recorder = type("Paced", (PacedRecorder, keras.callbacks.Callback), {})(lambda *_: None)
    prepared_call(keras, model, flowers, experiment, recorder)[0]()


def switch_autotuning_off():
    """Let keras build its datasets over arrays without tf.data's autotuning."""
    import tensorflow as tf
    from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

    plain = ArrayDataAdapter.get_tf_dataset
    options = tf.data.Options()
    options.autotune.enabled = False
    ArrayDataAdapter.get_tf_dataset = lambda self: plain(self).with_options(options)


if __name__ == "__main__":
    main()
