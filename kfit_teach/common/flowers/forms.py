"""The images of a part in three further forms on disk, for the loaders that read from there.

"csv" is the text form of the tutorials: one line an image, the name of its class and then every
pixel value. "memory_map" is one file of float32, ready for the network. "folder" holds JPEG files
by class: the untouched originals, or the stand-in once more encoded, which loses a little.
What reads a memory map is in store.py already: `open_store` and `read_rows`.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from kfit_teach.common.flowers import manifest, oxford, store
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.made_once import MadeOnce
from kfit_teach.common.problems import BadInput, nearest_name
from kfit_teach.common.progress import no_progress_bar
from kfit_teach.common.words import say, to_say

if TYPE_CHECKING:
    from kfit_teach.common.flowers import Flowers

FORMS = ("csv", "memory_map", "folder")
# Raised whenever the writing changes, so that no older file is taken for a new one.
FORM_VERSION = 1
ENDING = {"csv": ".csv", "memory_map": ".npy"}
IMAGES_AT_ONCE = 16  # as float32 at 256 px these take 12 MiB
JPEG_QUALITY = 95
AS_TEXT = to_say("{kind} images at {size} px as text")
AS_FLOATS = to_say("{kind} images at {size} px as float32")
AS_FILES = to_say("{kind} images at {size} px as JPEG files")
_TEXT_OF = [str(value) for value in range(256)]
_COMMA, _ZERO = np.frombuffer(b",0", np.uint8)


def form_path(form: str, settings: ImageSettings) -> Path:
    """Say where one form of the chosen images lies; a BadInput where there is no such form.

    Only what makes a difference is in its name: a folder holds all 1360 images whatever the part,
    and the originals have sizes of their own.

    >>> form_path("csv", ImageSettings(images="synthetic", part="val")).name
    'synthetic-64-split1-val-mixed17.csv'
    >>> form_path("folder", ImageSettings(images="oxford", image_size=32)).name
    'oxford'
    """
    if form not in FORMS:
        raise BadInput(say("There is no form {form!r} of the images; {way_out}",
                           form=form, way_out=nearest_name(form, FORMS)))  # fmt: skip
    kind, size = settings.images, settings.image_size
    folder = store.cache_folder() / "forms"
    if form == "folder":
        return folder / ("oxford" if kind == "oxford" else f"{kind}-{size}")
    order = f"mixed{settings.seed}" if settings.order == "mixed" else settings.order
    return folder / f"{kind}-{size}-split{settings.split}-{settings.part}-{order}{ENDING[form]}"


def numbers_in_order(settings: ImageSettings) -> np.ndarray:
    """List the numbers of a part's images in their order, each once: row by row what a form holds.

    >>> numbers_in_order(ImageSettings(part="test", order="sorted")).shape
    (340,)
    """
    numbers = manifest.numbers_of_part(settings.split, settings.part)
    if settings.order == "mixed":
        return np.random.default_rng(settings.seed).permutation(numbers)
    return numbers


def prepare_form(
    form: str, flowers: "Flowers", path: str | Path | None = None, bar: Callable = no_progress_bar
) -> Path:
    """Write one form of the chosen images, whole or not at all, unless it is there; give its path.

    It holds each image of its part once, however often or seldom `flowers.numbers` names it. Only
    the folder of originals needs the real images: from `path`, or from the usual places.

    Raises:
        BadInput: it cannot be written, the originals are wanted but not at hand, or the stored
            images were altered.
    """
    target = form_path(form, flowers.settings)
    made_from = _identity(form, flowers)
    kept = MadeOnce(target)
    write = {"csv": _write_csv, "memory_map": _write_memory_map, "folder": _write_folder}[form]
    store.make_cache_folder()
    try:
        target.parent.mkdir(exist_ok=True)
        with kept.lock():
            if not (target.exists() and kept.note() == _note(target, made_from)):
                kept.make(lambda unfinished: write(unfinished, flowers, path, bar),
                          lambda: _note(target, made_from))  # fmt: skip
    except OSError as error:
        reason = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
        raise BadInput(say(
            "{target} cannot be written ({reason}), but a loader is to read the images from there; "
            "make room, or name another folder in {variable}.", target=target,
            reason=reason or error, variable=store.CACHE_VARIABLE)) from None  # fmt: skip
    return target


def _identity(form: str, flowers: "Flowers") -> str:
    """Give the sha256 of what a form is made from."""
    if form == "folder" and flowers.settings.images == "oxford":
        # One folder serves every size, so it is known by the originals and not by any store.
        checksums = "".join(row.sha256 for row in manifest.read_manifest())
        return hashlib.sha256(checksums.encode()).hexdigest()
    stored = Path(flowers.stored.filename)
    note = store.stored_note(stored)
    if note is None:
        raise BadInput(say(
            "{stored} was altered since it was stored, but the form {form!r} is made from it; "
            "load the images again, and they will be made again.",
            stored=stored, form=form))  # fmt: skip
    return note["sha256"]


def _note(target: Path, made_from: str) -> dict:
    files = target.rglob("*.jpg") if target.is_dir() else [target]
    size = sum(file.stat().st_size for file in files)
    return {"version": FORM_VERSION, "made_from": made_from, "bytes": size}


def _write_csv(file: Path, flowers: "Flowers", _path: object, bar: Callable) -> None:
    """Write one line an image: the name of its class, then its values from 0 to 255."""
    numbers = numbers_in_order(flowers.settings)
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for chunk, images in _few_at_a_time(numbers, flowers, bar, AS_TEXT):
            for label, image in zip(manifest.labels_of(chunk), images, strict=True):
                values = map(_TEXT_OF.__getitem__, image.tobytes())
                lines.write(f"{manifest.CLASS_NAMES[label]},{','.join(values)}\n")


def _write_memory_map(file: Path, flowers: "Flowers", _path: object, bar: Callable) -> None:
    """Write one .npy of float32 from 0 to 1."""
    numbers = numbers_in_order(flowers.settings)
    shape = (len(numbers), *flowers.stored.shape[1:])
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    # Written and not mapped: on a full disk, writing to a map ends the process.
    with file.open("wb") as array:
        np.lib.format.write_array_header_1_0(array, header)
        for _, images in _few_at_a_time(numbers, flowers, bar, AS_FLOATS):
            array.write((images.astype("<f4") * np.float32(1 / 255)).tobytes())


def _write_folder(folder: Path, flowers: "Flowers", path: str | Path | None, bar: Callable) -> None:
    """Write all 1360 images as JPEG files, in one folder a class."""
    for class_name in manifest.CLASS_NAMES:
        (folder / class_name).mkdir(parents=True)
    if flowers.settings.images == "oxford":
        source = oxford.find_source(path, store.cache_folder())
        if source is None:
            raise BadInput(say(
                "The original files of Flowers-17 are not at hand, but the form 'folder' is made "
                "of them, not of the stored images; run: kfit-teach data download, or set "
                "{variable} to their archive or folder",
                variable=oxford.PATH_VARIABLE))  # fmt: skip
        with bar(manifest.NUMBER_OF_IMAGES, say("originals by class")) as progress:
            for number, content in oxford.read_originals(source):
                _file_of(folder, number).write_bytes(content)
                progress.update(1)
        return
    numbers = np.arange(1, manifest.NUMBER_OF_IMAGES + 1)
    for chunk, images in _few_at_a_time(numbers, flowers, bar, AS_FILES):
        for number, image in zip(chunk, images, strict=True):
            # Without subsampling: at these sizes, colours at half the size would be seen.
            picture, file = Image.fromarray(image), _file_of(folder, number)
            picture.save(file, quality=JPEG_QUALITY, subsampling=0)


def _file_of(folder: Path, number: int) -> Path:
    row = manifest.read_manifest()[number - 1]
    return folder / row.class_name / row.file_name


def _few_at_a_time(
    numbers: np.ndarray, flowers: "Flowers", bar: Callable, message: str
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (numbers, uint8 images) of a few images at a time, with a progress bar."""
    settings = flowers.settings
    label = say(message, kind=settings.images, size=settings.image_size)
    with bar(len(numbers), label) as progress:
        for start in range(0, len(numbers), IMAGES_AT_ONCE):
            chunk = numbers[start : start + IMAGES_AT_ONCE]
            yield chunk, store.read_rows(flowers.stored, chunk - 1)
            progress.update(len(chunk))


