"""The real Flowers-17: where it may lie, how it is checked, how it is downloaded.

The photographs carry no licence, so they are never shipped. Whichever way they come (a folder, an
archive, a download), every one of the 1360 is checked against the sha256 in the manifest before
it is decoded. Archives are read as a stream: no member of one is ever written to the disk.
"""

import hashlib
import io
import os
import re
import tarfile
import threading
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from kfit_teach.common.flowers.manifest import NUMBER_OF_IMAGES, project_folder, read_manifest
from kfit_teach.common.problems import BadInput

OFFICIAL_ADDRESS = "https://www.robots.ox.ac.uk/~vgg/data/flowers/17/17flowers.tgz"
ARCHIVE_NAME = "17flowers.tgz"
PATH_VARIABLE = "KFIT_TEACH_FLOWERS17"
LARGEST_MEMBER_BYTES = 1_000_000  # the largest original has 131 kB
_FILE_NAME = re.compile(r"image_(\d{4})\.jpg")


def find_source(path, cache_folder):
    """Find the real images: an explicit path, the variable, data/, the cache, in this order.

    Args:
        path: a .tgz, a folder, or None to look in the usual places.
        cache_folder: the user's cache folder, where downloads go.

    Returns:
        The path of an archive or a folder, or None where the real images are not at hand.

    Raises:
        BadInput: a path was named, but nothing is there.
    """
    named = path or os.environ.get(PATH_VARIABLE)
    if named:
        source = Path(named).expanduser()
        if not source.exists():
            origin = "that path" if path else f"the path in {PATH_VARIABLE}"
            raise BadInput(
                f"{source} does not exist, but {origin} must be the Flowers-17 archive or a "
                "folder with image_0001.jpg ... image_1360.jpg; correct it, or leave it out."
            )
        return source
    data = project_folder("data")
    usual_places = [*sorted(data.glob("17flowers*.tgz")), data / "jpg", cache_folder / ARCHIVE_NAME]
    return next((place for place in usual_places if place.exists()), None)


def read_originals(source):
    """Read the original JPEG files one by one, each checked against the manifest.

    Args:
        source: path of a .tgz or of a folder.

    Yields:
        (number, content): the image's number from 1 to 1360 and its bytes.

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
        raise BadInput(
            f"{source} holds no image_0001.jpg ... image_1360.jpg, so it is not Flowers-17; "
            f"name the archive or folder that has them, or run: kfit-teach data download"
        )
    for numbers, fault in ((sorted(missing), "missing"), (different, "not the original")):
        if numbers:
            raise BadInput(
                f"In {source} {_listed(numbers)} {fault}, but all {NUMBER_OF_IMAGES} images must "
                "match the sha256 in data/flowers17.csv; for a fresh copy: kfit-teach data download"
            )


def _listed(numbers):
    """Name up to five images, then count the rest."""
    names = ", ".join(f"image_{number:04d}.jpg" for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"{names}{more} {'is' if len(numbers) == 1 else 'are'}"


def _read_files(source):
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
        raise BadInput(
            f"{source} cannot be read as an archive ({error}), so it is damaged, cut short or "
            "something else; fetch a fresh copy: kfit-teach data download"
        ) from None


def _safe(member, source):
    """Refuse a member that would leave the folder, a link, a device, or one too large."""
    try:
        tarfile.data_filter(member, "/nowhere")
        refused = "has an absolute path" if member.name.startswith("/") else ""
    except tarfile.OutsideDestinationError:
        refused = "leaves the folder"
    except tarfile.FilterError:
        refused = "is a link or a device"
    if member.issym() or member.islnk():
        refused = "is a link"
    if member.size > LARGEST_MEMBER_BYTES:
        refused = f"has {member.size} bytes, more than any original"
    if refused:
        raise BadInput(
            f"In {source} the member {member.name!r} {refused}, but an archive of Flowers-17 "
            "holds plain files only; fetch a fresh copy: kfit-teach data download"
        )
    return member


def decode_image(content, image_size):
    """Decode one JPEG to a square image: the largest centred square, resampled (Lanczos).

    Args:
        content: the bytes of a JPEG file.
        image_size: side of the result, in pixels.

    Returns:
        uint8 array of shape (image_size, image_size, 3), RGB.
    """
    image = Image.open(io.BytesIO(content))
    # The decoder itself halves the image while more than twice the pixels needed remain.
    image.draft("RGB", (2 * image_size, 2 * image_size))
    square = ImageOps.fit(image.convert("RGB"), (image_size, image_size), Image.Resampling.LANCZOS)
    return np.asarray(square)


def download(cache_folder, address=OFFICIAL_ADDRESS, bar=None):
    """Download the archive into the cache folder, and keep it only if every image is right.

    Args:
        cache_folder: the user's cache folder; it is there.
        address: where the archive is; the official address unless told.
        bar: a progress bar as pooch takes it (a tqdm bar with a total of 1 or more), or None.

    Returns:
        The path of the archive.

    Raises:
        BadInput: nothing could be fetched from the address, or what came is not Flowers-17.
    """
    import pooch  # here, because it takes 0.2 s that only a download needs
    import requests

    # A name of its own for each thread: two panels of one kernel may fetch at once.
    fetched = cache_folder / f"fetched-{os.getpid()}-{threading.get_ident()}.tgz"
    downloader = pooch.HTTPDownloader(progressbar=bar or False, timeout=30)
    try:
        downloader(address, str(fetched), None)
        for _ in read_originals(fetched):
            pass
        return fetched.replace(cache_folder / ARCHIVE_NAME)
    except BadInput as error:
        raise BadInput(str(error).replace(str(fetched), f"the file from {address}")) from None
    except (requests.RequestException, ValueError) as error:
        raise BadInput(
            f"{address} could not be fetched ({_reason(error)}); check the network, or download "
            f"the archive by other means and put it into {project_folder('data')}"
        ) from None
    finally:
        fetched.unlink(missing_ok=True)


def _reason(error):
    """Say in words why a download failed, where the error itself is a nest of brackets."""
    import requests

    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the transfer was cut short"
    return str(error)
