"""The forms on disk: each gives back the stored pixels, and is there whole or not at all."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from kfit_teach import load_flowers
from kfit_teach.common.flowers import forms, open_flowers, oxford, store
from kfit_teach.common.flowers.forms import FORMS, CsvReader, FolderReader, csv_batches_as_published
from kfit_teach.common.flowers.manifest import CLASS_NAMES, read_manifest
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.progress import no_progress_bar

SIZE = 16
VALUES = SIZE * SIZE * 3
# Writes one form slowly; prints how many images it wrote.
WRITE_SLOWLY = """
import sys
import time
from kfit_teach import load_flowers
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.progress import no_progress_bar

class SlowBar:
    written = 0
    def __init__(self, *words):
        self.seconds = 1.5 / words[0]
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass
    def update(self, count):
        SlowBar.written += count
        time.sleep(self.seconds * count)

flowers = load_flowers("synthetic", image_size=16, bar=no_progress_bar)
prepare_form(sys.argv[1], flowers, bar=SlowBar)
print(SlowBar.written)
"""
# Writes one form where no file may grow over 100 kB; prints the refusal.
WRITE_TOO_MUCH = """
import resource
import sys
from kfit_teach import load_flowers
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.problems import BadInput

flowers = load_flowers("synthetic", image_size=16)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    prepare_form(sys.argv[1], flowers)
except BadInput as refusal:
    print(refusal)
"""
# Does one thing with large forms; prints by how many MiB the process grew at the most.
GROW = """
import sys
import numpy as np
from kfit_teach.common.flowers import forms, open_flowers, store
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.measuring.memory import peak_mib, settle_base

task, rows = sys.argv[1], np.arange(680).reshape(-1, 20)
settings = ImageSettings(images="synthetic", image_size=64)
flowers = open_flowers(settings, store.store_path("synthetic", 64), checked="")
if task.startswith("write"):
    def step(_):
        forms.prepare_form(task.removeprefix("write "), flowers)
    rows = rows[:1]
elif task == "read csv":
    file = forms.prepare_form("csv", flowers)
    step = lambda rows: forms.CsvReader(file, 64).read(rows)  # what it keeps, too, is counted
    step(rows[0])
else:
    values = store.open_store(forms.prepare_form("memory_map", flowers))
    plainly = task == "read memory_map plainly"
    step = values.__getitem__ if plainly else lambda rows: store.read_rows(values, rows)
    step(rows[0])
base_mib, _ = settle_base()
for some in rows:
    step(some)
print(peak_mib() - base_mib)
"""


def make_store(image_size, seed):
    """Store noise in place of the stand-in, with a note as the store's own."""
    file = store.store_path("synthetic", image_size)
    dice = np.random.default_rng(seed)
    file.unlink(missing_ok=True)  # and not written through: it may be mapped
    np.save(file, dice.integers(0, 256, (1360, image_size, image_size, 3), np.uint8))
    note = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "checked": "noise"}
    file.with_suffix(".json").write_text(json.dumps(note))
    return file


def files_in(folder):
    """What the folder of forms holds, except for locks."""
    held = (folder / "forms").glob("*")
    return sorted(path.name for path in held if path.suffix != ".lock")


def names_of(flowers):
    return [CLASS_NAMES[label] for label in flowers.labels]


def content_of(form, path, flowers):
    """Everything that a form gives back, in the order of the flowers."""
    if form == "csv":
        reader = CsvReader(path, SIZE)
        return reader.read(np.arange(len(reader)))[0]
    if form == "memory_map":
        return np.load(path)
    return FolderReader(path, flowers.settings).read(flowers.numbers)


def is_form_of(form, path, flowers):
    """Whether a form gives back these images; the folder's JPEG files lose a little."""
    content = content_of(form, path, flowers)
    if form == "csv":
        return np.array_equal(content, flowers.images)
    if form == "memory_map":
        return np.array_equal(content, flowers.images * np.float32(1 / 255))
    return np.abs(content.astype(int) - flowers.images).mean() < 5


