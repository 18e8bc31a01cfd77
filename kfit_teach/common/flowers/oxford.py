"""The real Flowers-17: where it may lie, how it is checked, how it is downloaded.

The photographs carry no licence, so they are never shipped. Whichever way they come (a folder, an
archive, a download), every one of the 1360 is checked against the sha256 in the manifest before
it is decoded. Archives are read as a stream: no member of one is ever written to the disk.
"""

import contextlib
import hashlib
import io
import os
import re
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES, project_folder, read_manifest
from kfit_teach.common.made_once import written_whole
from kfit_teach.common.problems import BadInput, path_of
from kfit_teach.common.words import say, say_counted, to_say

OFFICIAL_ADDRESS = "https://www.robots.ox.ac.uk/~vgg/data/flowers/17/17flowers.tgz"
ARCHIVE_NAME = "17flowers.tgz"
PATH_VARIABLE = "KFIT_TEACH_FLOWERS17"
LARGEST_MEMBER_BYTES = 1_000_000  # the largest original has 131 kB
MOST_SILENT_S = 30
LONG_DEAD_S = 3600
_FILE_NAME = re.compile(r"image_(\d{4})\.jpg")
_UNSAFE = {
    "absolute": to_say("the member {member!r} has an absolute path"),
    "outside": to_say("the member {member!r} leaves the folder"),
    "link": to_say("the member {member!r} is a link"),
    "special": to_say("the member {member!r} is a link or a device"),
    "large": to_say("the member {member!r} has {size} bytes, more than any original"),
}


def find_source(path: str | Path | None, cache_folder: Path) -> Path | None:
    """Find the archive or folder: an explicit path, the variable, data/, the cache, in this order.

    None where the real images are not at hand; a BadInput where a named path is not there.
    """
    is_given = path is not None and path != ""
    named = path if is_given else os.environ.get(PATH_VARIABLE)
    if not named and not is_given:
        data = project_folder("data")
        usual = [*sorted(data.glob("17flowers*.tgz")), data / "jpg", cache_folder / ARCHIVE_NAME]
        return next((place for place in usual if place.exists()), None)
    source = path_of(named, "path" if is_given else PATH_VARIABLE)
    if source.exists():
        return source
    if is_given:
        raise BadInput(say(
            "{source} does not exist, but that path must be the Flowers-17 archive or a folder "
            "with image_0001.jpg ... image_1360.jpg; correct it, or leave it out.",
            source=source))  # fmt: skip
    raise BadInput(say(
        "{source} does not exist, but the path in {variable} must be the Flowers-17 archive or a "
        "folder with image_0001.jpg ... image_1360.jpg; correct it, or leave it out.",
        source=source, variable=PATH_VARIABLE))  # fmt: skip


def read_originals(source: str | Path) -> Iterator[tuple[int, bytes]]:
    """Yield (number, bytes) of the original JPEG files, each checked against the manifest.

    Raises:
        BadInput: the archive is truncated, unsafe or of something else, an image is missing, or
            images differ from the manifest (the sentence names which).
    """
    checksums = {row.number: row.sha256 for row in read_manifest()}
    missing, different = set(checksums), []
    for number, content in _read_files(Path(source)):
        missing.discard(number)
        if hashlib.sha256(content).hexdigest() != checksums.get(number):
            different.append(number)
        elif not different:
            yield number, content
    if len(missing) == NUMBER_OF_IMAGES:
        raise BadInput(say(
            "{source} holds no image_0001.jpg ... image_1360.jpg, so it is not Flowers-17; name "
            "the archive or folder that has them, or run: kfit-teach data download",
            source=source))  # fmt: skip
    if missing or different:
        raise BadInput(say(
            "In {source} {fault}, but all {images} images must match the sha256 in "
            "data/flowers17.csv; for a fresh copy: kfit-teach data download", source=source,
            fault=_fault(sorted(missing), different), images=NUMBER_OF_IMAGES))  # fmt: skip


def _fault(missing: list[int], different: list[int]) -> str:
    """Say what is wrong with which images: up to five are named, then the rest are counted."""
    wrong = missing or different
    names = ", ".join(f"image_{number:04d}.jpg" for number in wrong[:5])
    if len(wrong) > 5:
        names = say("{names} and {more} more", names=names, more=len(wrong) - 5)
    if missing:
        return say_counted("{names} is missing", "{names} are missing", len(missing), names=names)
    return say_counted("{names} is not the original", "{names} are not the original",
                       len(different), names=names)  # fmt: skip


