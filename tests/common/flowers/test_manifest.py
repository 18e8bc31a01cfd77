"""The manifest: what is said of the 1360 images without having them."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kfit_teach.common.flowers.manifest import (
    CLASS_NAMES,
    PART_SIZES,
    PARTS,
    SPLITS,
    labels_of,
    numbers_of_part,
    project_folder,
    read_manifest,
    twins_of_earlier_images,
)


def test_there_are_1360_images_numbered_in_order():
    assert [row.number for row in read_manifest()] == list(range(1, 1361))


def test_every_class_has_80_images_in_one_run():
    names = [row.class_name for row in read_manifest()]
    assert names == [name for name in CLASS_NAMES for _ in range(80)]
    assert len(set(CLASS_NAMES)) == 17


@pytest.mark.parametrize("split", SPLITS)
def test_every_class_has_40_images_to_train_20_to_validate_20_to_test(split):
    counted = Counter((row.class_name, row.roles[split - 1]) for row in read_manifest())
    wanted = {"train": 40, "val": 20, "test": 20}
    assert counted == {(name, role): n for name in CLASS_NAMES for role, n in wanted.items()}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_the_size_that_is_told(split, part):
    numbers = numbers_of_part(split, part)
    assert len(numbers) == len(set(numbers.tolist())) == PART_SIZES[part]
    assert np.all(np.diff(numbers) > 0)


@pytest.mark.parametrize("split", SPLITS)
def test_the_parts_of_a_split_share_no_image_and_leave_none_out(split):
    parts = [set(numbers_of_part(split, part).tolist()) for part in ("train", "val", "test")]
    assert set.union(*parts) == set(range(1, 1361))
    assert sum(len(part) for part in parts) == 1360
    assert set(numbers_of_part(split, "train+val").tolist()) == parts[0] | parts[1]


@pytest.mark.parametrize(("one", "other", "shared"), [(1, 2, 0), (1, 3, 136), (2, 3, 34)])
def test_the_test_images_of_two_splits_overlap_as_in_the_official_ones(one, other, shared):
    assert len(np.intersect1d(numbers_of_part(one, "test"), numbers_of_part(other, "test"))) == (
        shared
    )


def test_labels_follow_the_class_names():
    rows = read_manifest()
    labels = labels_of([row.number for row in rows])
    assert [CLASS_NAMES[label] for label in labels] == [row.class_name for row in rows]


def test_near_duplicates_name_each_other_and_never_themselves():
    same_as = {row.number: set(row.near_duplicates) for row in read_manifest()}
    for number, others in same_as.items():
        assert number not in others
        assert all(number in same_as[other] for other in others)


def test_68_images_repeat_an_earlier_photograph_of_their_class():
    twins = twins_of_earlier_images()
    assert len(twins) == 68
    assert all(earlier < number for number, earlier in twins.items())
    assert all(labels_of(number) == labels_of(earlier) for number, earlier in twins.items())


def test_every_checksum_is_a_sha256():
    for row in read_manifest():
        assert len(bytes.fromhex(row.sha256)) == 32
    # One photograph was stored twice, byte by byte; its twins are known as such.
    counted = Counter(row.sha256 for row in read_manifest())
    repeated = [row for row in read_manifest() if counted[row.sha256] > 1]
    assert all(row.near_duplicates for row in repeated)


def test_the_manifest_is_made_again_from_the_published_splits(real_archive, tmp_path):
    sources = [
        real_archive.parent / name
        for name in ("datasplits.mat", "SHA256SUMS", "near_duplicates.tsv")
    ]
    absent = [source.name for source in sources if not source.is_file()]
    if absent:
        pytest.skip(f"{', '.join(absent)} not beside the archive: the sources are not at hand")
    manifest = project_folder("data") / "flowers17.csv"
    tool = manifest.parents[1] / "tools" / "make_manifest.py"
    words = [sys.executable, tool, real_archive.parent, tmp_path / "made.csv"]
    subprocess.run(words, check=True, timeout=60)
    assert (tmp_path / "made.csv").read_bytes() == manifest.read_bytes()


def test_the_columns_are_the_ones_that_are_read():
    with (Path(project_folder("data")) / "flowers17.csv").open(newline="") as file:
        header = next(csv.reader(file))
    assert header == ["number", "class", "split1", "split2", "split3", "near_duplicates", "sha256"]
