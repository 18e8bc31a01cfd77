"""The images as the lessons read them: one file of uint8 per kind and size, memory-mapped.

Decoding 1360 photographs takes seconds, so it is done once. What is stored is known by its own
sha256, kept beside it together with how the images were checked; a file that does not match is
made again. Two processes that want the same file wait for each other.
"""

import contextlib
import hashlib
import json
import mmap
import os
from pathlib import Path

import numpy as np
import platformdirs
from filelock import FileLock

from kfit_teach.common.flowers import oxford, synthetic
from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES, twins_of_earlier_images
from kfit_teach.common.problems import BadInput
from kfit_teach.common.progress import no_progress_bar

CACHE_VARIABLE = "KFIT_TEACH_CACHE"
KINDS = ("oxford", "synthetic")
# Raised whenever the decoding or the drawing changes, so that no older file is taken for a new one.
RECIPE_VERSION = {"oxford": 1, "synthetic": 1}


def cache_folder():
    """Give the folder for downloads and stored images: KFIT_TEACH_CACHE, or the user's cache."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_cache_dir("kfit_teach"))


def make_cache_folder():
    """Make the cache folder where it is not there yet.

    Returns:
        Its path.

    Raises:
        BadInput: it cannot be made, or nothing can be written there.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        closed = "" if os.access(folder, os.W_OK) else "nothing can be written there"
    except OSError as error:
        closed = error.strerror or "it cannot be made"
    if closed:
        raise BadInput(
            f"The cache folder {folder} cannot be used ({closed}); "
            f"name a folder of yours in {CACHE_VARIABLE}."
        )
    return folder


def store_path(kind, image_size):
    """Say where the images of one kind and size are stored.

    >>> store_path("synthetic", 64).name
    'synthetic-64-recipe1.npy'
    """
    return cache_folder() / f"{kind}-{image_size}-recipe{RECIPE_VERSION[kind]}.npy"


def stored_note(path):
    """Read what was noted when a store was made, if its content is still the same.

    Args:
        path: a path from `store_path`.

    Returns:
        dict with "sha256" and "checked", or None where there is no store or it was altered.
    """
    try:
        note = json.loads(path.with_suffix(".json").read_text())
        same = note["sha256"] == _sha256_of(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return note if same else None


def is_at_hand(kind, image_size, path=None):
    """Say whether images of this kind can be used now, without a download.

    Raises:
        BadInput: a path to the real images was named, but nothing is there.
    """
    if kind == "synthetic" or oxford.find_source(path, cache_folder()):
        return True
    return stored_note(store_path(kind, image_size)) is not None


def prepare_images(kind, image_size, path=None, bar=no_progress_bar):
    """Make sure that the images of one kind and size are stored, and checked.

    Args:
        kind: "oxford" or "synthetic".
        image_size: side in pixels.
        path: where the real images are, or None to look in the usual places.
        bar: what makes a progress bar; `kfit_teach.common.progress.progress_bar` draws one.

    Returns:
        (store, checked): the path of the store, and one sentence on how it was checked.

    Raises:
        BadInput: the real images are not at hand, or they are not the originals.
    """
    if not is_at_hand(kind, image_size, path):
        raise BadInput(
            "The real Flowers-17 is not at hand, but images='oxford' needs it; run: "
            f"kfit-teach data download, or set {oxford.PATH_VARIABLE} to its archive or folder"
        )
    make_cache_folder()
    store = store_path(kind, image_size)
    with FileLock(store.with_suffix(".lock")):
        source = oxford.find_source(path, cache_folder()) if kind == "oxford" else None
        note = stored_note(store)
        if source and note:
            # The source is checked every time it is named; only the decoding is spared.
            for _ in oxford.read_originals(source):
                pass
        elif note is None:
            images, checked = _make_images(kind, image_size, source, bar)
            note = _write_store(store, images, checked)
    return store, note["checked"]


def _make_images(kind, image_size, source, bar):
    """Decode or draw all 1360 images; also say how they were checked."""
    with bar(NUMBER_OF_IMAGES, f"{kind} images at {image_size} px") as progress:
        if kind == "synthetic":
            twins = twins_of_earlier_images()
            images = synthetic.draw_flowers(image_size, twins, advance=progress.update)
            return images, f"drawn by recipe {RECIPE_VERSION[kind]} from one seed"
        images = np.empty((NUMBER_OF_IMAGES, image_size, image_size, 3), np.uint8)
        for number, content in oxford.read_originals(source):
            images[number - 1] = oxford.decode_image(content, image_size)
            progress.update(1)
    return images, f"all {NUMBER_OF_IMAGES} originals match the sha256 in data/flowers17.csv"


def _write_store(path, images, checked):
    """Write the images beside their note; a reader sees the whole file or none."""
    unfinished = path.with_suffix(f".{os.getpid()}.npy")
    try:
        np.save(unfinished, images)
        note = {"sha256": _sha256_of(unfinished), "checked": checked}
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    path.with_suffix(".json").write_text(json.dumps(note, indent=1))
    return note


def _sha256_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_store(path):
    """Open a store without reading it.

    Args:
        path: a path from `prepare_images`.

    Returns:
        read-only memory map, uint8 of shape (1360, size, size, 3), in order of image number.
    """
    return np.load(path, mmap_mode="r")


def read_rows(images, rows):
    """Copy some images out of a store, and let go of the pages that the reading touched.

    The kernel counts the touched pages of a memory map as this process's memory. Without letting
    go, a loader that reads every image once would seem to hold the whole file.

    Args:
        images: memory map from `open_store`.
        rows: int array of shape (n,), zero-based.

    Returns:
        uint8 array of shape (n, size, size, 3).
    """
    copied = images[rows]
    with contextlib.suppress(AttributeError):  # madvise is not there on Windows
        images._mmap.madvise(mmap.MADV_DONTNEED)
    return copied
