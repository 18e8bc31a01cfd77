"""The images of a part in three further forms on disk, for the loaders that read from there.

"csv" is the text form of the tutorials: one line an image, the name of its class and then every
pixel value. "memory_map" is one file of float32, ready for the network. "folder" holds JPEG files
by class: the untouched originals, or the stand-in once more encoded, which loses a little.

A form is there whole or not at all, and it remembers which stored images it was made from. What
reads a memory map is in store.py already: `open_store` and `read_rows`.
"""

import hashlib
import json
import shutil
from itertools import accumulate
from pathlib import Path

import numpy as np
from filelock import FileLock
from PIL import Image

from kfit_teach.common.flowers import oxford, store
from kfit_teach.common.flowers.manifest import (
    CLASS_NAMES,
    NUMBER_OF_IMAGES,
    labels_of,
    numbers_of_part,
    read_manifest,
)
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.progress import no_progress_bar

FORMS = ("csv", "memory_map", "folder")
# Raised whenever the writing changes, so that no older file is taken for a new one.
FORM_VERSION = 1
ENDING = {"csv": ".csv", "memory_map": ".npy"}
IMAGES_AT_ONCE = 16  # as float32 at 256 px these take 12 MiB
JPEG_QUALITY = 95
_TEXT_OF = [str(value) for value in range(256)]
_COMMA, _ZERO = np.frombuffer(b",0", np.uint8)


def form_path(form, settings):
    """Say where one form of the chosen images lies.

    Args:
        form: "csv", "memory_map" or "folder".
        settings: ImageSettings, or a kind of them, with images "oxford" or "synthetic".

    Returns:
        The path of a file, or of a folder. Only what makes a difference is in its name: a folder
        holds all 1360 images whatever the part, and the originals have sizes of their own.

    Raises:
        BadInput: there is no such form.

    >>> from kfit_teach.common.flowers.settings import ImageSettings
    >>> form_path("csv", ImageSettings(images="synthetic", part="val")).name
    'synthetic-64-split1-val-mixed17.csv'
    >>> form_path("folder", ImageSettings(images="oxford", image_size=32)).name
    'oxford'
    """
    if form not in FORMS:
        raise BadInput(f"There is no form {form!r} of the images; {nearest_name(form, FORMS)}")
    kind, size = settings.images, settings.image_size
    folder = store.cache_folder() / "forms"
    if form == "folder":
        return folder / ("oxford" if kind == "oxford" else f"{kind}-{size}")
    order = f"mixed{settings.seed}" if settings.order == "mixed" else settings.order
    return folder / f"{kind}-{size}-split{settings.split}-{settings.part}-{order}{ENDING[form]}"


def numbers_in_order(settings):
    """List the images of a part in their order, each once: row by row what a form holds.

    Args:
        settings: ImageSettings, or a kind of them.

    Returns:
        int array of shape (N,): image numbers from 1 to 1360.

    >>> from kfit_teach.common.flowers.settings import ImageSettings
    >>> numbers_in_order(ImageSettings(part="test", order="sorted")).shape
    (340,)
    """
    numbers = numbers_of_part(settings.split, settings.part)
    if settings.order == "mixed":
        return np.random.default_rng(settings.seed).permutation(numbers)
    return numbers


def prepare_form(form, flowers, path=None, bar=no_progress_bar):
    """Write one form of the chosen images, unless it is there.

    Args:
        form: "csv", "memory_map" or "folder".
        flowers: Flowers. The form holds each image of its part once, however
            often or seldom `flowers.numbers` names it.
        path: where the real images are, or None to look in the usual places; only the folder of
            originals needs them.
        bar: what makes a progress bar; `kfit_teach.common.progress.progress_bar` draws one.

    Returns:
        The path of the file or the folder, as `form_path` tells it.

    Raises:
        BadInput: it cannot be written, the originals are wanted but not at hand, or the stored
            images were altered.
    """
    target = form_path(form, flowers.settings)
    made_from = _identity(form, flowers)
    store.make_cache_folder()
    try:
        target.parent.mkdir(exist_ok=True)
        with FileLock(_beside(target, "lock")):
            if not _is_whole(target, made_from):
                _write_form(form, target, flowers, path, bar)
                _write_note(target, made_from)
    except OSError as error:
        reason = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
        raise BadInput(
            f"{target} cannot be written ({reason or error}), but a loader is to read the images "
            f"from there; make room, or name another folder in {store.CACHE_VARIABLE}."
        ) from None
    return target


def _identity(form, flowers):
    """Give the sha256 of what a form is made from."""
    if form == "folder" and flowers.settings.images == "oxford":
        # One folder serves every size, so it is known by the originals and not by any store.
        checksums = "".join(row.sha256 for row in read_manifest())
        return hashlib.sha256(checksums.encode()).hexdigest()
    stored = Path(flowers.stored.filename)
    note = store.stored_note(stored)
    if note is None:
        raise BadInput(
            f"{stored} was altered since it was stored, but the form {form!r} is made from it; "
            "load the images again, and they will be made again."
        )
    return note["sha256"]


