"""What `kfit-teach data` prints: which images are there, where, and how they were checked."""

from kfit_teach.common.flowers import oxford, store
from kfit_teach.common.flowers.manifest import (
    CLASS_NAMES,
    NUMBER_OF_IMAGES,
    twins_of_earlier_images,
)


def data_report(path=None):
    """Look for the real images and for stored ones, and check all that is found.

    Args:
        path: where the real images are, or None to look in the usual places.

    Returns:
        Lines of text.

    Raises:
        BadInput: what was found is not the originals.
    """
    source = oxford.find_source(path, store.cache_folder())
    lines = [
        f"Flowers-17: {NUMBER_OF_IMAGES} images, {len(CLASS_NAMES)} classes, 3 official splits, "
        f"{len(twins_of_earlier_images())} images that repeat an earlier photograph"
    ]
    if source is None:
        lines.append("oxford     no archive or folder; to fetch it: kfit-teach data download")
    else:
        for _ in oxford.read_originals(source):
            pass
        lines.append(f"oxford     {source}: all originals match the sha256 in data/flowers17.csv")
    lines.append("synthetic  always at hand: drawn when first used")
    lines += [_stored_line(file) for file in sorted(store.cache_folder().glob("*-recipe*.npy"))]
    return "\n".join(lines)


def _stored_line(file):
    """Say of one store how it was checked."""
    note = store.stored_note(file)
    megabytes = file.stat().st_size / 1e6
    checked = note["checked"] if note else "altered since it was stored; it will be made again"
    return f"stored     {file} ({megabytes:.0f} MB): {checked}"
