"""The real images: every way they can come, every way they can be wrong."""

import hashlib
import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from kfit_teach import load_flowers
from kfit_teach.common.flowers import oxford, store

SIZE = 16


def files_in(folder):
    """What a cache holds, except for locks."""
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".lock")


def write_archive(file, contents, mode="w"):
    """Write an archive of {name: bytes}."""
    with tarfile.open(file, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file


def named(number):
    return f"image_{number:04d}.jpg"


def altered(content):
    """The same bytes but for one bit in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def as_jpeg(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def three_stripes(turned=False):
    """A picture of 300 x 100: a red, a green and a blue square beside each other."""
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste((0, 255, 0), (100, 0, 200, 100))
    picture.paste("blue", (200, 0, 300, 100))
    return picture.transpose(Image.Transpose.ROTATE_270) if turned else picture


@pytest.fixture(scope="module")
def originals(real_archive):
    """{number: bytes} of all the real images."""
    return dict(oxford.read_originals(real_archive))


@pytest.fixture(scope="module")
def real_folder(real_archive, tmp_path_factory):
    """The real images as a folder."""
    folder = tmp_path_factory.mktemp("extracted")
    with tarfile.open(real_archive) as archive:
        archive.extractall(folder, filter="data")
    yield folder / "jpg"
    for file in (folder / "jpg").iterdir():
        file.unlink()


@pytest.fixture
def linked_folder(real_folder, tmp_path):
    """A folder whose images may be taken away or replaced."""
    folder = tmp_path / "linked"
    folder.mkdir()
    for file in real_folder.iterdir():
        (folder / file.name).symlink_to(file)
    return folder


@pytest.fixture
def large_archive(tmp_path):
    """Where an archive may be written; it is taken away after the test."""
    file = tmp_path / "large.tar"
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def refused(cache, refusal):
    """Loads from a path that must be refused; gives the sentence. The cache stays empty."""

    def sentence_of(path):
        sentence = refusal(load_flowers, "oxford", image_size=SIZE, path=path)
        assert files_in(cache) == []
        assert str(path) in sentence
        return sentence

    return sentence_of


def test_archive_and_folder_give_the_same_stored_bytes(
    real_archive, real_folder, tmp_path, monkeypatch
):
    stored, before = [], real_archive.stat()
    for name, path in (("a", real_archive), ("b", real_folder), ("c", real_folder.parent)):
        monkeypatch.setenv("KFIT_TEACH_CACHE", str(tmp_path / name))
        flowers = load_flowers("oxford", image_size=SIZE, path=path)
        assert flowers.settings.images == "oxford"
        assert flowers.checked == "all 1360 originals match the sha256 in data/flowers17.csv"
        stored.append(store.store_path("oxford", SIZE).read_bytes())
    assert stored[0] == stored[1] == stored[2]
    assert real_archive.stat().st_mtime_ns == before.st_mtime_ns


def test_each_stored_image_is_the_original_of_its_number(real_archive, originals, cache):
    flowers = load_flowers("oxford", image_size=SIZE, path=real_archive, part="test")
    for place in (0, 100, 339):
        decoded = oxford.decode_image(originals[flowers.numbers[place]], SIZE)
        assert np.array_equal(flowers.images[place], decoded)


def test_an_altered_image_in_a_folder_is_named(linked_folder, originals, refused):
    (linked_folder / named(417)).unlink()
    (linked_folder / named(417)).write_bytes(altered(originals[417]))
    assert "image_0417.jpg is not the original" in refused(linked_folder)


def test_an_altered_image_in_an_archive_is_named(large_archive, originals, refused):
    contents = originals | {1360: altered(originals[1360])}
    write_archive(large_archive, {f"jpg/{named(n)}": content for n, content in contents.items()})
    assert "image_1360.jpg is not the original" in refused(large_archive)


def test_a_missing_image_in_a_folder_is_named(linked_folder, refused):
    (linked_folder / named(1)).unlink()
    assert "image_0001.jpg is missing" in refused(linked_folder)


def test_a_missing_image_in_an_archive_is_named(large_archive, originals, refused):
    contents = {f"jpg/{named(n)}": content for n, content in originals.items() if n != 80}
    write_archive(large_archive, contents)
    assert "image_0080.jpg is missing" in refused(large_archive)


def test_of_many_missing_images_five_are_named_and_the_rest_counted(linked_folder, refused):
    for number in range(11, 20):
        (linked_folder / named(number)).unlink()
    sentence = refused(linked_folder)
    for number in range(11, 16):
        assert named(number) in sentence
    assert named(16) not in sentence
    assert "image_0015.jpg and 4 more are missing" in sentence


def test_an_image_too_many_is_named(large_archive, originals, refused):
    contents = {named(n): content for n, content in (originals | {1361: originals[1]}).items()}
    write_archive(large_archive, contents)
    assert "image_1361.jpg is not the original" in refused(large_archive)


def test_an_archive_cut_at_half_is_refused_in_one_sentence(real_archive, large_archive, refused):
    whole = real_archive.read_bytes()
    large_archive.write_bytes(whole[: len(whole) // 2])
    sentence = refused(large_archive)
    assert "cut short" in sentence
    assert "kfit-teach data download" in sentence


def test_a_good_store_outlives_a_bad_source(real_archive, cache, tmp_path, refusal):
    good = load_flowers("oxford", image_size=SIZE, path=real_archive)
    before = {name: (cache / name).read_bytes() for name in files_in(cache)}
    assert sorted(before) == ["oxford-16-recipe1.json", "oxford-16-recipe1.npy"]
    bad = tmp_path / "half.tgz"
    bad.write_bytes(real_archive.read_bytes()[:100_000])
    assert "cut short" in refusal(load_flowers, "oxford", image_size=SIZE, path=bad)
    assert {name: (cache / name).read_bytes() for name in files_in(cache)} == before
    again = load_flowers("oxford", image_size=SIZE)
    assert np.array_equal(again.images, good.images)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"These are notes, and no archive at all.\n" * 100),
        ("empty.tgz", b""),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
        ("gzip_of_nothing.tgz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_in_one_sentence(name, content, tmp_path, refused):
    (tmp_path / name).write_bytes(content)
    sentence = refused(tmp_path / name)
    assert "cannot be read as an archive" in sentence
    assert sentence.endswith("kfit-teach data download")


def test_an_archive_of_something_else_is_not_flowers_17(tmp_path, refused):
    file = write_archive(tmp_path / "letters.tgz", {"a.txt": b"a", "jpg/b.jpg": b"b"}, "w:gz")
    assert "so it is not Flowers-17" in refused(file)


def test_an_empty_folder_is_not_flowers_17(tmp_path, refused):
    (tmp_path / "nothing").mkdir()
    assert "so it is not Flowers-17" in refused(tmp_path / "nothing")


def test_made_up_images_with_the_right_names_are_refused(tmp_path, refused):
    folder = tmp_path / "made_up"
    folder.mkdir()
    content = as_jpeg(Image.new("RGB", (32, 32), "yellow"))
    for number in range(1, 1361):
        (folder / named(number)).write_bytes(content)
    sentence = refused(folder)
    assert "image_0001.jpg, image_0002.jpg" in sentence
    assert "image_0005.jpg and 1355 more are not the original" in sentence
    # Where some are missing, that is told first.
    (folder / named(7)).unlink()
    assert "image_0007.jpg is missing" in refused(folder)


@pytest.mark.parametrize(
    ("name", "fields", "fault"),
    [
        ("../image_0001.jpg", {}, "leaves the folder"),
        ("jpg/../../image_0001.jpg", {}, "leaves the folder"),
        ("/image_0001.jpg", {}, "has an absolute path"),
        ("image_0001.jpg", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "is a link"),
        ("image_0001.jpg", {"type": tarfile.SYMTYPE, "linkname": "image_0002.jpg"}, "is a link"),
        ("image_0001.jpg", {"type": tarfile.LNKTYPE, "linkname": "../../secret"}, "is a link"),
        ("image_0001.jpg", {"type": tarfile.LNKTYPE, "linkname": "image_0002.jpg"}, "is a link"),
        ("image_0001.jpg", {"type": tarfile.FIFOTYPE}, "is a link or a device"),
        ("image_0001.jpg", {"type": tarfile.CHRTYPE, "devmajor": 1}, "is a link or a device"),
        ("image_0001.jpg", {"type": tarfile.BLKTYPE}, "is a link or a device"),
        ("image_0001.jpg", {"size": 1_000_001}, "has 1000001 bytes, more than any original"),
        ("notes.txt", {"size": 1_000_001}, "has 1000001 bytes, more than any original"),
    ],
)
def test_an_unsafe_member_is_refused_by_name(name, fields, fault, tmp_path, refused):
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    with tarfile.open(tmp_path / "unsafe.tgz", "w:gz") as archive:
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    before = sorted(tmp_path.iterdir())
    sentence = refused(tmp_path / "unsafe.tgz")
    assert f"the member {name!r} {fault}, but" in sentence
    assert sorted(tmp_path.iterdir()) == before


def test_a_member_whose_name_no_system_can_hold_is_refused(tmp_path, refused):
    file = tmp_path / "odd.tar"
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("first"))
        odd = tarfile.TarInfo("second")
        odd.pax_headers = {"path": "image\0_0001.jpg"}
        archive.addfile(odd)
    assert "cannot be read as an archive" in refused(file)


def test_a_damaged_archive_never_ends_in_another_error(tmp_path, refused):
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("jpg/" + "x" * 120)
        member.size = 10
        archive.addfile(member, io.BytesIO(bytes(10)))
    dice = np.random.default_rng(17)
    file = tmp_path / "damaged.tar"
    for _ in range(300):
        content = bytearray(whole.getvalue())
        for place in dice.integers(0, 2048, 3):
            content[place] = dice.integers(256)
        # Headers count their own bytes; without this, all damage would be seen at once.
        for start in range(0, len(content), 512):
            if content[start + 257 : start + 262] == b"ustar":
                content[start + 148 : start + 156] = b" " * 8
                count = sum(content[start : start + 512])
                content[start + 148 : start + 156] = b"%06o\0 " % count
        file.write_bytes(content)
        refused(file)


def test_a_decoded_image_is_a_square_in_rgb():
    decoded = oxford.decode_image(as_jpeg(Image.new("RGB", (90, 60), (250, 120, 10))), 24)
    assert decoded.shape == (24, 24, 3)
    assert decoded.dtype == np.uint8
    assert np.abs(decoded.astype(int) - (250, 120, 10)).max() <= 4


@pytest.mark.parametrize("turned", [False, True])
def test_the_centre_of_a_long_picture_is_kept(turned):
    decoded = oxford.decode_image(as_jpeg(three_stripes(turned)), 50).astype(int)
    inner = decoded[2:-2, 2:-2]
    assert np.abs(inner - (0, 255, 0)).max() <= 8


def test_left_stays_left_and_top_stays_top():
    picture = Image.new("RGB", (120, 80), "red")
    picture.paste("blue", (60, 0, 120, 80))
    picture.paste("white", (0, 40, 120, 80))
    decoded = oxford.decode_image(as_jpeg(picture), 40).astype(int)
    for row, column, colour in ((8, 8, (254, 0, 0)), (8, 32, (0, 0, 254)), (32, 8, (255,) * 3)):
        assert np.abs(decoded[row, column] - colour).max() <= 8


def test_a_large_picture_is_halved_without_a_shift():
    picture = Image.linear_gradient("L").resize((1000, 800)).convert("RGB")
    decoded = oxford.decode_image(as_jpeg(picture), 32)
    rows = decoded.mean(axis=(1, 2))
    assert np.allclose(rows, (np.arange(32) + 0.5) * 255 / 32, atol=3)


def test_a_grey_picture_becomes_rgb():
    assert oxford.decode_image(as_jpeg(Image.new("L", (40, 40), 90)), 16).shape == (16, 16, 3)


def test_originals_are_checked_by_sha256(real_archive, originals):
    digest = hashlib.sha256(originals[1]).hexdigest()
    assert digest == oxford.read_manifest()[0].sha256
    assert len(originals) == 1360