def csv_batches_as_published(
    file: str | Path, batch_size: int, image_size: int
) -> Iterator[tuple[np.ndarray, list[str]]]:
    """Read batches as the well-known hands-on tutorial of 2018 does, behaviour for behaviour.

    The file is read once from top to bottom and then again, without end. A batch that meets the
    end of the file is filled up from its beginning, so every batch is full, and passes over the
    file overlap unless the batch size divides the number of lines. Every value becomes a Python
    int on its way to uint8 images of shape (batch_size, size, size, 3); nothing else is checked.
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

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "two.csv"
    ...     _ = file.write_text("iris,1,2,3\\ntulip,40,50,60")
    ...     images, class_names = CsvReader(file, image_size=1).read(np.array([1, 0, 1]))
    >>> images.shape, images[0].tolist(), class_names
    ((3, 1, 1, 3), [[[40, 50, 60]]], ['tulip', 'iris', 'tulip'])
    """

    def __init__(self, file: str | Path, image_size: int) -> None:
        self.file = Path(file)
        self.image_size = image_size
        with self.file.open("rb") as lines:
            ends = list(accumulate(map(len, lines)))
        self._bounds = list(zip([0, *ends], ends, strict=False))

    def __len__(self) -> int:
        return len(self._bounds)

    def read(self, rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """Read some images, uint8 of shape (n, size, size, 3), and their classes, by row from 0.

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
                    raise ValueError(say("{file}, line {line}: {error}", file=self.file,
                                         line=row + 1, error=error)) from None  # fmt: skip
                class_names.append(name.decode())
        return images, class_names


def _parse_values(text: bytes, count: int) -> np.ndarray:
    """Parse just so many comma separated whole numbers from 0 to 255, all of them at once.

    >>> _parse_values(b"0,17,255", 3)
    array([  0,  17, 255], dtype=uint16)
    """
    codes = np.frombuffer(b",%b," % text, np.uint8)
    digits = codes - _ZERO  # a comma, too, becomes something above 9: these are bytes
    commas = np.flatnonzero(codes == _COMMA)
    ends, lengths = commas[1:], np.diff(commas) - 1
    if len(ends) != count:
        raise ValueError(say("{found} values, but there must be {count}",
                             found=len(ends), count=count))  # fmt: skip
    # What stands before a number that is shorter than three digits counts as nothing.
    values = digits[ends - 1].astype(np.uint16)
    values += np.uint16(10) * digits[ends - 2] * (lengths > 1)
    values += np.uint16(100) * digits[ends - 3] * (lengths > 2)
    only_digits = np.count_nonzero(digits > 9) == len(commas)
    if only_digits and lengths.min() > 0 and lengths.max() < 4 and values.max() < 256:
        return values
    wrong = next(word for word in text.split(b",") if not _is_byte(word))
    raise ValueError(say("{word!r} is no whole number from 0 to 255",
                         word=wrong.decode(errors="replace")))  # fmt: skip


def _is_byte(word: bytes) -> bool:
    return word.isdigit() and len(word) < 4 and int(word) < 256


class FolderReader:
    """Reads images out of a form "folder", each decoded when it is asked for."""

    def __init__(self, folder: str | Path, settings: ImageSettings) -> None:
        self.folder = Path(folder)
        self.image_size = settings.image_size

    def read(self, numbers: np.ndarray) -> np.ndarray:
        """Decode some images, by number, to uint8 of shape (n, size, size, 3), RGB.

        For the real images these are exactly the stored pixels, for the stand-in nearly so.
        """
        images = np.empty((len(numbers), self.image_size, self.image_size, 3), np.uint8)
        for place, number in enumerate(numbers):
            content = _file_of(self.folder, number).read_bytes()
            # The stand-in has the right size already; then nothing is cut off or resampled.
            images[place] = oxford.decode_image(content, self.image_size)
        return images
