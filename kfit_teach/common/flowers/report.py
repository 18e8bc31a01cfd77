"""What `kfit-teach data` prints: which images are there, where, and how they were checked."""

from pathlib import Path

from kfit_teach.common.flowers import manifest, oxford, store
from kfit_teach.common.words import say


def data_report(path: str | Path | None = None) -> str:
    """Look for the real images and for stored ones, check all that is found, and tell it in lines.

    A BadInput where the images found at `path`, or in the usual places, are not the originals.
    """
    lines = [say(
        "Flowers-17: {images} images, {classes} classes, 3 official splits, {twins} images that "
        "repeat an earlier photograph",
        images=manifest.NUMBER_OF_IMAGES, classes=len(manifest.CLASS_NAMES),
        twins=len(manifest.twins_of_earlier_images()))]  # fmt: skip
    source = oxford.find_source(path, store.cache_folder())
    if source is None:
        lines.append(say("oxford     no archive or folder; to fetch it: kfit-teach data download"))
    else:
        for _ in oxford.read_originals(source):
            pass
        lines.append(say("oxford     {source}: all originals match the sha256 in "
                         "data/flowers17.csv", source=source))  # fmt: skip
    lines.append(say("synthetic  always at hand: drawn when first used"))
    lines += [_stored_line(file) for file in sorted(store.cache_folder().glob("*-recipe*.npy"))]
    return "\n".join(lines)


def _stored_line(file: Path) -> str:
    note = store.stored_note(file)
    altered = say("altered since it was stored; it will be made again")
    checked = say(note["checked"]) if note else altered
    return say("stored     {file} ({megabytes:.0f} MB): {checked}",
               file=file, megabytes=file.stat().st_size / 1e6, checked=checked)  # fmt: skip
