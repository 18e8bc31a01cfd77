"""load_flowers: one door to the images, whichever they are, and to their store."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kfit_teach import load_flowers
from kfit_teach.common.flowers import resolve_images, store
from kfit_teach.common.flowers.manifest import CLASS_NAMES, PART_SIZES, SPLITS, read_manifest
from kfit_teach.common.flowers.report import data_report
from kfit_teach.common.flowers.settings import ImageSettings

SIZE = 16
# Reads a large store, 32 images at a time; prints by how many MiB the process grew.
READ_ALL = """
import sys
from pathlib import Path
import numpy as np
from kfit_teach.common.flowers.store import open_store, read_rows
from kfit_teach.common.measuring.memory import resident_mib
images = open_store(sys.argv[1])
read = {"read_rows": read_rows, "plainly": lambda images, rows: images[rows]}[sys.argv[2]]
read(images, np.arange(32))
base_mib = resident_mib()
for first in range(0, 1360, 32):
    read(images, np.arange(first, min(first + 32, 1360)))
print(resident_mib() - base_mib)
"""
# Stores the stand-in, and is killed by the system after the first 100 kB of it.
KILLED_WHILE_STORING = """
import resource, signal
from kfit_teach import load_flowers
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
load_flowers("synthetic", image_size=16)
"""
linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells how much a process has read"
)


def stand_in(**settings):
    return load_flowers("synthetic", image_size=SIZE, **settings)


@pytest.fixture
def large_store(tmp_path):
    """A store of 64 MiB."""
    file = tmp_path / "large.npy"
    np.save(file, np.full((1360, 128, 128, 3), 17, np.uint8))
    yield file
    file.unlink()


def growth_mib(file, how):
    """By how much a process grows that reads a whole store in batches."""
    program = [sys.executable, "-c", READ_ALL, str(file), how]
    return float(subprocess.run(program, capture_output=True, check=True, timeout=60).stdout)


def note_beside(file):
    return json.loads(file.with_suffix(".json").read_text())


def bytes_read(action):
    """How many bytes this process reads from files meanwhile; what is mapped does not count."""
    counts = []
    for step in (lambda: None, action):
        step()
        with Path("/proc/self/io").open() as counters:
            counts.append(int(counters.readline().removeprefix("rchar:")))
    return counts[1] - counts[0]


def alter(file, stamps=None):
    """Change one byte of a file in place, and set its times back where they are told."""
    with file.open("r+b") as content:
        content.seek(-1, os.SEEK_END)
        last = content.read(1)[0]
        content.seek(-1, os.SEEK_END)
        content.write(bytes([last ^ 1]))
    if stamps:
        os.utime(file, ns=stamps)


def test_images_are_squares_of_bytes_with_a_label_each(synthetic_cache):
    flowers = stand_in()
    assert flowers.images.shape == (680, SIZE, SIZE, 3)
    assert flowers.images.dtype == np.uint8
    assert flowers.labels.shape == flowers.numbers.shape == (680,)
    assert len(flowers) == 680


def test_labels_match_the_class_names(synthetic_cache):
    flowers = stand_in()
    rows = read_manifest()
    told = [flowers.class_names[label] for label in flowers.labels]
    assert told == [rows[number - 1].class_name for number in flowers.numbers]
    assert flowers.class_names == CLASS_NAMES


def test_the_same_network_input_is_read_twice(synthetic_cache):
    assert np.array_equal(stand_in().images, stand_in().images)
    assert stand_in().images.std() > 20


def test_read_gives_the_images_at_those_places(synthetic_cache):
    flowers = stand_in(part="val")
    places = np.array([339, 0, 7, 7])
    assert np.array_equal(flowers.read(places), flowers.images[places])
    assert np.array_equal(flowers.read(places), flowers.stored[flowers.numbers[places] - 1])


def test_mixed_and_sorted_hold_the_same_images(synthetic_cache):
    mixed, by_class = stand_in(order="mixed"), stand_in(order="sorted")
    assert not np.array_equal(mixed.numbers, by_class.numbers)
    assert np.array_equal(np.sort(mixed.numbers), by_class.numbers)
    assert np.array_equal(mixed.images[np.argsort(mixed.numbers)], by_class.images)


def test_sorted_means_by_class(synthetic_cache):
    assert np.all(np.diff(stand_in(order="sorted").labels) >= 0)
    assert len(set(stand_in(order="mixed").labels[:64])) > 10


def test_one_seed_gives_one_order_and_another_seed_another(synthetic_cache):
    first, same, other = stand_in(seed=17), stand_in(seed=17), stand_in(seed=18)
    assert np.array_equal(first.numbers, same.numbers)
    assert not np.array_equal(first.numbers, other.numbers)


def test_the_seed_does_not_change_the_sorted_order(synthetic_cache):
    first, other = stand_in(order="sorted", seed=1), stand_in(order="sorted", seed=2)
    assert np.array_equal(first.numbers, other.numbers)


@pytest.mark.parametrize("split", SPLITS)
def test_the_parts_of_a_split_are_disjoint_and_of_the_told_sizes(split, synthetic_cache):
    numbers = {part: stand_in(split=split, part=part).numbers.tolist() for part in PART_SIZES}
    assert {part: len(set(held)) for part, held in numbers.items()} == PART_SIZES
    three = [*numbers["train"], *numbers["val"], *numbers["test"]]
    assert sorted(three) == list(range(1, 1361))
    assert sorted(numbers["train+val"]) == sorted(numbers["train"] + numbers["val"])


def test_splits_differ(synthetic_cache):
    chosen = [tuple(stand_in(split=split, order="sorted").numbers) for split in SPLITS]
    assert len(set(chosen)) == 3


def test_the_stand_in_is_called_a_stand_in(synthetic_cache):
    assert "synthetic stand-in" in repr(stand_in())
    assert "drawn by recipe" in stand_in().checked


@pytest.mark.alone
def test_two_processes_at_once_make_one_store(drawn_at_once):
    folder, ended = drawn_at_once
    assert [(code, errors) for code, _, errors in ended] == [(0, ""), (0, "")]
    (loaded, seconds), (also_loaded, also_seconds) = (told.splitlines() for _, told, _ in ended)
    assert loaded == also_loaded
    # One of them drew; the other waited and then read.
    assert min(float(seconds), float(also_seconds)) < max(float(seconds), float(also_seconds)) / 2
    held = sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")
    assert held == ["synthetic-16-recipe1.json", "synthetic-16-recipe1.npy"]


def test_a_store_is_used_as_it_is_where_it_was_not_altered(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    before = file.stat().st_mtime_ns, file.stat().st_ino
    stand_in()
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


@linux_only
def test_a_store_is_hashed_once_and_again_where_it_was_touched(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    stand_in()
    size = file.stat().st_size
    assert bytes_read(stand_in) < size / 10
    file.touch()
    assert bytes_read(stand_in) > size
    assert bytes_read(stand_in) < size / 10


def test_a_store_that_an_earlier_version_noted_is_used_and_its_note_is_completed(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    whole = note_beside(file)
    before = {name: whole[name] for name in ("sha256", "checked")}
    file.with_suffix(".json").write_text(json.dumps(before, indent=1))
    inode = file.stat().st_ino
    assert stand_in().checked == before["checked"]
    assert file.stat().st_ino == inode
    assert note_beside(file)["hashed"]["bytes"] == file.stat().st_size
    assert note_beside(file) == before | {"hashed": note_beside(file)["hashed"]}


def test_an_altered_store_is_noticed_and_made_again(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    stand_in()
    good = file.read_bytes()
    alter(file)
    assert store.stored_note(file) is None
    stand_in()
    assert file.read_bytes() == good
    assert store.stored_note(file)["checked"].startswith("drawn by recipe")
    # It was hashed when it was made, and is believed from then on.
    assert sys.platform != "linux" or bytes_read(stand_in) < len(good) / 10


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell that times were set")
def test_an_altered_store_is_noticed_though_its_size_and_time_are_as_before(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    stand_in()
    before = file.stat()
    alter(file, (before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert store.stored_note(file) is None


def test_a_store_is_known_again_where_its_content_comes_back(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    stand_in()
    alter(file)
    alter(file)
    assert store.stored_note(file) is not None


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_process_killed_while_storing_leaves_nothing_that_stays_or_is_shown(cache):
    words = [sys.executable, "-c", KILLED_WHILE_STORING]
    assert subprocess.run(words, timeout=60).returncode < 0
    (left,) = (path for path in cache.iterdir() if path.suffix != ".lock")
    assert 0 < left.stat().st_size <= 100_000
    assert "stored" not in data_report()
    stand_in()
    assert not left.exists()
    assert store.stored_note(store.store_path("synthetic", SIZE))


def test_what_was_left_under_an_earlier_version_is_removed_and_nothing_else(synthetic_cache):
    left = synthetic_cache / "synthetic-16-recipe1.4711.npy"
    other = synthetic_cache / "synthetic-161-recipe1.npy"
    for file in (left, other):
        file.write_bytes(b"half")
    held = {path.name for path in synthetic_cache.iterdir()}
    stand_in()
    assert held - {path.name for path in synthetic_cache.iterdir()} == {left.name}


def test_how_it_was_checked_is_noted_in_english_and_said_in_the_learners_language(
    synthetic_cache, monkeypatch, tmp_path
):
    catalogue = tmp_path / "shout.po"
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    message = store.HOW_CHECKED["synthetic"]
    catalogue.write_text(f'{header}\nmsgid "{message}"\nmsgstr "{message.upper()}"\n')
    monkeypatch.setenv("KFIT_TEACH_LANGUAGE", str(catalogue))
    assert stand_in().checked == message.upper()
    assert message.upper() in data_report()
    assert store._new_note(store.store_path("synthetic", SIZE), "synthetic")["checked"] == message


def test_how_a_store_was_checked_names_its_recipe():
    assert f"recipe {store.RECIPE_VERSION['synthetic']} " in store.HOW_CHECKED["synthetic"]


@pytest.mark.parametrize("note", ["", "{}", "[]", "null", '{"sha256": 17}', '{"sha256": "00"}'])
def test_a_store_with_a_wrong_note_is_not_trusted(note, synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    file.with_suffix(".json").write_text(note)
    assert store.stored_note(file) is None


def test_a_store_that_is_cut_short_is_not_trusted(synthetic_cache):
    file = store.store_path("synthetic", SIZE)
    file.write_bytes(file.read_bytes()[:-1000])
    assert store.stored_note(file) is None


def test_the_note_beside_a_store_holds_its_sha256(synthetic_cache):
    note = json.loads(store.store_path("synthetic", SIZE).with_suffix(".json").read_text())
    assert len(bytes.fromhex(note["sha256"])) == 32


def test_a_store_cannot_be_written_through(synthetic_cache):
    with pytest.raises(ValueError, match="read-only"):
        stand_in().stored[0] = 0


def test_auto_takes_the_stand_in_where_the_real_ones_are_not_at_hand(
    nothing_at_hand, synthetic_cache
):
    assert load_flowers(image_size=SIZE).settings.images == "synthetic"


def test_auto_takes_the_real_ones_where_they_are_at_hand(real_archive, cache, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_FLOWERS17", str(real_archive))
    assert load_flowers(image_size=SIZE).settings.images == "oxford"
    # Their store is enough from then on.
    monkeypatch.delenv("KFIT_TEACH_FLOWERS17")
    assert load_flowers(image_size=SIZE).settings.images == "oxford"


def test_synthetic_stays_synthetic_where_the_real_ones_are_at_hand(
    real_archive, synthetic_cache, monkeypatch
):
    monkeypatch.setenv("KFIT_TEACH_FLOWERS17", str(real_archive))
    assert stand_in().settings.images == "synthetic"


def test_a_named_path_that_does_not_exist_is_no_reason_for_the_stand_in(
    synthetic_cache, refusal, tmp_path
):
    absent = tmp_path / "nowhere.tgz"
    for images in ("auto", "oxford"):
        sentence = refusal(load_flowers, images, image_size=SIZE, path=absent)
        assert f"{absent} does not exist, but that path must be" in sentence


def test_a_variable_that_names_nothing_is_told_by_its_name(
    synthetic_cache, refusal, tmp_path, monkeypatch
):
    monkeypatch.setenv("KFIT_TEACH_FLOWERS17", str(tmp_path / "nowhere.tgz"))
    sentence = refusal(load_flowers, image_size=SIZE)
    assert "the path in KFIT_TEACH_FLOWERS17 must be" in sentence


def test_settings_that_are_settled_are_left_alone(nothing_at_hand):
    settings = ImageSettings(images="oxford")
    assert resolve_images(settings) is settings


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets go of pages when asked")
def test_reading_a_store_does_not_keep_it_in_memory(large_store):
    assert growth_mib(large_store, "plainly") > 50
    assert growth_mib(large_store, "read_rows") < 8


@pytest.mark.skipif(sys.platform == "win32", reason="there is no madvise on Windows")
def test_what_is_no_map_cannot_pass_for_one_that_was_let_go():
    with pytest.raises(AttributeError, match="madvise"):
        store.read_rows(np.zeros((3, 1)), np.array([0]))
