"""What is known of the 1360 images of Flowers-17 without having them: data/flowers17.csv.

The stand-in has the same classes, official splits and near-duplicates (images that show the same
photograph).

Source of the classes and splits: Nilsback and Zisserman, A Visual Vocabulary for Flower
Classification, CVPR 2006. The near-duplicates were measured by this project.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

NUMBER_OF_IMAGES = 1360
IMAGES_PER_CLASS = 80
CLASS_NAMES = (
    "daffodil", "snowdrop", "lily valley", "bluebell", "crocus", "iris",
    "tigerlily", "tulip", "fritillary", "sunflower", "daisy", "colts' foot",
    "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
SPLITS = (1, 2, 3)
PARTS = ("train", "val", "test", "train+val")
PART_SIZES = {"train": 680, "val": 340, "test": 340, "train+val": 1020}


@dataclass(frozen=True)
class ManifestRow:
    """One image: its number from 1 to 1360, class, role in each split, twins and sha256."""

    number: int
    class_name: str
    roles: tuple[str, str, str]
    near_duplicates: tuple[int, ...]
    sha256: str

    @property
    def file_name(self) -> str:
        """The original's file name, such as image_0001.jpg."""
        return f"image_{self.number:04d}.jpg"


def project_folder(name: str) -> Path:
    """Find a folder, data or notebooks: beside the package in the tree, inside it in a wheel.

    >>> (project_folder("data") / "flowers17.csv").is_file()
    True
    """
    package = Path(__file__).resolve().parents[2]
    in_wheel = package / name
    return in_wheel if in_wheel.is_dir() else package.parent / name


@cache
def read_manifest() -> tuple[ManifestRow, ...]:
    """Read data/flowers17.csv: 1360 rows, in order of the image's number.

    >>> read_manifest()[80].class_name
    'snowdrop'
    """
    with (project_folder("data") / "flowers17.csv").open(newline="") as file:
        return tuple(
            ManifestRow(
                number=int(row["number"]),
                class_name=row["class"],
                roles=(row["split1"], row["split2"], row["split3"]),
                near_duplicates=tuple(int(n) for n in row["near_duplicates"].split(";") if n),
                sha256=row["sha256"],
            )
            for row in csv.DictReader(file)
        )


def numbers_of_part(split: int, part: str) -> np.ndarray:
    """List the images of one part of an official split: numbers from 1 to 1360, sorted by class.

    >>> numbers_of_part(1, "test").shape
    (340,)
    """
    wanted = part.split("+")
    return np.array([row.number for row in read_manifest() if row.roles[split - 1] in wanted])


def labels_of(numbers: np.ndarray) -> np.ndarray:
    """Give the class of each image: labels from 0 to 16, an index into CLASS_NAMES.

    >>> labels_of(np.array([1, 80, 81, 1360]))
    array([ 0,  0,  1, 16])
    """
    return (np.asarray(numbers) - 1) // IMAGES_PER_CLASS


def twins_of_earlier_images() -> dict[int, int]:
    """Map the number of each image that repeats an earlier photograph to that lower number.

    >>> twins_of_earlier_images()[42]
    2
    """
    first = {row.number: min(row.near_duplicates, default=row.number) for row in read_manifest()}
    return {number: earlier for number, earlier in first.items() if earlier < number}
