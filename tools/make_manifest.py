"""Makes data/flowers17.csv, once, from the official splits and the originals' checksums.

    python tools/make_manifest.py FOLDER [FILE]

FOLDER holds SHA256SUMS (one line an image), datasplits.mat (the official splits, as published)
and near_duplicates.tsv (pairs of one photograph stored twice, measured). It is kept so that a
stranger can see where each column of the manifest comes from.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

from scipy.io import loadmat

CLASS_NAMES = (
    "daffodil", "snowdrop", "lily valley", "bluebell", "crocus", "iris",
    "tigerlily", "tulip", "fritillary", "sunflower", "daisy", "colts' foot",
    "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
IMAGES_PER_CLASS = 80
ROLES = {"trn": "train", "val": "val", "tst": "test"}
COLUMNS = ["number", "class", "split1", "split2", "split3", "near_duplicates", "sha256"]


def read_checksums(folder):
    """Map each image's number to its sha256."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    pairs = (line.split() for line in lines)
    return {int(name[-8:-4]): checksum for checksum, name in pairs}


def read_roles(folder):
    """Map (split, image number) to train, val or test."""
    splits = loadmat(folder / "datasplits.mat")
    return {
        (split, int(number)): role
        for split in (1, 2, 3)
        for key, role in ROLES.items()
        for number in splits[f"{key}{split}"].ravel()
    }


def read_near_duplicates(folder):
    """Map each image's number to the numbers of the images that show the same photograph."""
    lines = (folder / "near_duplicates.tsv").read_text().splitlines()[1:]
    twins = defaultdict(set)
    for line in lines:
        first, second = (int(number) for number in line.split("\t")[:2])
        twins[first].add(second)
        twins[second].add(first)
    return twins


def main():
    """Write the manifest: data/flowers17.csv, or the file named."""
    folder, *named = map(Path, sys.argv[1:])
    manifest = named[0] if named else Path(__file__).parents[1] / "data" / "flowers17.csv"
    checksums, roles = read_checksums(folder), read_roles(folder)
    twins = read_near_duplicates(folder)
    with manifest.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number in range(1, len(checksums) + 1):
            class_name = CLASS_NAMES[(number - 1) // IMAGES_PER_CLASS]
            in_splits = [roles[split, number] for split in (1, 2, 3)]
            same = ";".join(str(other) for other in sorted(twins[number]))
            writer.writerow([number, class_name, *in_splits, same, checksums[number]])


if __name__ == "__main__":
    main()
