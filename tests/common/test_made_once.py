"""What is made once: a reader sees the old one or the new one, and nothing piles up."""

import subprocess
import sys
from pathlib import Path

import pytest

from kfit_teach.common.files import write_file
from kfit_teach.common.made_once import MadeOnce

needs_file_limit = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no limit on the size of files"
)
# Writes 1 MB, and is killed by the system after the first 100 kB of it.
KILLED_WHILE_WRITING = """
import resource, signal, sys
from pathlib import Path
from kfit_teach.common.files import write_file
from kfit_teach.common.made_once import MadeOnce

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
how, path = sys.argv[1], Path(sys.argv[2])
if how == "write_file":
    write_file(path, bytes(1_000_000))
else:
    with MadeOnce(path).lock():
        MadeOnce(path).make(lambda unfinished: unfinished.write_bytes(bytes(1_000_000)), dict)
"""
# Writes a file of one letter 60 times.
WRITE_OFTEN = """
import sys
from pathlib import Path
from kfit_teach.common.files import write_file
for _ in range(60):
    write_file(Path(sys.argv[1]), sys.argv[2].encode() * 3_000_000)
"""
# Adds its line to a file that is made once, if it has none; others wait.
MAKE_SLOWLY = """
import sys, time
from pathlib import Path
from kfit_teach.common.made_once import MadeOnce
def write(unfinished):
    print("written")
    time.sleep(0.5)
    unfinished.write_text("whole")
one = MadeOnce(Path(sys.argv[1]))
with one.lock():
    if one.note() != {"of": 1}:
        one.make(write, lambda: {"of": 1})
"""


def names_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def write_folder(*names):
    """What makes a folder with these files."""

    def write(folder):
        folder.mkdir()
        for name in names:
            (folder / name).touch()

    return write


@pytest.fixture
def one(tmp_path):
    """A file that is made, with its note."""
    one = MadeOnce(tmp_path / "one.txt")
    one.make(lambda file: file.write_text("first"), lambda: {"of": "first"})
    return one


def test_what_is_made_stands_beside_its_note(one, tmp_path):
    assert one.path.read_text() == "first"
    assert one.note() == {"of": "first"}
    assert names_in(tmp_path) == ["one.txt", "one.txt.json"]


def test_failing_to_make_it_again_leaves_the_old_one_with_its_note(one, tmp_path):
    def half(file):
        file.write_text("sec")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        one.make(half, dict)
    assert one.path.read_text() == "first"
    assert one.note() == {"of": "first"}
    assert names_in(tmp_path) == ["one.txt", "one.txt.json"]


def test_a_process_that_ends_before_the_note_leaves_none_beside_what_is_new(one):
    with pytest.raises(ZeroDivisionError):
        one.make(lambda file: file.write_text("second"), lambda: 1 / 0)
    assert one.path.read_text() == "second"
    assert one.note() == {}


def test_a_folder_takes_the_place_of_another(tmp_path):
    folder = MadeOnce(tmp_path / "folder")
    for names in (["a", "b"], ["c"]):
        folder.make(write_folder(*names), lambda names=names: {"of": names})
        assert names_in(folder.path) == names == folder.note()["of"]
    assert names_in(tmp_path) == ["folder", "folder.json"]


def test_two_processes_at_once_make_it_once(tmp_path):
    words = [sys.executable, "-c", MAKE_SLOWLY, tmp_path / "one.txt"]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = "".join(process.communicate(timeout=60)[0] for process in processes)
    assert told == "written\n"
    assert (tmp_path / "one.txt").read_text() == "whole"


@needs_file_limit
@pytest.mark.parametrize("how", ["write_file", "made once"])
def test_what_killed_processes_left_does_not_pile_up_and_goes_with_the_next(how, tmp_path):
    file = tmp_path / "one.txt"
    for _ in range(2):
        words = [sys.executable, "-c", KILLED_WHILE_WRITING, how, file]
        assert subprocess.run(words, timeout=60).returncode < 0
        (left,) = (path for path in tmp_path.iterdir() if path.suffix != ".lock")
        assert left != file and 0 < left.stat().st_size <= 100_000
    if how == "write_file":
        write_file(file, b"whole")
    else:
        MadeOnce(file).make(lambda unfinished: unfinished.write_bytes(b"whole"), dict)
    assert file.read_bytes() == b"whole"
    assert left.name not in names_in(tmp_path)


def test_a_reader_of_a_file_that_two_processes_write_sees_one_of_both_whole(tmp_path):
    file = tmp_path / "letters"
    write_file(file, b"a" * 3_000_000)
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITE_OFTEN, file, letter]) for letter in "ab"
    ]
    seen = set()
    while any(process.poll() is None for process in processes):
        content = file.read_bytes()
        assert len(content) == 3_000_000
        seen.add((content[:1], len(set(content))))
    assert [process.returncode for process in processes] == [0, 0]
    assert seen == {(b"a", 1), (b"b", 1)}
    assert [path.name for path in Path(tmp_path).iterdir()] == ["letters"]


def test_a_file_never_takes_the_place_of_a_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "own").touch()
    with pytest.raises(OSError):
        write_file(tmp_path / "folder", b"a file")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "own"]
