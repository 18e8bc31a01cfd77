"""The pieces of the code that advice gives, as the text that a learner pastes; advice.py joins them.

Every piece runs in Keras 3 and in Keras 2 (`import tf_keras as keras`), save where it is told by
library. Tests run all that can be joined.
"""

IMPORT_OF_LIBRARY = {"keras": "import keras", "tf_keras": "import tf_keras as keras  # Keras 2"}
SEQUENCE_OF_LIBRARY = {"keras": "PyDataset", "tf_keras": "Sequence"}

# Where the data is. What follows "here go yours" is drawn at random, so that the code runs as it is.

ARRAYS = """\
images = np.random.rand(256, 16, 16, 3).astype("float32")  # here go yours
labels = np.random.randint(0, 17, 256)"""

FOLDER = """\
folder = pathlib.Path(tempfile.mkdtemp())  # here goes yours: in it one folder a class
for number in range(64):
    (folder / f"class_{number % 17}").mkdir(exist_ok=True)
    file = folder / f"class_{number % 17}" / f"{number}.png"
    keras.utils.save_img(file, np.random.rand(16, 16, 3))
batches = keras.utils.image_dataset_from_directory(folder, image_size=(16, 16), batch_size=32)"""

FILE = """\
file = tempfile.mkdtemp() + "/images.npy"  # here goes yours
np.save(file, np.random.rand(256, 16, 16, 3).astype("float32"))
images = np.load(file, mmap_mode="r")  # read from the disk only where you ask for it
labels = np.random.randint(0, 17, len(images))"""

SOURCE = """\
def fetch(number):  # here goes yours: one batch, asked from a database or worked out
    random = np.random.default_rng(number)
    return random.random((32, 16, 16, 3), "float32"), random.integers(0, 17, 32)"""

# What hands batches over.

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

# The network.

SCALING = "keras.layers.Rescaling(1 / 255), "
LAYERS = """\
layers = [keras.Input((16, 16, 3)), {scaling}keras.layers.Flatten()]
layers.append(keras.layers.Dense(17, activation="softmax"))"""
MODEL = """\
model = {model}(layers)
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy"{metrics})"""
METRICS = ', metrics=["accuracy"]'

STRATEGY = """\
strategy = tf.distribute.MirroredStrategy()  # one replica on every device of this machine
with strategy.scope():"""

OWN_STEP = """\
class MyModel(keras.Sequential):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))  # your own loss
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [tf.clip_by_norm(one, 1.0) for one in gradients]  # your own rule
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}"""

# The loop.

FIT_ARRAYS = "history = model.fit(images, labels, batch_size=32, epochs=2)"
FIT_DATASET = "history = model.fit(batches, epochs=2)"
FIT_SEQUENCE = "history = model.fit(Batches(), epochs=2)"

LOOP_OF_BATCHES = """\
for batch_images, batch_labels in batches:"""
LOOP_OF_ROWS = """\
for step in range(20):
    rows = np.random.randint(0, len(images), 32)
    batch_images, batch_labels = images[rows], labels[rows]"""
LOOP_OF_SOURCE = """\
for step in range(20):
    batch_images, batch_labels = fetch(step)"""
TRAIN_AND_DECIDE = """\
    loss = model.train_on_batch(batch_images, batch_labels)
    if loss > 2.9:  # you decide after every batch; here a hard one comes twice
        loss = model.train_on_batch(batch_images, batch_labels)"""
