"""The images: the real Flowers-17 ("oxford") or the drawn stand-in ("synthetic").

`load_flowers` is the one door. Behind it: manifest (what is known of the images), oxford (the real
ones), synthetic (the stand-in), store (decoded once, memory-mapped).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kfit_teach.common.flowers import forms, store
from kfit_teach.common.flowers.manifest import CLASS_NAMES, labels_of
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.problems import validated
from kfit_teach.common.progress import progress_bar
from kfit_teach.common.words import say, to_say

__all__ = ["Flowers", "load_flowers", "open_flowers", "resolve_images"]

IMAGES_VARIABLE = "KFIT_TEACH_IMAGES"
NAME_OF_KIND = {"oxford": "Flowers-17", "synthetic": to_say("synthetic stand-in")}


@dataclass(frozen=True, repr=False)
class Flowers:
    """One part of one split, in one order; the pixels stay on disk until they are read.

    `numbers`, of shape (N,), are from 1 to 1360, in order; `stored` holds all 1360 images;
    `checked` is one sentence on how they were checked.
    """

    settings: ImageSettings
    numbers: np.ndarray
    stored: np.memmap
    checked: str

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        chosen = self.settings
        return say(
            "{count} images of {size} x {size} px ({name}, split {split}, part {part}, order "
            "{order}; {checked})", count=len(self), size=chosen.image_size,
            name=say(NAME_OF_KIND[chosen.images]), split=chosen.split, part=chosen.part,
            order=chosen.order, checked=self.checked)  # fmt: skip

    @property
    def labels(self) -> np.ndarray:
        """int array of shape (N,): 0 to 16, an index into `class_names`."""
        return labels_of(self.numbers)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The 17 names, in order of label."""
        return CLASS_NAMES

    @property
    def images(self) -> np.ndarray:
        """uint8 array of shape (N, size, size, 3), RGB: a copy of every image in memory."""
        return self.read(np.arange(len(self)))

    def read(self, places: np.ndarray) -> np.ndarray:
        """Read some images, as in `images`, by their places in this order, from 0 to N - 1."""
        return store.read_rows(self.stored, self.numbers[places] - 1)


def load_flowers(
    images: str = "auto", image_size: int = 64, split: int = 1, part: str = "train",
    order: str = "mixed", seed: int = 17, path: str | Path | None = None,
    bar: Callable = progress_bar,
) -> Flowers:  # fmt: skip
    """Load one part of one official split of Flowers-17, or of its drawn stand-in.

    Args:
        images: "oxford" (the real photographs), "synthetic" (the stand-in, needs nothing), or
            "auto": the real ones where they are at hand, else the stand-in.
        image_size: side in pixels, from 16 to 256.
        split: official split, 1, 2 or 3.
        part: "train" (680 images), "val" (340), "test" (340) or "train+val" (1020).
        order: "mixed" (one permutation drawn from the seed) or "sorted" (by class).
        seed: what the permutation is drawn from.
        path: where the real images are (.tgz or folder); else KFIT_TEACH_FLOWERS17, data/, the
            cache.
        bar: what makes the progress bar while images are decoded or drawn for the first time.

    Returns:
        Flowers, with numbers, labels, images and class_names.

    Raises:
        BadInput: a setting is out of its bounds, or the real images are missing or altered.

    >>> flowers = load_flowers("synthetic", image_size=32, part="test")
    >>> flowers.images.shape, flowers.class_names[flowers.labels[0]]
    ((340, 32, 32, 3), 'crocus')
    """
    settings = validated(
        ImageSettings, images=images, image_size=image_size, split=split, part=part, order=order,
        seed=seed)  # fmt: skip
    settings = resolve_images(settings, path)
    stored, checked = store.prepare_images(settings.images, settings.image_size, path, bar)
    return open_flowers(settings, stored, checked)


def resolve_images(settings: ImageSettings, path: str | Path | None = None) -> ImageSettings:
    """Settle what "auto" means on this machine: give the settings with "oxford" or "synthetic".

    The variable KFIT_TEACH_IMAGES says it where it is set: "synthetic" keeps real photographs out
    of notebooks that are executed to be published.
    """
    if settings.images != "auto":
        return settings
    images = validated(ImageSettings, images=os.environ.get(IMAGES_VARIABLE, "auto")).images
    if images == "auto":
        at_hand = store.is_at_hand("oxford", settings.image_size, path)
        images = "oxford" if at_hand else "synthetic"
    return settings.model_copy(update={"images": images})


def open_flowers(settings: ImageSettings, stored: str | Path, checked: str) -> Flowers:
    """Lay the chosen part, in the chosen order, over what `store.prepare_images` has stored.

    Where the settings have `number_of_images`, the order is cut or repeated to that length.
    """
    numbers = forms.numbers_in_order(settings)
    numbers = np.resize(numbers, getattr(settings, "number_of_images", len(numbers)))
    return Flowers(settings, numbers, store.open_store(stored), checked)
