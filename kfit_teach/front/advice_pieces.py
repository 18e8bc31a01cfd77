"""The pieces of the code that advice gives, as text that a learner pastes; advice.py joins them.

Every piece runs in Keras 3 and in Keras 2, save where a dict has one text a library.
"""

IMPORT_OF_LIBRARY = {"keras": "import keras", "tf_keras": "import tf_keras as keras  # Keras 2"}
SEQUENCE_OF_LIBRARY = {"keras": "PyDataset", "tf_keras": "Sequence"}

# The data. All of it is drawn at random, so that the code runs as it is. Where files are written,
# the comment names all the lines to replace: one left over would write into the learner's own.

ARRAYS = """\
images = np.random.rand(256, 16, 16, 3).astype("float32")  # here go yours
labels = np.random.randint(0, 17, 256)"""

FOLDER = """\
folder = pathlib.Path(tempfile.mkdtemp())  # name your folder instead of these five lines
for number in range(64):
    file = folder / f"class_{number % 17}" / f"{number}.png"
    file.parent.mkdir(exist_ok=True)
    keras.utils.save_img(file, np.random.rand(16, 16, 3))
batches = keras.utils.image_dataset_from_directory(folder, image_size=(16, 16), batch_size=32)"""

FILE = """\
file = tempfile.mkdtemp() + "/images.npy"  # name your file instead of these two lines
np.save(file, np.random.rand(256, 16, 16, 3).astype("float32"))
images, labels = np.load(file, mmap_mode="r"), np.random.randint(0, 17, 256)"""

SOURCE = """\
def fetch(number):  # here goes yours: one batch, out of a database or worked out
    random = np.random.default_rng(number)
    return random.random((32, 16, 16, 3), "float32"), random.integers(0, 17, 32)"""

# What hands the batches over.

BATCHES_OF_FILE = """\
class Batches(keras.utils.{sequence}):
    def __len__(self):
        return len(range(0, len(images), 32))
    def __getitem__(self, number):
        return images[32 * number : 32 * number + 32], labels[32 * number : 32 * number + 32]"""

BATCHES_OF_SOURCE = """\
class Batches(keras.utils.{sequence}):
    def __len__(self):
        return 8  # batches in an epoch
    def __getitem__(self, number):
        return fetch(number)"""

# The network, small.

LAYERS = """\
layers = [keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(17, "softmax")]"""
LAYERS_OF_PIXELS = """\
layers = [keras.Input((16, 16, 3)), keras.layers.Rescaling(1 / 255)]  # from 0 to 1
layers += [keras.layers.Flatten(), keras.layers.Dense(17, "softmax")]"""
MODEL = """\
model = keras.Sequential(layers)
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")"""
STRATEGY = """\
strategy = tf.distribute.MirroredStrategy()  # a replica on every device of this machine
with strategy.scope():"""

OWN_STEP = """\
class MyModel(keras.Sequential):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))  # or a loss of your own
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [tf.clip_by_norm(one, 1.0) for one in gradients]  # here goes your rule
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))"""
# Keras 2 notes the loss in compute_loss; Keras 3 leaves that to the step.
END_OF_OWN_STEP = {
    "keras": '        return {"loss": self.metrics[0](loss)}  # notes it, gives the mean so far',
    "tf_keras": "        return self.get_metrics_result()",
}

# The loop.

FIT_ARRAYS = "history = model.fit(images, labels, batch_size=32, epochs=2)"
# Keras 3 warns where fit's own shuffle=True meets a data set, which shuffles itself.
FIT_DATASET = {
    "keras": "history = model.fit(batches, epochs=2, shuffle=False)  # batches shuffles itself",
    "tf_keras": "history = model.fit(batches, epochs=2)",
}
FIT_SEQUENCE = "history = model.fit(Batches(), epochs=2)"

DRAW_DATASET = """\
for batch_images, batch_labels in batches:"""
DRAW_ROWS = """\
for step in range(20):
    rows = np.random.randint(0, len(images), 32)
    batch_images, batch_labels = images[rows], labels[rows]"""
DRAW_SOURCE = """\
for step in range(20):
    batch_images, batch_labels = fetch(step)"""
TRAIN_AND_DECIDE = """\
    loss = model.train_on_batch(batch_images, batch_labels)
    if loss > 2.9:  # you decide after every batch; here a hard one comes twice
        loss = model.train_on_batch(batch_images, batch_labels)
print("loss", loss)"""
