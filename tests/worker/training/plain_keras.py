"""A training run in plain Keras, without kfit_teach: what the package's own runs are held against.

    python plain_keras.py LIBRARY FUNCTION MODEL IMAGES.npy LABELS.npy BATCH_SIZE EPOCHS SEED

It prints one line of JSON: the weights' sha256, images/s from the end of the first epoch to the
end of the last, and what train_on_batch returned as loss. Images are float32, labels one-hot.
"""

import hashlib
import importlib
import json
import os
import sys
import time

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
library, function, model_name, images_file, labels_file, *numbers = sys.argv[1:]
batch_size, epochs, seed = (int(number) for number in numbers)
keras = importlib.import_module(library)
layers = keras.layers
images, labels = np.load(images_file), np.load(labels_file)

keras.utils.set_random_seed(seed)
if model_name == "small":
    hidden = [
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(4),
        layers.Flatten(),
    ]
else:
    hidden = []
    for filters in (32, 64):
        for _ in range(2):
            hidden.append(layers.Conv2D(filters, 3, padding="same", activation="relu"))
            hidden.append(layers.BatchNormalization())
        hidden += [layers.MaxPooling2D(2), layers.Dropout(0.25)]
    hidden += [
        layers.Flatten(),
        layers.Dense(512, activation="relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
    ]
model = keras.Sequential(
    [keras.Input(images.shape[1:]), *hidden, layers.Dense(17, activation="softmax")]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.01, momentum=0.9),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
keras.utils.set_random_seed(seed)

ends, losses = [], []
if function == "fit":
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    model.fit(
        images, labels, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0,
        callbacks=[note],
    )  # fmt: skip
else:
    for _ in range(epochs):
        for start in range(0, len(images), batch_size):
            stop = start + batch_size
            loss, _ = model.train_on_batch(images[start:stop], labels[start:stop])
            losses.append(float(loss))
        ends.append(time.perf_counter())

weights = b"".join(array.tobytes() for array in model.get_weights())
images_per_s = len(images) * (epochs - 1) / (ends[-1] - ends[0]) if epochs > 1 else None
digest = hashlib.sha256(weights).hexdigest()
print(json.dumps({"sha256": digest, "images_per_s": images_per_s, "losses": losses}))