def _beside(target, ending):
    """Name a file or folder that lies beside a form."""
    return target.with_name(f"{target.name}.{ending}")


def _is_whole(target, made_from):
    """Say whether a form is there, unaltered in size, and made from these images."""
    try:
        note = json.loads(_beside(target, "json").read_text())
        return note == _note(target, made_from)
    except (OSError, ValueError):
        return False


def _note(target, made_from):
    """What is noted of a form that is there."""
    files = target.rglob("*.jpg") if target.is_dir() else [target]
    size = sum(file.stat().st_size for file in files)
    return {"version": FORM_VERSION, "made_from": made_from, "bytes": size}


def _write_note(target, made_from):
    _beside(target, "json").write_text(json.dumps(_note(target, made_from), indent=1))


def _write_form(form, target, flowers, path, bar):
    """Write a form under another name, and give it its own once it is whole."""
    write = {"csv": _write_csv, "memory_map": _write_memory_map, "folder": _write_folder}[form]
    unfinished = _beside(target, "unfinished")
    _remove(unfinished)  # what a process that was killed may have left
    try:
        write(unfinished, flowers, path, bar)
        # The old note goes first: it must never stand beside a new form.
        _remove(_beside(target, "json"))
        if target.is_dir():
            _remove(target)  # a folder does not replace one that holds files
        unfinished.replace(target)
    finally:
        _remove(unfinished)


def _remove(path):
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_csv(file, flowers, path, bar):
    """Write one line an image: the name of its class, then its values from 0 to 255."""
    numbers = numbers_in_order(flowers.settings)
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for chunk, images in _few_at_a_time(numbers, flowers, bar, "text"):
            for label, image in zip(labels_of(chunk), images, strict=True):
                values = map(_TEXT_OF.__getitem__, image.tobytes())
                lines.write(f"{CLASS_NAMES[label]},{','.join(values)}\n")


def _write_memory_map(file, flowers, path, bar):
    """Write one .npy of float32 from 0 to 1.

    It is written and not mapped: on a full disk, writing to a map ends the process.
    """
    numbers = numbers_in_order(flowers.settings)
    shape = (len(numbers), *flowers.stored.shape[1:])
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with file.open("wb") as array:
        np.lib.format.write_array_header_1_0(array, header)
        for _, images in _few_at_a_time(numbers, flowers, bar, "float32"):
            array.write((images.astype("<f4") * np.float32(1 / 255)).tobytes())


def _write_folder(folder, flowers, path, bar):
    """Write all 1360 images as JPEG files, in one folder a class."""
    rows = read_manifest()
    for class_name in CLASS_NAMES:
        (folder / class_name).mkdir(parents=True)
    if flowers.settings.images == "oxford":
        source = _source_of_originals(path)
        with bar(NUMBER_OF_IMAGES, "originals by class") as progress:
            for number, content in oxford.read_originals(source):
                _file_of(folder, rows[number - 1]).write_bytes(content)
                progress.update(1)
        return
    numbers = np.arange(1, NUMBER_OF_IMAGES + 1)
    for chunk, images in _few_at_a_time(numbers, flowers, bar, "JPEG files"):
        for number, image in zip(chunk, images, strict=True):
            file = _file_of(folder, rows[number - 1])
            # Without subsampling: at these sizes, colours at half the size would be seen.
            Image.fromarray(image).save(file, quality=JPEG_QUALITY, subsampling=0)


def _source_of_originals(path):
    """Find the archive or the folder of the real images, or say what to do without one."""
    source = oxford.find_source(path, store.cache_folder())
    if source is None:
        raise BadInput(
            "The original files of Flowers-17 are not at hand, but the form 'folder' is made of "
            "them, not of the stored images; run: kfit-teach data download, or set "
            f"{oxford.PATH_VARIABLE} to their archive or folder"
        )
    return source


def _file_of(folder, row):
    """Name the file of one image in a folder by class."""
    return folder / row.class_name / row.file_name


def _few_at_a_time(numbers, flowers, bar, label):
    """Yield (numbers, uint8 images) of a few images at a time, with a progress bar."""
    settings = flowers.settings
    title = f"{settings.images} images at {settings.image_size} px as {label}"
    with bar(len(numbers), title) as progress:
        for start in range(0, len(numbers), IMAGES_AT_ONCE):
            chunk = numbers[start : start + IMAGES_AT_ONCE]
            yield chunk, store.read_rows(flowers.stored, chunk - 1)
            progress.update(len(chunk))


