"""The pieces of a plain Keras script, as the text that ends up in it; script.py chooses among them.

What stands here is what the worker's training does, without the notes it takes. Tests run both and
compare the weights.
"""

# The docstring.
TOLD = (
    "You can run this file by itself, as long as the files it names are there. It does what one "
    "lane of a comparison by kfit-teach does, and last it prints the sha256 of the weights. "
)
SAME_WEIGHTS = "On the processor of one machine, they are the lane's, bit for bit."
# Seen with three workers: shuffling with flow, three runs of the lane in tf_keras ended with three
# sets of weights, and so did three runs of the script in keras.
BY_CHANCE = (
    "They need not be the lane's: ImageDataGenerator draws its random numbers in the order in "
    "which the workers come by, so one run can differ from the next."
)
NO_BUDGET = " The lane's memory budget is not part of it."
NO_TEST = " The accuracy on the test images is not part of it."

BACKEND = """\
os.environ["KERAS_BACKEND"] = "tensorflow"  # keras reads it when it is imported"""

QUIET = """\
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"  # TensorFlow keeps its notes to itself"""

FILES = "# What kfit-teach stored for this lane. Where you move a file, say so here."

MANIFEST_ROWS = """\
# The manifest tells you the class of each image, and its role in each official split.
with MANIFEST.open(newline="") as file:
    rows = list(csv.DictReader(file))"""

NUMBERS = """\
# You train on the part "{part}" of split {split}.
numbers = np.array([int(row["number"]) for row in rows if row["split{split}"] {is_in_part}])"""

MIXED = """\
# They come sorted by class; batches of one class would teach little, so you mix them once.
numbers = np.random.default_rng(SEED).permutation(numbers)"""

REPEATED = """\
# You want more images an epoch than there are, so they come round again.
numbers = np.resize(numbers, IMAGES_PER_EPOCH)"""

FEWER = """\
numbers = numbers[:IMAGES_PER_EPOCH]"""

LABELS = """\
# Images are numbered from 1, 80 to a class; a label is one 1 among 17 places.
labels = np.eye(17, dtype=np.float32)[(numbers - 1) // 80]"""

STEPS = """\
STEPS = math.ceil(len(numbers) / BATCH_SIZE)  # the last batch of an epoch may be smaller"""

STEPS_OF_TUTORIAL = """\
STEPS = math.ceil(IMAGES_PER_EPOCH / BATCH_SIZE)  # rounded up: your batches are always full"""

# --- The networks: what comes first, and the two of them.

MODEL = """\
# The first weights are drawn at random; with the same seed you get the same ones.
keras.utils.set_random_seed(SEED)
model = keras.Sequential(
    [
        {layers}
    ]
)
model.compile(
    optimizer={optimizer},
    loss="{loss}",
    {metrics}
)"""

INPUT = "keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3)),"

UINT8_INPUT = """\
keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3), dtype="uint8"),
layers.Rescaling(1 / 255),"""

SEEDS_OF_LAYERS = """\
# A seed each: with one for all, one random number would turn, shift and zoom at once."""

ROTATION_AND_TRANSLATION = """\
layers.RandomRotation(20 / 360, fill_mode="nearest", seed=SEED),
layers.RandomTranslation(0.2, 0.2, fill_mode="nearest", seed=SEED + 1),"""

SHEAR = """\
layers.RandomShear(np.sin(np.deg2rad(0.15)), fill_mode="nearest", seed=SEED + 4),"""

NO_SHEAR = """\
# tf_keras has no layer that shears, so you leave out that little bit."""

ZOOM_AND_FLIP = """\
layers.RandomZoom(0.15, 0.15, fill_mode="nearest", seed=SEED + 2),
layers.RandomFlip("horizontal", seed=SEED + 3),"""