def _read_files(source: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (number, bytes) of every image file in a folder or an archive."""
    if source.is_dir():
        # The folder may be the one with the images, or the one that the archive makes around it.
        folder = source / "jpg" if (source / "jpg").is_dir() else source
        for row in read_manifest():
            file = folder / row.file_name
            if file.is_file():
                yield row.number, file.read_bytes()
        return
    try:
        with tarfile.open(source, mode="r|*") as archive:
            for member in archive:
                match = _FILE_NAME.fullmatch(Path(_safe(member, source).name).name)
                if match and member.isfile():
                    yield int(match[1]), archive.extractfile(member).read()
    except BadInput:
        raise
    except Exception as error:  # tarfile raises nearly anything where a header is damaged
        raise BadInput(say(
            "{source} cannot be read as an archive ({error}), so it is damaged, cut short or "
            "something else; fetch a fresh copy: kfit-teach data download",
            source=source, error=error)) from None  # fmt: skip


def _safe(member: tarfile.TarInfo, source: Path) -> tarfile.TarInfo:
    """Refuse a member that would leave the folder, a link, a device, or one too large."""
    try:
        tarfile.data_filter(member, "/nowhere")
        fault = "absolute" if member.name.startswith("/") else ""
    except tarfile.OutsideDestinationError:
        fault = "outside"
    except tarfile.FilterError:
        fault = "special"
    if member.issym() or member.islnk():
        fault = "link"
    if member.size > LARGEST_MEMBER_BYTES:
        fault = "large"
    if fault:
        raise BadInput(say(
            "In {source} {fault}, but an archive of Flowers-17 holds plain files only; fetch a "
            "fresh copy: kfit-teach data download", source=source,
            fault=say(_UNSAFE[fault], member=member.name, size=member.size)))  # fmt: skip
    return member


def decode_image(content: bytes, image_size: int) -> np.ndarray:
    """Decode one JPEG to a square, uint8, RGB: the largest centred one, resampled (Lanczos)."""
    image = Image.open(io.BytesIO(content))
    # The decoder itself halves the image while more than twice the pixels needed remain.
    image.draft("RGB", (2 * image_size, 2 * image_size))
    square = ImageOps.fit(image.convert("RGB"), (image_size, image_size), Image.Resampling.LANCZOS)
    return np.asarray(square)


def download(cache_folder: Path, address: str = OFFICIAL_ADDRESS, bar: Any = None) -> Path:
    """Download the archive into the cache folder, and keep it only if every image is right.

    The bar is one as pooch takes it: tqdm's or its like, with a total of 1 or more. A BadInput
    where nothing could be fetched from the address, or what came is not Flowers-17.
    """
    import pooch  # here, because it takes 0.2 s that only a download needs
    import requests

    _clear_dead_downloads(cache_folder)
    archive = cache_folder / ARCHIVE_NAME
    # A name of its own for each thread: two panels of one kernel may fetch at once.
    fetched = cache_folder / f"fetched-{os.getpid()}-{threading.get_ident()}.tgz"
    downloader = pooch.HTTPDownloader(progressbar=bar or False, timeout=MOST_SILENT_S)
    try:
        with written_whole(archive, fetched):
            downloader(address, str(fetched), None)
            for _ in read_originals(fetched):
                pass
    except BadInput as error:
        from_there = say("the file from {address}", address=address)
        raise BadInput(str(error).replace(str(fetched), from_there)) from None
    except (requests.RequestException, ValueError) as error:
        raise BadInput(say(
            "{address} could not be fetched ({reason}); check the network, or download the "
            "archive by other means and put it into {folder}", address=address,
            reason=_reason(error), folder=project_folder("data"))) from None  # fmt: skip
    return archive


def _clear_dead_downloads(cache_folder: Path) -> None:
    """Remove what killed processes left: a living one is never silent for so long."""
    for left in cache_folder.glob("fetched-*.tgz"):
        with contextlib.suppress(OSError):  # it has just been kept, or removed
            if time.time() - left.stat().st_mtime > LONG_DEAD_S:
                left.unlink()


def _reason(error: Exception) -> str:
    """Say in words why a download failed, where the error itself is a nest of brackets."""
    import requests

    if isinstance(error, requests.Timeout):
        return say("no answer in time")
    if isinstance(error, requests.ConnectionError):
        return say("no connection")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return say("the transfer was cut short")
    return str(error)