def csv_batches_as_published(file, batch_size, image_size):
    """Read batches as the well-known hands-on tutorial of 2018 does, behaviour for behaviour.

    The file is read once from top to bottom and then again, without end. A batch that meets the
    end of the file is filled up from its beginning, so every batch is full, and passes over the
    file overlap unless the batch size divides the number of lines. Every value becomes a Python
    int on its way; nothing else is checked.

    Args:
        file: path of a form "csv".
        batch_size: images a batch.
        image_size: side in pixels.

    Yields:
        (images, class_names): uint8 of shape (batch_size, size, size, 3), and as many names.
    """
    with Path(file).open(encoding="utf-8") as lines:
        while True:
            images, class_names = [], []
            while len(images) < batch_size:
                line = lines.readline()
                if line == "":
                    lines.seek(0)
                    line = lines.readline()
                words = line.strip().split(",")
                values = np.array([int(x) for x in words[1:]], dtype="uint8")
                images.append(values.reshape((image_size, image_size, 3)))
                class_names.append(words[0])
            yield np.array(images), class_names


class CsvReader:
    """Reads any lines of a form "csv", in any order, each parsed in one go.

    Args:
        file: path of the file; whether it ends in a newline does not matter.
        image_size: side in pixels.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "two.csv"
    ...     _ = file.write_text("iris,1,2,3\\ntulip,40,50,60")
    ...     images, class_names = CsvReader(file, image_size=1).read(np.array([1, 0, 1]))
    >>> images.shape, images[0].tolist(), class_names
    ((3, 1, 1, 3), [[[40, 50, 60]]], ['tulip', 'iris', 'tulip'])
    """

    def __init__(self, file, image_size):
        self.file = Path(file)
        self.image_size = image_size
        with self.file.open("rb") as lines:
            ends = list(accumulate(map(len, lines)))
        self._bounds = list(zip([0, *ends], ends, strict=False))

    def __len__(self):
        """How many images the file holds."""
        return len(self._bounds)

    def read(self, rows):
        """Read some of the images; nothing is kept but what is returned.

        Args:
            rows: int array of shape (n,), zero-based.

        Returns:
            (images, class_names): uint8 of shape (n, size, size, 3), and a list of n names.

        Raises:
            IndexError: the file has no such row.
            ValueError: a line does not hold size * size * 3 whole numbers from 0 to 255.
        """
        side = self.image_size
        images, class_names = np.empty((len(rows), side, side, 3), np.uint8), []
        # Opened for each reading, so that threads and processes may share this reader.
        with self.file.open("rb", buffering=0) as lines:
            for place, row in enumerate(rows):
                start, end = self._bounds[row]
                lines.seek(start)
                name, _, text = lines.read(end - start).strip().partition(b",")
                try:
                    images[place] = _parse_values(text, side**2 * 3).reshape(side, side, 3)
                except ValueError as error:
                    raise ValueError(f"{self.file}, line {row + 1}: {error}") from None
                class_names.append(name.decode())
        return images, class_names


def _parse_values(text, count):
    """Parse comma separated whole numbers from 0 to 255, all of them at once.

    Args:
        text: bytes, such as b"0,17,255".
        count: how many numbers there must be.

    Returns:
        uint16 array of shape (count,).

    Raises:
        ValueError: there are more or fewer, or one is something else.

    >>> _parse_values(b"0,17,255", 3)
    array([  0,  17, 255], dtype=uint16)
    """
    codes = np.frombuffer(b",%b," % text, np.uint8)
    digits = codes - _ZERO  # a comma, too, becomes something above 9: these are bytes
    commas = np.flatnonzero(codes == _COMMA)
    ends, lengths = commas[1:], np.diff(commas) - 1
    if len(ends) != count:
        raise ValueError(f"{len(ends)} values, but there must be {count}")
    # What stands before a number that is shorter than three digits counts as nothing.
    values = digits[ends - 1].astype(np.uint16)
    values += np.uint16(10) * digits[ends - 2] * (lengths > 1)
    values += np.uint16(100) * digits[ends - 3] * (lengths > 2)
    only_digits = np.count_nonzero(digits > 9) == len(commas)
    if only_digits and lengths.min() > 0 and lengths.max() < 4 and values.max() < 256:
        return values
    wrong = next(word for word in text.split(b",") if not _is_byte(word))
    raise ValueError(f"{wrong.decode(errors='replace')!r} is no whole number from 0 to 255")


def _is_byte(word):
    return word.isdigit() and len(word) < 4 and int(word) < 256


class FolderReader:
    """Reads images out of a form "folder", each decoded when it is asked for.

    Args:
        folder: path of the folder.
        settings: ImageSettings, or a kind of them.
    """

    def __init__(self, folder, settings):
        self.folder = Path(folder)
        self.image_size = settings.image_size

    def read(self, numbers):
        """Decode some of the images.

        Args:
            numbers: int array of shape (n,), image numbers from 1 to 1360.

        Returns:
            uint8 array of shape (n, size, size, 3), RGB: for the real images exactly the stored
            pixels, for the stand-in nearly so.
        """
        side, rows = self.image_size, read_manifest()
        images = np.empty((len(numbers), side, side, 3), np.uint8)
        for place, number in enumerate(numbers):
            content = _file_of(self.folder, rows[number - 1]).read_bytes()
            # The stand-in has the right size already; then nothing is cut off or resampled.
            images[place] = oxford.decode_image(content, side)
        return images
