"""How long does fit pause between epochs, and what has tf.data's autotuning to do with it?

    python bench/pauses.py LIBRARY [--epochs N] [--images-per-epoch N]

MiniVGGNet is trained by fit over arrays, a generator, a Sequence or PyDataset, and a
tf.data.Dataset with autotuning and without. It prints the pauses of each: how much longer the first
batch of an epoch took than a usual one. docs/measuring.md tells what was found.
"""

import argparse

import tensorflow as tf

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import open_flowers
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.measuring.timing import gaps_between_epochs
from kfit_teach.worker.training import functions, loaders
from kfit_teach.worker.training.libraries import load_library
from kfit_teach.worker.training.recorder import make_recorder
from kfit_teach.worker.training.run import compiled_model, prepared_call


def main():
    """Train over each loader in turn; print its pauses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=["keras", "tf_keras"])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--images-per-epoch", type=int, default=340)
    options = parser.parse_args()
    keras = load_library(options.library)
    settings = {
        "training_function": "fit", "library": options.library, "images": "synthetic",
        "model": "minivggnet", "epochs": options.epochs,
        "images_per_epoch": options.images_per_epoch,
    }  # fmt: skip
    print(f"{options.library}: pauses between {options.epochs} epochs, in s")
    for loader in ("arrays", "generator", "sequence", "tf_data"):
        told(loader, pauses(keras, Experiment(loader=loader, **settings), train))
    tuned = Experiment(loader="tf_data", **settings)
    told("tf_data, autotuning", pauses(keras, tuned, train_with_autotuning))


def told(name, seconds):
    """Print one line."""
    print(f"  {name:20} {' '.join(f'{pause:5.2f}' for pause in seconds)}", flush=True)


def pauses(keras, experiment, train):
    """Train as the experiment says; give the pause at each boundary between epochs."""
    store, _ = prepare_images(experiment.images, experiment.image_size)
    flowers = open_flowers(experiment, store, checked="")
    model, _ = compiled_model(keras, experiment)
    recorder = make_recorder(keras, lambda epoch, batch: None)
    train(keras, model, flowers, experiment, recorder)
    return gaps_between_epochs(recorder.batch_ends)


def train(keras, model, flowers, experiment, recorder):
    """Train as a worker does."""
    prepared_call(keras, model, flowers, experiment, recorder)[0]()


def train_with_autotuning(keras, model, flowers, experiment, recorder):
    """The same over tf.data, which tunes itself, as it does unless it is told not to."""
    options = tf.data.Options()
    options.autotune.enabled = True
    labels = loaders.numbered_labels(flowers)
    dataset = loaders.dataset_over(flowers.images, labels, experiment).with_options(options)
    functions.fit_on_dataset(model, dataset, experiment, recorder)


if __name__ == "__main__":
    main()