NETWORK = {
    "small": """\
layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
{normalized}
layers.Conv2D(64, 3, padding="same", activation="relu"),
{normalized}
layers.MaxPooling2D(4),
layers.Flatten(),
{dropout}
layers.Dense(17, activation="softmax"),""",
    "minivggnet": """\
layers.Conv2D(32, 3, padding="same", activation="relu"),
layers.BatchNormalization(),
layers.Conv2D(32, 3, padding="same", activation="relu"),
layers.BatchNormalization(),
layers.MaxPooling2D(2),
layers.Dropout(0.25),
layers.Conv2D(64, 3, padding="same", activation="relu"),
layers.BatchNormalization(),
layers.Conv2D(64, 3, padding="same", activation="relu"),
layers.BatchNormalization(),
layers.MaxPooling2D(2),
layers.Dropout(0.25),
layers.Flatten(),
layers.Dense(512, activation="relu"),
layers.BatchNormalization(),
layers.Dropout(0.5),
layers.Dense(17, activation="softmax"),""",
}

NORMALIZED = "layers.BatchNormalization(),"
DROPOUT = "layers.Dropout(0.5),"

OPTIMIZER = {
    "sgd": "keras.optimizers.SGD(0.01, momentum=0.9)",
    "adam": "keras.optimizers.Adam(0.01)",
    "rmsprop": "keras.optimizers.RMSprop(0.01)",
}

# --- The loaders: what is opened once, and how one batch is read.

FLOAT_ARRAYS = """\
# All images in memory, float32 from 0 to 1: four times the bytes that they take on disk.
images = np.load(IMAGES)[numbers - 1].astype(np.float32) * np.float32(1 / 255)"""

UINT8_ARRAYS = """\
# All images in memory, a byte a value; {who} makes them float32.
images = np.load(IMAGES)[numbers - 1]"""

SCALED = '''\
def scaled(images, labels):
    """Scale one batch from bytes to 0 ... 1."""
    return tf.cast(images, tf.float32) * np.float32(1 / 255), labels'''

OPENED = {
    "stored": """\
# Mapped, not read: what you do not ask for stays on disk.
stored = np.load(IMAGES, mmap_mode="r")""",
    "memory_map": """\
# Mapped, not read; the values are float32 from 0 to 1 already.
mapped = np.load(MEMORY_MAP, mmap_mode="r")
{as_many}""",
    "csv": """\
# Where each line begins, so that you can read any of them without those before it.
with CSV.open("rb") as file:
    starts = np.cumsum([0, *map(len, file)])[:-1]
{as_many}""",
    "folder": """\
files = [FOLDER / row["class"] / f"image_{int(row['number']):04d}.jpg" for row in rows]""",
}

# The files hold each image of the part once, whatever an epoch has.
AS_MANY = {
    "csv": "starts = np.resize(starts, len(numbers))",
    "memory_map": "places = np.arange(len(numbers)) % len(mapped)",
}

READ_LINES = '''\
def read_lines(starts):
    """Read the lines that begin there; all values of a line are parsed in one go."""
    images = []
    with CSV.open("rb") as file:
        for start in starts:
            file.seek(start)
            values = file.readline().split(b",", 1)[1]  # the class stands before them
            images.append(np.fromstring(values, np.uint8, sep=","))
    return np.reshape(images, (-1, IMAGE_SIZE, IMAGE_SIZE, 3))'''

# The stand-in is stored in the right size; the photographs are larger, and not square.
READ_FILES = {
    "synthetic": '''\
def read_files(numbers):
    """Decode some of the JPEG files."""
    return np.stack([np.asarray(Image.open(files[number - 1])) for number in numbers])''',
    "oxford": '''\
def read_files(numbers):
    """Decode some of the JPEG files, each cut to its largest centred square."""
    size, images = (IMAGE_SIZE, IMAGE_SIZE), []
    for number in numbers:
        photo = Image.open(files[number - 1])
        # The decoder halves it as long as twice the size you need remains: that is quick.
        photo.draft("RGB", (2 * IMAGE_SIZE, 2 * IMAGE_SIZE))
        images.append(ImageOps.fit(photo.convert("RGB"), size, Image.Resampling.LANCZOS))
    return np.stack(images)''',
}

READ = {
    "stored": "stored[numbers[batch] - 1].astype(np.float32) * np.float32(1 / 255)",
    "csv": "read_lines(starts[batch]).astype(np.float32) * np.float32(1 / 255)",
    "folder": "read_files(numbers[batch]).astype(np.float32) * np.float32(1 / 255)",
    "memory_map": "np.array(mapped[{places}])",
}