def run_python(code, *words):
    program = [sys.executable, "-c", code, *map(str, words)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.strip()


class BarFailed(Exception):
    """What `BarThatFails` raises."""


class BarThatFails:
    """A progress bar that fails once ten images are done."""

    def __init__(self, *words):
        self.done = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def update(self, count):
        self.done += count
        if self.done >= 10:
            raise BarFailed


@pytest.fixture
def flowers(synthetic_cache):
    """340 images of 16 px, in mixed order."""
    return load_flowers("synthetic", image_size=SIZE, part="val", bar=no_progress_bar)


@pytest.fixture
def csv_file(flowers):
    return forms.prepare_form("csv", flowers)


@pytest.fixture(scope="module")
def large_cache(tmp_path_factory):
    """A cache with a store of 16 MiB of noise and both of its large forms, 680 images of 64 px."""
    folder = tmp_path_factory.mktemp("large")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KFIT_TEACH_CACHE", str(folder))
        settings = ImageSettings(images="synthetic", image_size=64)
        flowers = open_flowers(settings, make_store(64, seed=1), checked="")
        started = time.perf_counter()
        csv = forms.prepare_form("csv", flowers)
        print(f"680 images of 64 px as csv in {time.perf_counter() - started:.2f} s")
        forms.prepare_form("memory_map", flowers)
    yield folder, csv
    shutil.rmtree(folder)


# Where a form lies, and what it holds.


@pytest.mark.parametrize(
    ("form", "changes"),
    [
        ("csv", {"seed", "order", "part", "split", "image_size", "images"}),
        ("memory_map", {"seed", "order", "part", "split", "image_size", "images"}),
        ("folder", {"image_size", "images"}),
    ],
)
def test_a_path_tells_apart_what_differs_and_nothing_else(form, changes, cache):
    settings = ImageSettings(images="synthetic")
    other = {
        "seed": 3, "order": "sorted", "part": "test", "split": 2, "image_size": 32,
        "images": "oxford",
    }  # fmt: skip
    path = forms.form_path(form, settings)
    assert path.parent == cache / "forms"
    for name, value in other.items():
        changed = forms.form_path(form, settings.model_copy(update={name: value}))
        assert (changed != path) == (name in changes), name


def test_the_seed_of_a_sorted_order_and_the_size_of_originals_do_not_matter(cache):
    by_class = ImageSettings(images="oxford", order="sorted")
    other_seed = by_class.model_copy(update={"seed": 3})
    for form in FORMS:
        assert forms.form_path(form, by_class) == forms.form_path(form, other_seed)
    smaller = by_class.model_copy(update={"image_size": 32})
    assert forms.form_path("folder", by_class) == forms.form_path("folder", smaller)


def test_an_unknown_form_is_refused(flowers, refusal):
    assert "did you mean 'memory_map'?" in refusal(forms.prepare_form, "memorymap", flowers)


@pytest.mark.parametrize("order", ["mixed", "sorted"])
@pytest.mark.parametrize("seed", [17, 3])
def test_a_form_has_the_order_of_the_flowers(order, seed, synthetic_cache):
    chosen = {"image_size": SIZE, "split": 2, "order": order, "seed": seed}
    loaded = load_flowers("synthetic", part="train+val", bar=no_progress_bar, **chosen)
    assert np.array_equal(forms.numbers_in_order(loaded.settings), loaded.numbers)


def test_each_line_of_the_csv_is_a_class_and_its_values(flowers, csv_file):
    lines = csv_file.read_text().splitlines()
    assert len(lines) == 340
    for line, name, image in zip(lines, names_of(flowers), flowers.images, strict=True):
        assert line == ",".join([name, *map(str, image.ravel().tolist())])


def test_the_csv_gives_back_the_stored_pixels_in_order(flowers, csv_file):
    reader = CsvReader(csv_file, SIZE)
    images, class_names = reader.read(np.arange(340))
    assert len(reader) == 340
    assert images.dtype == np.uint8
    assert np.array_equal(images, flowers.images)
    assert class_names == names_of(flowers)


def test_the_memory_map_gives_back_the_stored_pixels_as_floats(flowers):
    file = forms.prepare_form("memory_map", flowers)
    stored = store.open_store(file)
    assert stored.shape == (340, SIZE, SIZE, 3)
    assert stored.dtype == np.float32
    assert not stored.flags.writeable
    expected = flowers.images * np.float32(1 / 255)
    assert expected.dtype == np.float32
    assert np.array_equal(stored, expected)
    rows = np.array([339, 0, 7, 7])
    assert np.array_equal(store.read_rows(stored, rows), expected[rows])


def test_the_folder_of_the_stand_in_is_close_to_the_stored_pixels(flowers):
    folder = forms.prepare_form("folder", flowers)
    read = FolderReader(folder, flowers.settings).read(flowers.numbers)
    assert read.dtype == np.uint8
    off = np.abs(read.astype(int) - flowers.images).mean(axis=(1, 2, 3))
    # Two images of one class are some 45 apart.
    assert off.mean() < 4
    assert off.max() < 5


def test_the_folder_of_the_stand_in_is_read_as_it_was_encoded(flowers):
    folder = forms.prepare_form("folder", flowers)
    read = FolderReader(folder, flowers.settings).read(np.array([801, 1]))
    with Image.open(folder / CLASS_NAMES[10] / "image_0801.jpg") as picture:
        assert picture.size == (SIZE, SIZE)
        assert np.array_equal(read[0], np.asarray(picture))


def test_a_folder_holds_every_image_by_class(flowers):
    folder = forms.prepare_form("folder", flowers)
    held = {str(file.relative_to(folder).as_posix()) for file in folder.rglob("*.*")}
    assert held == {f"{row.class_name}/{row.file_name}" for row in read_manifest()}


def test_the_folder_of_the_originals_gives_back_exactly_the_stored_pixels(real_archive, cache):
    loaded = load_flowers("oxford", image_size=SIZE, path=real_archive, bar=no_progress_bar)
    folder = forms.prepare_form("folder", loaded, path=real_archive)
    read = FolderReader(folder, loaded.settings).read(loaded.numbers)
    assert np.array_equal(read, loaded.images)
    for row in read_manifest():
        content = (folder / row.class_name / row.file_name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row.sha256
    # Another size reads the same files, without the archive; and every form is exact.
    other = loaded.settings.model_copy(update={"image_size": 24})
    again = open_flowers(loaded.settings, store.store_path("oxford", SIZE), checked="")
    assert forms.prepare_form("folder", replace(again, settings=other)) == folder
    first = oxford.decode_image((folder / "daffodil" / "image_0001.jpg").read_bytes(), 24)
    assert np.array_equal(FolderReader(folder, other).read(np.array([1]))[0], first)
    assert is_form_of("csv", forms.prepare_form("csv", loaded), loaded)


@pytest.mark.parametrize("count", [5, 900])
@pytest.mark.parametrize("form", ["csv", "memory_map"])
def test_each_image_of_the_part_is_held_once_however_often_it_is_named(form, count, flowers):
    changed = replace(flowers, numbers=np.resize(flowers.numbers, count))
    assert is_form_of(form, forms.prepare_form(form, changed), flowers)


# How it comes to be there.


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_there_is_used_as_it_is(form, flowers):
    path = forms.prepare_form(form, flowers)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert forms.prepare_form(form, flowers, bar=BarThatFails) == path
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_form_that_an_earlier_version_noted_is_used_as_it_is(flowers, csv_file):
    note = {
        "version": 1,
        "made_from": hashlib.sha256(store.store_path("synthetic", SIZE).read_bytes()).hexdigest(),
        "bytes": csv_file.stat().st_size,
    }
    csv_file.with_name(f"{csv_file.name}.json").write_text(json.dumps(note, indent=1))
    assert forms.prepare_form("csv", flowers, bar=BarThatFails) == csv_file


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_other_stored_images_is_made_again(form, flowers):
    before = forms.prepare_form(form, flowers)
    other = open_flowers(flowers.settings, make_store(SIZE, seed=2), checked="")
    after = forms.prepare_form(form, other)
    assert after == before
    assert is_form_of(form, after, other)
    assert not is_form_of(form, after, flowers)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_was_cut_short_is_made_again(form, flowers):
    path = forms.prepare_form(form, flowers)
    if form == "folder":
        (path / "iris" / "image_0401.jpg").unlink()
    else:
        os.truncate(path, path.stat().st_size - 10)
    assert is_form_of(form, forms.prepare_form(form, flowers), flowers)


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"made_from": 17}', "\x00", None])
def test_a_form_with_a_wrong_note_is_made_again(note, flowers, csv_file):
    beside = csv_file.with_name(f"{csv_file.name}.json")
    csv_file.write_text(csv_file.read_text().replace("1", "2"))
    if note is None:
        beside.unlink()
    else:
        beside.write_text(note)
    assert is_form_of("csv", forms.prepare_form("csv", flowers), flowers)


def test_a_form_of_an_older_version_is_made_again(flowers, csv_file, monkeypatch):
    monkeypatch.setattr(forms, "FORM_VERSION", forms.FORM_VERSION + 1)
    with pytest.raises(BarFailed):
        forms.prepare_form("csv", flowers, bar=BarThatFails)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_left_of_a_form_that_failed_in_the_middle(form, flowers, cache):
    with pytest.raises(BarFailed):
        forms.prepare_form(form, flowers, bar=BarThatFails)
    assert files_in(cache) == []
    assert is_form_of(form, forms.prepare_form(form, flowers), flowers)


@pytest.mark.parametrize("form", FORMS)
def test_failing_to_make_a_form_again_leaves_the_old_one(form, flowers, cache):
    path = forms.prepare_form(form, flowers)
    held = files_in(cache)
    other = open_flowers(flowers.settings, make_store(SIZE, seed=2), checked="")
    old = content_of(form, path, flowers)
    with pytest.raises(BarFailed):
        forms.prepare_form(form, other, bar=BarThatFails)
    assert files_in(cache) == held
    assert np.array_equal(content_of(form, path, flowers), old)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_killed_process_left_is_cleared_away(form, flowers, cache):
    path = forms.form_path(form, flowers.settings)
    left = path.with_name(f"{path.name}.unfinished")
    if form == "folder":
        (left / "iris").mkdir(parents=True)
        (left / "iris" / "image_9999.jpg").write_bytes(b"half")
    else:
        left.parent.mkdir()
        left.write_bytes(b"half")
    forms.prepare_form(form, flowers)
    assert files_in(cache) == sorted([path.name, f"{path.name}.json"])
    assert is_form_of(form, path, flowers)
    assert form != "folder" or len(list(path.rglob("*.jpg"))) == 1360


@pytest.mark.parametrize("form", FORMS)
def test_two_processes_at_once_write_one_form(form, synthetic_cache):
    words = [sys.executable, "-c", WRITE_SLOWLY, form]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    written = sorted(int(process.communicate(timeout=60)[0]) for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert written == [0, 1360 if form == "folder" else 680]
    settings = ImageSettings(images="synthetic", image_size=SIZE)
    flowers = open_flowers(settings, store.store_path("synthetic", SIZE), checked="")
    path = forms.form_path(form, settings)
    assert files_in(synthetic_cache) == sorted([path.name, f"{path.name}.json"])
    assert is_form_of(form, path, flowers)


# What is refused.


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("form", ["csv", "memory_map"])
def test_a_disk_that_takes_no_more_is_told_in_one_sentence(form, synthetic_cache):
    told = run_python(WRITE_TOO_MUCH, form)
    path = forms.form_path(form, ImageSettings(images="synthetic", image_size=SIZE))
    assert told.startswith(f"{path} cannot be written (File too large)")
    assert "name another folder in KFIT_TEACH_CACHE." in told
    assert files_in(synthetic_cache) == []


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(flowers, cache, refusal):
    (cache / "forms").write_text("not a folder")
    for form in FORMS:
        sentence = refusal(forms.prepare_form, form, flowers)
        assert f"cannot be written (File exists: {cache / 'forms'})" in sentence


def test_stored_images_that_were_altered_are_refused(flowers, cache, refusal):
    file = store.store_path("synthetic", SIZE)
    with file.open("r+b") as pixels:
        pixels.seek(-1, os.SEEK_END)
        pixels.write(b"\x11" if flowers.stored[-1, -1, -1, -1] != 17 else b"\x12")
    for form in FORMS:
        assert "was altered since it was stored" in refusal(forms.prepare_form, form, flowers)
    assert files_in(cache) == []


def test_a_folder_of_originals_needs_the_originals(nothing_at_hand, refusal):
    flowers = open_flowers(
        ImageSettings(images="oxford", image_size=SIZE), make_store(SIZE, seed=3), checked=""
    )
    sentence = refusal(forms.prepare_form, "folder", flowers)
    assert "not at hand" in sentence
    assert "kfit-teach data download" in sentence
    assert files_in(nothing_at_hand) == []


def test_a_folder_of_made_up_originals_is_not_made(cache, refusal, tmp_path):
    flowers = open_flowers(
        ImageSettings(images="oxford", image_size=SIZE), make_store(SIZE, seed=3), checked=""
    )
    (tmp_path / "jpg").mkdir()
    Image.new("RGB", (32, 32)).save(tmp_path / "jpg" / "image_0001.jpg")
    assert "are missing" in refusal(forms.prepare_form, "folder", flowers, path=tmp_path)
    assert files_in(cache) == []


# The readers of the CSV.


def test_the_published_reader_fills_a_batch_at_the_end_of_the_file_from_its_beginning(
    flowers, csv_file
):
    # 340 lines in batches of 48: the eighth takes the last 4 lines and the first 44.
    batches = list(islice(csv_batches_as_published(csv_file, 48, SIZE), 15))
    for index, (images, class_names) in enumerate(batches):
        places = np.arange(index * 48, index * 48 + 48) % 340
        assert images.dtype == np.uint8
        assert np.array_equal(images, flowers.read(places))
        assert class_names == [names_of(flowers)[place] for place in places]


def test_the_published_reader_begins_again_where_the_file_ends_without_a_newline(flowers, csv_file):
    csv_file.write_text(csv_file.read_text().rstrip("\n"))
    *_, (images, _) = islice(csv_batches_as_published(csv_file, 48, SIZE), 8)
    assert np.array_equal(images, flowers.read(np.arange(336, 384) % 340))


def test_both_readers_give_the_same_batches(csv_file):
    reader = CsvReader(csv_file, SIZE)
    for index, (images, names) in enumerate(
        islice(csv_batches_as_published(csv_file, 32, SIZE), 24)
    ):
        own_images, own_names = reader.read(np.arange(index * 32, index * 32 + 32) % 340)
        assert np.array_equal(images, own_images)
        assert images.dtype == own_images.dtype
        assert names == own_names


@pytest.mark.parametrize("ending", ["\n", "", "\r\n"])
def test_rows_are_read_in_any_order(ending, flowers, csv_file):
    csv_file.write_bytes(csv_file.read_bytes().rstrip() + ending.encode())
    reader = CsvReader(csv_file, SIZE)
    assert len(reader) == 340
    rows = np.random.default_rng(5).integers(0, 340, 400)
    rows[:3] = 339, 0, 339
    images, class_names = reader.read(rows)
    assert np.array_equal(images, flowers.read(rows))
    assert class_names == [names_of(flowers)[row] for row in rows]


def test_every_value_is_read_as_it_was_written(tmp_path):
    numbers = np.random.default_rng(6).permutation(np.resize(np.arange(256), 768))
    (tmp_path / "one.csv").write_text(",".join(["iris", *map(str, numbers)]))
    images, _ = CsvReader(tmp_path / "one.csv", 16).read([0])
    assert np.array_equal(images.ravel(), numbers)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda words: words[:-1], f"{VALUES - 1} values, but there must be {VALUES}"),
        (lambda words: [*words, "7"], f"{VALUES + 1} values, but there must be {VALUES}"),
        (lambda words: [*words[:-1], "256"], "'256' is no whole number from 0 to 255"),
        (lambda words: [*words[:5], "300", *words[6:]], "'300' is no whole number"),
        (lambda words: [*words[:1], "1000", *words[2:]], "'1000' is no whole number"),
        (lambda words: [*words[:1], "65537", *words[2:]], "'65537' is no whole number"),
        (lambda words: [*words[:1], "-1", *words[2:]], "'-1' is no whole number"),
        (lambda words: [*words[:9], "1.5", *words[10:]], "'1.5' is no whole number"),
        (lambda words: [*words[:9], "", *words[10:]], "'' is no whole number"),
        (lambda words: [*words[:9], "x", *words[10:]], "'x' is no whole number"),
        (lambda words: [*words[:9], " 7", *words[10:]], "' 7' is no whole number"),
        (lambda words: [], f"but there must be {VALUES}"),
        (lambda words: ["iris"], f"but there must be {VALUES}"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_line(change, fault, csv_file):
    lines = csv_file.read_text().splitlines()
    good = CsvReader(csv_file, SIZE).read([1, 3])
    lines[2] = ",".join(change(lines[2].split(",")))
    csv_file.write_text("\n".join(lines) + "\n")
    reader = CsvReader(csv_file, SIZE)
    with pytest.raises(ValueError) as caught:
        reader.read(np.array([1, 2, 3]))
    assert str(caught.value).startswith(f"{csv_file}, line 3: ")
    assert fault in str(caught.value)
    images, names = reader.read([1, 3])
    assert np.array_equal(images, good[0])
    assert names == good[1]


def test_a_row_that_is_not_there_is_refused(csv_file):
    with pytest.raises(IndexError):
        CsvReader(csv_file, SIZE).read(np.array([340]))


def test_our_reader_is_much_faster_than_the_published_one(large_cache):
    _, file = large_cache
    batches, reader = csv_batches_as_published(file, 32, 64), CsvReader(file, 64)
    ratios = []
    for index in range(8):
        seconds, read = {}, {}
        rows = np.arange(index * 32, index * 32 + 32)
        readers = [("published", lambda _: next(batches)), ("ours", reader.read)]
        for name, step in random.sample(readers, 2):
            started = time.perf_counter()
            read[name] = step(rows)
            seconds[name] = time.perf_counter() - started
        assert np.array_equal(read["published"][0], read["ours"][0])
        ratios.append(seconds["published"] / seconds["ours"])
    print(f"our reader is {np.median(ratios):.1f} times as fast ({np.round(ratios, 1)})")
    assert np.median(ratios) > 3  # some 10 on an idle machine


# Memory.


def growth_mib(task, cache, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_CACHE", str(cache))
    grown = float(run_python(GROW, task))
    print(f"{task}: {grown:.1f} MiB")
    return grown


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the high-water mark back")
def test_reading_a_form_does_not_keep_it_in_memory(large_cache, monkeypatch):
    folder, _ = large_cache
    assert growth_mib("read memory_map plainly", folder, monkeypatch) > 25
    assert growth_mib("read memory_map", folder, monkeypatch) < 5
    assert growth_mib("read csv", folder, monkeypatch) < 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the high-water mark back")
@pytest.mark.parametrize("form", FORMS)
def test_writing_a_form_does_not_take_it_into_memory(form, large_cache, monkeypatch, tmp_path):
    folder, _ = large_cache
    for file in folder.glob("synthetic-64-*"):
        shutil.copy(file, tmp_path)
    assert growth_mib(f"write {form}", tmp_path, monkeypatch) < 10
    assert forms.form_path(form, ImageSettings(images="synthetic")).exists()
