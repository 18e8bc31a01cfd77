"""kfit-teach record: shows, exports and clears the record of whoever works on this machine."""

import pytest

from kfit_teach.front.record import Record, keep_check


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of the record in this test, with one check in it."""
    file = tmp_path / "record.json"
    monkeypatch.setenv("KFIT_TEACH_RECORD", str(file))
    keep_check("my_fit", "keras", True)
    return file


def test_it_is_shown_exported_and_cleared(file, command):
    shown = command("record")
    assert shown.returncode == 0 and "my_fit: passed, 1 check" in shown.stdout
    assert f"It is kept in {file}." in shown.stdout
    exported = command("record", "export", "anna.json")
    assert "Written to anna.json: 0 guesses and 1 check of an exercise." in exported.stdout
    assert Record.load(exported.folder / "anna.json") == Record.load(file)
    assert command("record", "export", "no/such/anna.json").returncode == 2
    asked = command("record", "clear")
    assert asked.returncode == 2 and "type kfit-teach record clear --yes" in asked.stderr
    assert file.exists()
    cleared = command("record", "clear", "--yes")
    assert cleared.returncode == 0 and not file.exists()
    assert f"Removed: 0 guesses and 1 check of an exercise ({file})." in cleared.stdout
    assert "Nothing is kept yet." in command("record").stdout
    assert "nothing to clear" in command("record", "clear").stdout


def test_a_file_that_is_no_record_is_not_removed(file, command):
    file.write_text("something of my own")
    for words in (["record"], ["record", "clear", "--yes"], ["record", "export", "anna.json"]):
        ended = command(*words)
        assert ended.returncode == 2 and "is not a record" in ended.stderr
    assert file.read_text() == "something of my own"