SHUFFLED = "order = np.random.default_rng((SEED, {epoch})).permutation({count})"
BATCH = {
    False: "batch = slice(step * BATCH_SIZE, (step + 1) * BATCH_SIZE)",
    True: "batch = order[step * BATCH_SIZE : (step + 1) * BATCH_SIZE]",
}
AUGMENTED = "images = augment(images, np.random.default_rng((SEED, {epoch}, step)))"

GENERATOR = '''\
def batches():
    """Read each batch when it is asked for, {order}, without end."""
    {loop}:
        {shuffle}
        for step in range(STEPS):
            {body}
            yield images, labels[batch]'''

SEQUENCE = {
    "head": "class Batches(keras.utils.{base}):",
    "doc": '"""Gives any batch of an epoch by its number."""',
    "epoch": "epoch = 0",
    "length": """\
def __len__(self):
    return STEPS""",
    "item": """\
def __getitem__(self, step):
    {body}
    return images, labels[batch]""",
    "end": '''\
def on_epoch_end(self):
    """Count the epochs; Keras calls this after each of them."""
    self.epoch += 1''',
    "end after a beginning": '''\
has_begun = False

def on_epoch_begin(self):
    """Note that training has begun: keras calls on_epoch_end once before the first epoch."""
    self.has_begun = True

def on_epoch_end(self):
    """Count the epochs; Keras calls this after each of them."""
    if self.has_begun:
        self.epoch += 1''',
    "end with a queue": '''\
def on_epoch_end(self):
    """Count the epochs; tf_keras's queue may call this too, from a thread of its own."""
    if threading.current_thread() is threading.main_thread():
        self.epoch += 1''',
}

TUTORIAL = '''\
def batches():
    """Read the file from top to bottom, over and over, as the tutorial of 2018 does."""
    with CSV.open(encoding="utf-8") as file:
        while True:
            images, classes = [], []
            while len(images) < BATCH_SIZE:
                line = file.readline()
                if line == "":
                    # You fill the batch from the beginning of the file: every batch is full,
                    # and an epoch need not end where the file does.
                    file.seek(0)
                    line = file.readline()
                name, *values = line.strip().split(",")
                # Each value becomes a Python int on its way; that is what takes the time.
                pixels = np.array([int(value) for value in values], np.uint8)
                images.append(pixels.reshape(IMAGE_SIZE, IMAGE_SIZE, 3))
                classes.append(class_names.index(name))
            images = np.array(images).astype(np.float32) * np.float32(1 / 255)
            yield images, np.eye(17, dtype=np.float32)[classes]'''

CLASS_NAMES = """\
# The file names each image's class; its label is the name's place in this list.
with MANIFEST.open(newline="") as file:
    class_names = list(dict.fromkeys(row["class"] for row in csv.DictReader(file)))"""

# --- Augmentation: what ImageDataGenerator would do, image by image or a batch at a time.

AUGMENT = {
    "loader": '''\
def augment(images, random):
    """Draw what ImageDataGenerator would draw, and let it transform image after image."""
    count, shift = len(images), 0.2 * IMAGE_SIZE
    drawn = {
        "theta": random.uniform(-20, 20, count),  # degrees
        "tx": random.uniform(-shift, shift, count),  # pixels
        "ty": random.uniform(-shift, shift, count),
        "shear": random.uniform(-0.15, 0.15, count),  # degrees too, so it is next to none
        "zx": 1 + random.uniform(-0.15, 0.15, count),
        "zy": 1 + random.uniform(-0.15, 0.15, count),
        "flip_horizontal": random.random(count) < 0.5,
    }
    for place in range(count):
        parameters = {name: values[place] for name, values in drawn.items()}
        images[place] = generator.apply_transform(images[place], parameters)
    return images''',
    "fused": '''\
def augment(images, random):
    """Draw what ImageDataGenerator would draw, and transform the batch by one call."""
    count, shift = len(images), 0.2 * IMAGE_SIZE
    theta = np.deg2rad(random.uniform(-20, 20, count))
    tx, ty = random.uniform(-shift, shift, (2, count))
    shear = np.deg2rad(random.uniform(-0.15, 0.15, count))
    zx, zy = 1 + random.uniform(-0.15, 0.15, (2, count))
    zx = np.where(random.random(count) < 0.5, -zx, zx)  # a zoom below 0 is a flip
    # One matrix an image, about its centre: where in the input each place of the output looks.
    a0, a1 = np.cos(theta) * zx, -np.sin(theta + shear) * zy
    b0, b1 = np.sin(theta) * zx, np.cos(theta + shear) * zy
    centre = (IMAGE_SIZE - 1) / 2
    a2 = np.cos(theta) * tx - np.sin(theta) * ty + centre * (1 - a0 - a1)
    b2 = np.sin(theta) * tx + np.cos(theta) * ty + centre * (1 - b0 - b1)
    c0 = c1 = np.zeros(count)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=np.stack([a0, a1, a2, b0, b1, b2, c0, c1], axis=1).astype(np.float32),
        output_shape=(IMAGE_SIZE, IMAGE_SIZE),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    ).numpy()''',
}

