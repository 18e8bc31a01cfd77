"""After a seed, keras fit(shuffle=True) over arrays draws the same order in every epoch.

Seen in keras 3.15.1 with TensorFlow 2.21.0. tf_keras 2.21.0 draws a new order each epoch.
    python bench/found/one_order_in_every_epoch.py
"""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)
seen = []


class Noting(keras.Model):
    def call(self, images):
        tf.numpy_function(lambda numbers: seen.extend(numbers.tolist()), [images[:, 0]], [])
        return images


model = Noting()
model.compile("sgd", "mse")
numbers = np.arange(12, dtype="float32")[:, None]
model.fit(numbers, numbers, batch_size=4, epochs=3, shuffle=True, verbose=0)
orders = [[int(number) for number in seen[start : start + 12]] for start in (0, 12, 24)]
print(f"keras {keras.__version__}, TensorFlow {tf.__version__}", *orders, sep="\n")
print("the same order in every epoch:", orders[0] == orders[1] == orders[2])
