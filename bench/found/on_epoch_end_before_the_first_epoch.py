"""keras fit calls a PyDataset's on_epoch_end before its first epoch has begun.

What shuffles there never trains in its first order; what counts epochs there is one ahead.
Seen in keras 3.15.1.    python bench/found/on_epoch_end_before_the_first_epoch.py
"""

import keras
import numpy as np

asked = []


class Telling(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, place):
        asked.append(f"batch {place}")
        return np.zeros((4, 1)), np.zeros((4, 1))

    def on_epoch_end(self):
        asked.append("on_epoch_end")


begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda n, _: asked.append(f"epoch {n + 1}:"))
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(Telling(), epochs=2, verbose=0, callbacks=[begin])
print(f"keras {keras.__version__}:", *asked)
print("on_epoch_end before epoch 1:", asked.index("on_epoch_end") < asked.index("epoch 1:"))
