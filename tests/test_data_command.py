"""`kfit-teach data`: which images are there, where, and how they were checked."""

import shutil


def lines_of(ended):
    """The lines that a command printed; all was well."""
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def test_with_nothing_it_says_how_to_get_the_real_images(nothing_at_hand, command):
    what, oxford, synthetic = lines_of(command("data"))
    assert "1360 images, 17 classes, 3 official splits, 68 images that repeat" in what
    assert oxford == "oxford     no archive or folder; to fetch it: kfit-teach data download"
    assert synthetic == "synthetic  always at hand: drawn when first used"
    assert list(nothing_at_hand.iterdir()) == []


def test_a_cache_that_is_not_there_yet_is_no_fault(nothing_at_hand, command):
    nothing_at_hand.rmdir()
    assert len(lines_of(command("data"))) == 3
    assert not nothing_at_hand.exists()


def test_a_stored_stand_in_is_shown_with_its_place_size_and_check(synthetic_cache, command):
    stored = lines_of(command("data"))[3:]
    file = synthetic_cache / "synthetic-16-recipe1.npy"
    assert stored == [f"stored     {file} (1 MB): drawn by recipe 1 from one seed"]


def test_an_altered_store_is_called_altered(synthetic_cache, command):
    file = synthetic_cache / "synthetic-16-recipe1.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    stored = lines_of(command("data"))[3:]
    assert stored == [
        f"stored     {file} (1 MB): altered since it was stored; it will be made again"
    ]
    assert file.read_bytes() == content


def test_the_real_archive_is_checked_and_shown(real_archive, cache, command):
    oxford = lines_of(command("data", "--path", str(real_archive)))[1]
    assert oxford == (
        f"oxford     {real_archive}: all originals match the sha256 in data/flowers17.csv"
    )
    assert list(cache.iterdir()) == []


def test_the_variable_names_the_real_archive(real_archive, cache, command, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_FLOWERS17", str(real_archive))
    assert f"oxford     {real_archive}: all originals match" in command("data").stdout


def test_a_downloaded_archive_is_found_in_the_cache(real_archive, nothing_at_hand, command):
    downloaded = nothing_at_hand / "17flowers.tgz"
    downloaded.symlink_to(real_archive)
    assert f"oxford     {downloaded}: all originals match" in command("data").stdout


def test_a_damaged_archive_in_the_cache_is_told(real_archive, nothing_at_hand, command):
    downloaded = nothing_at_hand / "17flowers.tgz"
    with real_archive.open("rb") as whole, downloaded.open("wb") as part:
        shutil.copyfileobj(whole, part)
        part.truncate(1_000_000)
    ended = command("data")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"kfit-teach: {downloaded} cannot be read as an archive")
    assert ended.stderr.count("\n") == 1
