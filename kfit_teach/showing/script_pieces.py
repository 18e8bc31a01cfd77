"""The pieces of a plain Keras script, as the text that ends up in it; script.py chooses among them.

What stands here is what kfit_teach.training does, without the notes it takes. Tests run both and
compare the weights.
"""

MANIFEST_ROWS = """\
# The manifest tells you the class of each image, and its role in each official split.
with MANIFEST.open(newline="") as file:
    rows = list(csv.DictReader(file))"""

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
STEPS = math.ceil(IMAGES_PER_EPOCH / BATCH_SIZE)"""

# --- The networks: what comes first, and the two of them.

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

ZOOM_AND_FLIP = """\
layers.RandomZoom(0.15, 0.15, fill_mode="nearest", seed=SEED + 2),
layers.RandomFlip("horizontal", seed=SEED + 3),"""

NETWORK = {
    "small": """\
layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
layers.Conv2D(64, 3, padding="same", activation="relu"),
layers.MaxPooling2D(4),
layers.Flatten(),
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
mapped = np.load(MEMORY_MAP, mmap_mode="r")""",
    "csv": """\
# Where each line begins, so that you can read any of them without those before it.
with CSV.open("rb") as file:
    starts = np.cumsum([0, *map(len, file)])""",
    "folder": """\
files = [FOLDER / row["class"] / f"image_{int(row['number']):04d}.jpg" for row in rows]""",
}

PLACES = """\
places = np.arange(len(numbers)) % {length}  # the file holds each image once"""

READ_LINES = '''\
def read_lines(places):
    """Read some lines; all values of a line are parsed in one go."""
    images = []
    with CSV.open("rb") as file:
        for place in places:
            file.seek(starts[place])
            _, values = file.readline().split(b",", 1)
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
    "csv": "read_lines(places[batch]).astype(np.float32) * np.float32(1 / 255)",
    "folder": "read_files(numbers[batch]).astype(np.float32) * np.float32(1 / 255)",
    "memory_map": "np.array(mapped[batch])",
    "memory_map again": "mapped[places[batch]]",
}

ORDER = "order = np.random.default_rng((SEED, {epoch})).permutation({count})"
SLICE = {
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
    "head": 'class Batches(keras.utils.{base}):\n    """Gives any batch of an epoch by its number."""',
    "epoch": "epoch = 0",
    "length": """\
def __len__(self):
    return STEPS""",
    "item": """\
def __getitem__(self, step):
    {body}
    return images, labels[batch]""",
    "end": """\
def on_epoch_end(self):
    self.epoch += 1""",
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
class_names = list(dict.fromkeys(row["class"] for row in rows))"""

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
    # One matrix an image, about its centre: where in the input each output point looks.
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

IMAGE_DATA_GENERATOR = "generator = {home}.preprocessing.image.ImageDataGenerator()"

AUGMENTING_GENERATOR = """\
generator = {home}.preprocessing.image.ImageDataGenerator(
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
    .map(scaled, num_parallel_calls=tf.data.AUTOTUNE)
    .prefetch(tf.data.AUTOTUNE)  # the next batches are made while this one is trained on
)"""

WHY = {
    "arrays": "# One call: Keras cuts the batches out of the arrays and loops over them.",
    "batches": """\
# One call: Keras draws the batches and loops. The generator has no end, so you tell it where an
# epoch has one.""",
    "sequence": """\
# One call: Keras asks for the batches by number and loops. shuffle=False, or it would mix them.""",
    "dataset": "# One call: Keras loops over the dataset, which knows its own end.",
    "fit(generator)": """\
# keras has no fit_generator any more: its fit takes what fit_generator took.""",
    "fit_generator": """\
# The genuine one, which only tf_keras still has. It warns you, and then calls fit.""",
    "train_on_batch": "# One batch a call: you write the loop.",
}

BY_HAND = {
    "arrays": """\
for {epoch} in range(EPOCHS):
    {shuffle}
    for step in range(STEPS):
        {slice}
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
# All weights in order, as one number: those of the lane, bit for bit.
weights = b"".join(array.tobytes() for array in model.get_weights())
print("sha256 of the weights:", hashlib.sha256(weights).hexdigest())"""
