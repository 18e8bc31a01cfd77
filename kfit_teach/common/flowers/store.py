"""The images as the lessons read them: one file of uint8 per kind and size, memory-mapped.

Decoding 1360 photographs takes seconds, so it is done once. What is stored is known by its own
sha256, kept beside it together with how the images were checked; a file that does not match is
made again. Two processes that want the same file wait for each other.
"""

import contextlib
import hashlib
import mmap
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs

from kfit_teach.common.flowers import oxford, synthetic
from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES, twins_of_earlier_images
from kfit_teach.common.made_once import MadeOnce
from kfit_teach.common.problems import BadInput
from kfit_teach.common.progress import no_progress_bar
from kfit_teach.common.words import say, to_say

CACHE_VARIABLE = "KFIT_TEACH_CACHE"
# Raised whenever the decoding or the drawing changes, so that no older file is taken for a new one.
RECIPE_VERSION = {"oxford": 1, "synthetic": 1}
# Kept in the note as it stands here, and said when it is read.
HOW_CHECKED = {
    "oxford": to_say("all 1360 originals match the sha256 in data/flowers17.csv"),
    "synthetic": to_say("drawn by recipe 1 from one seed"),
}


def cache_folder() -> Path:
    """Give the folder for downloads and stored images: KFIT_TEACH_CACHE, or the user's cache."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_cache_dir("kfit_teach"))


def make_cache_folder() -> Path:
    """Make the cache folder where it is not there yet; a BadInput where it cannot be used."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK) else say("nothing can be written there")
    except OSError as error:
        reason = error.strerror or say("it cannot be made")
    if reason:
        raise BadInput(say(
            "The cache folder {folder} cannot be used ({reason}); name a folder of yours in "
            "{variable}.", folder=folder, reason=reason, variable=CACHE_VARIABLE))  # fmt: skip
    return folder


def store_path(kind: str, image_size: int) -> Path:
    """Say where the images of one kind and size are stored.

    >>> store_path("synthetic", 64).name
    'synthetic-64-recipe1.npy'
    """
    return cache_folder() / f"{kind}-{image_size}-recipe{RECIPE_VERSION[kind]}.npy"


def stored_note(path: Path) -> dict | None:
    """Read what was noted of a store, "sha256" and "checked"; None where it was altered or is none.

    Hashing takes a while, so a file that was not touched since it was hashed is believed.
    """
    note = MadeOnce(path, path.stem).note()
    try:
        stamp = _stamp_of(path)  # taken first, so that a change during the hashing is seen later
        if note.get("hashed") != stamp and note.get("sha256") != _sha256_of(path):
            return None
    except OSError:
        return None
    return note | {"hashed": stamp}


def is_at_hand(kind: str, image_size: int, path: str | Path | None = None) -> bool:
    """Say whether images of this kind can be used now, without a download."""
    if kind == "synthetic" or oxford.find_source(path, cache_folder()):
        return True
    return stored_note(store_path(kind, image_size)) is not None


def prepare_images(
    kind: str, image_size: int, path: str | Path | None = None, bar: Callable = no_progress_bar
) -> tuple[Path, str]:
    """Store and check the images of one kind and size; give the path, and how it was checked.

    A BadInput where the real ones are neither at `path` nor in the usual places, or not original.
    """
    if not is_at_hand(kind, image_size, path):
        raise BadInput(say(
            "The real Flowers-17 is not at hand, but images='oxford' needs it; run: "
            "kfit-teach data download, or set {variable} to its archive or folder",
            variable=oxford.PATH_VARIABLE))  # fmt: skip
    make_cache_folder()
    store = store_path(kind, image_size)
    kept = MadeOnce(store, store.stem)
    with kept.lock():
        for left in store.parent.glob(f"{store.stem}.*.npy"):
            left.unlink()  # unfinished, of a process that was killed under an earlier version
        source = oxford.find_source(path, cache_folder()) if kind == "oxford" else None
        note = stored_note(store)
        if note is None:
            note = kept.make(
                lambda unfinished: _write(unfinished, kind, image_size, source, bar),
                lambda: _new_note(store, kind))  # fmt: skip
        elif source:
            # The source is checked every time it is named; only the decoding is spared.
            for _ in oxford.read_originals(source):
                pass
        if note != kept.note():
            with contextlib.suppress(OSError):  # on a full disk, it will be hashed once more
                kept.write_note(note)
    return store, say(note["checked"])


def _write(file: Path, kind: str, image_size: int, source: Path | None, bar: Callable) -> None:
    """Decode or draw all 1360 images, and write them."""
    label = say("{kind} images at {size} px", kind=kind, size=image_size)
    with bar(NUMBER_OF_IMAGES, label) as progress:
        if kind == "synthetic":
            twins = twins_of_earlier_images()
            images = synthetic.draw_flowers(image_size, twins, advance=progress.update)
        else:
            images = np.empty((NUMBER_OF_IMAGES, image_size, image_size, 3), np.uint8)
            for number, content in oxford.read_originals(source):
                images[number - 1] = oxford.decode_image(content, image_size)
                progress.update(1)
    with file.open("wb") as store:
        np.save(store, images)


def _new_note(path: Path, kind: str) -> dict:
    stamp = _stamp_of(path)
    return {"sha256": _sha256_of(path), "checked": HOW_CHECKED[kind], "hashed": stamp}


def _stamp_of(path: Path) -> dict:
    """Tell a file's size and times: ctime too, since programs may set mtime back."""
    seen = path.stat()
    return {"bytes": seen.st_size, "mtime_ns": seen.st_mtime_ns, "ctime_ns": seen.st_ctime_ns}


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_store(path: str | Path) -> np.memmap:
    """Open a store without reading it: read-only, (1360, size, size, 3), by image number."""
    return np.load(path, mmap_mode="r")


def read_rows(images: np.memmap, rows: np.ndarray) -> np.ndarray:
    """Copy some images out of a store, and let go of the pages that the reading touched.

    The kernel counts the touched pages of a memory map as this process's memory. Without letting
    go, a loader that reads every image once would seem to hold the whole file.
    """
    copied = images[rows]
    if hasattr(mmap, "MADV_DONTNEED"):  # it is not there on Windows
        images.base.madvise(mmap.MADV_DONTNEED)  # what is no map raises AttributeError
    return copied
