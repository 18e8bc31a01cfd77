"""Which batches an epoch trains, held against plain scripts that know nothing of the worker."""

import json
import subprocess
import sys

import pytest

import kfit_teach as kt
from kfit_teach.common.progress import no_progress_bar

# Batches by epoch, counted by a callback alone; 70 images in batches of 32, 4 epochs.
PLAIN = """
import json, sys, warnings
import numpy as np
import tensorflow as tf
library = sys.argv[1]
keras = __import__(library)
if library == "keras":
    from tensorflow.keras.preprocessing.image import ImageDataGenerator
else:
    ImageDataGenerator = keras.preprocessing.image.ImageDataGenerator
warnings.simplefilter("ignore")
x, y = np.zeros((70, 16, 16, 3), "float32"), np.zeros((70, 17), "float32")
cuts = [slice(0, 32), slice(32, 64), slice(64, 70)]

class Batches(keras.utils.Sequence):
    def __len__(self):
        return 3
    def __getitem__(self, number):
        return x[cuts[number]], y[cuts[number]]

class Count(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.batches = []
    def on_epoch_begin(self, epoch, logs=None):
        self.batches.append(0)
    def on_train_batch_end(self, batch, logs=None):
        self.batches[-1] += 1

def once():
    for cut in cuts:
        yield x[cut], y[cut]

def for_ever():
    while True:
        yield from once()

def dataset():
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(32)

sources = {
    "flow": lambda: ((ImageDataGenerator().flow(x, y, batch_size=32),), {}),
    "arrays": lambda: ((x, y), {"batch_size": 32}),
    "sequence": lambda: ((Batches(),), {}),
    "finite_generator": lambda: ((once(),), {}),
    "infinite_generator": lambda: ((for_ever(),), {}),
    "tf_data": lambda: ((dataset(),), {}),
    "tf_data_repeat": lambda: ((dataset().repeat(),), {}),
}
told = {}
for call in ("flow none", "flow floor", "arrays floor", "sequence floor", "finite_generator none",
             "finite_generator ceil", "infinite_generator ceil", "tf_data floor",
             "tf_data_repeat floor"):
    name, steps = call.split()
    layers = [keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(17)]
    model, count = keras.Sequential(layers), Count()
    model.compile("sgd", "mse")
    given, options = sources[name]()
    number = {"none": None, "floor": 2, "ceil": 3}[steps]
    model.fit(*given, steps_per_epoch=number, epochs=4, verbose=0, callbacks=[count], **options)
    told[call] = count.batches
print(json.dumps(told))
"""
OURS = """
import json, sys
from types import SimpleNamespace
from kfit_teach.worker.training.libraries import load_library
keras = load_library(sys.argv[1])
from kfit_teach.common.demonstrations.epoch import Settings
from kfit_teach.common.flowers import open_flowers, store
from kfit_teach.worker.demonstrating.epoch import pieces
told = {}
for name in json.load(sys.stdin):
    source, steps = name.split()
    settings = Settings(library=sys.argv[1], images="synthetic", image_size=16, source=source,
                        steps=steps, number_of_images=70, epochs=4)
    stored, _ = store.prepare_images("synthetic", 16)
    heard = []
    stage = SimpleNamespace(flowers=open_flowers(settings, stored, ""), store=stored,
                            tell=heard.append)
    heard += pieces(keras, settings, stage)
    mine = [one for one in heard if one.call == "as written" and one.epoch]
    told[name] = [sum(one.epoch == epoch and bool(one.images) for one in mine)
                  for epoch in sorted({one.epoch for one in mine})]
print(json.dumps(told))
"""


def printed(code, library, given=""):
    ended = subprocess.run([sys.executable, "-c", code, library], input=given, text=True,
                           capture_output=True, timeout=300)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def demonstrated(**settings):
    asked = {"images": "synthetic", "image_size": 16, "number_of_images": 70, "epochs": 4}
    return kt.demonstrate("epoch", bar=no_progress_bar, **asked | settings)


def numbers(epoch):
    return sorted(number for batch in epoch for number in batch)


@pytest.mark.long
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_the_batches_are_those_that_a_callback_counts_in_plain_keras(synthetic_cache, library):
    plain = printed(PLAIN, library)
    assert len(plain) == 9
    assert printed(OURS, library, json.dumps(list(plain))) == plain


def test_steps_rounded_down_leave_the_rest_to_the_next_epoch(synthetic_cache):
    shown = demonstrated(source="tf_data")
    assert shown.all_done, shown.report()
    written, mended = shown.calls()
    every = numbers(mended.epochs[0])
    assert len(set(every)) == 70 and mended.sees_each_once
    # What Keras does may change; that what it did is told whole may not.
    if written.batches == [2, 1, 2, 1]:
        assert sorted(numbers(written.epochs[0]) + numbers(written.epochs[1])) == every
        assert any("ran out of data" in said for said in written.end.library_said)
    else:
        assert written.batches == [2, 2, 2, 2]


@pytest.mark.long
def test_the_mended_call_is_what_a_fresh_process_trains(synthetic_cache):
    _, mended = demonstrated().calls()
    (alone,) = demonstrated(steps="none").calls()
    assert mended.epochs == alone.epochs and mended.end.named_rightly == alone.end.named_rightly


@pytest.mark.long
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_an_epoch_without_end_is_stopped(synthetic_cache, library):
    shown = demonstrated(source="infinite_generator", steps="none", library=library)
    written, mended = shown.calls()
    assert written.end.endless and written.batches == [12] and mended.sees_each_once