IMAGE_DATA_GENERATOR_OF = {
    "keras": """\
# Keras 3 still has it, but only under TensorFlow's name for Keras.
generator = tf.keras.preprocessing.image.ImageDataGenerator(""",
    "tf_keras": "generator = keras.preprocessing.image.ImageDataGenerator(",
}

SEVEN_ARGUMENTS = """\

    rotation_range=20,
    zoom_range=0.15,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.15,  # degrees, like rotation_range, so it is next to none
    horizontal_flip=True,
    fill_mode="nearest",
)"""

# --- The calls.

SEEDED_AGAIN = """\
# Seeded again: the training starts from here, whatever building the network has drawn.
keras.utils.set_random_seed(SEED)"""

DATASET = """\
dataset = (
    tf.data.Dataset.from_tensor_slices((images, labels))
    {shuffle}
    .batch(BATCH_SIZE)
    .map(scaled, num_parallel_calls=2)
    .prefetch(2)  # the next two batches are made while this one is trained on
)
# fit waits at an epoch's end for tf.data's autotuning, up to a second and more; so none of it.
options = tf.data.Options()
options.autotune.enabled = False
dataset = dataset.with_options(options)"""

FLOW = "dataset = generator.flow(images, labels, BATCH_SIZE, shuffle={shuffle}, seed=SEED)"

WHY = {
    "arrays": """\
# One call: Keras cuts the batches out of the arrays and loops.""",
    "batches": """\
# One call: Keras draws the batches and loops. They never end, so you say how many an epoch has.""",
    "sequence": """\
# One call: Keras asks for the batches by number and loops. With shuffle=True, its default,
# it would ask for them in an order of its own.""",
    "dataset": """\
# One call: Keras loops over the dataset, which knows its own end.""",
    "fit(generator)": """\
# keras has no fit_generator any more: its fit takes what fit_generator took.""",
    "fit_generator": """\
# The genuine one, which only tf_keras still has. It warns you, and then it calls fit.""",
    "train_on_batch": """\
# One batch a call: you write the loop.""",
    "queue": """\
# The lane's workers fill a queue for fit; here you make each batch yourself.""",
}

ONLY_HERE = """\
# Worker processes may import this file again; only the first process trains.
if __name__ == "__main__":
    {call}"""

BY_HAND = {
    "arrays": """\
for {epoch} in range(EPOCHS):
    {shuffle}
    for step in range(STEPS):
        {batch}
        model.train_on_batch(images[batch], labels[batch])""",
    "batches": """\
source = batches()
for _ in range(EPOCHS):
    for _ in range(STEPS):
        model.train_on_batch(*next(source))""",
    "sequence": """\
for _ in range(EPOCHS):
    for step in range(len(dataset)):
        model.train_on_batch(*dataset[step])
    dataset.on_epoch_end()""",
    "dataset": """\
for _ in range(EPOCHS):
    for batch in dataset:
        model.train_on_batch(*batch)""",
}

DIGEST = """\
# All weights in order, as one number: what differs in a single bit has another.
weights = b"".join(array.tobytes() for array in model.get_weights())
print("sha256 of the weights:", hashlib.sha256(weights).hexdigest())"""
