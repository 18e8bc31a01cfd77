"""Holds the table of claims against the notebooks and the tests that it names."""

import ast
import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).parent.parent
PAGE = PROJECT / "docs" / "claims.md"
LINK = re.compile(r"\[([^\]]*)\]\(\.\./([^)]*)\)")  # text, file
LIBRARIES = "tests/claims/test_libraries.py"


def all_rows():
    """Each row of the table, as its fields."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    rows = [[field.strip() for field in line.split("|")[1:-1]] for line in lines]
    return [row for row in rows if re.fullmatch(r"C\d+|[BN\d]\.\d+", row[0])]


ROWS = all_rows()
CELLS = {
    file.relative_to(PROJECT).as_posix(): {
        cell["id"]: "".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]
    }
    for file in sorted((PROJECT / "notebooks").glob("*.ipynb"))
}


def places(row):
    """Where a row is taught: pairs of (file, cell); none for a lesson to come."""
    found = [(LINK.match(place), place) for place in row[3].split("<br>")]
    return [(link[2], place[link.end() :].strip()) for link, place in found if link]


def named_by(row):
    """What a row says that holds it: pairs of (file, name of the test or the cell)."""
    return [(file, text.replace(" ", "_") if file.endswith(".py") else text.removeprefix("cell "))
            for text, file in LINK.findall(row[4])]  # fmt: skip


@cache
def defined_in(file):
    """The names of the tests in a file, which is read and not imported."""
    names = {node.name for node in ast.parse((PROJECT / file).read_text()).body
             if isinstance(node, ast.FunctionDef)}  # fmt: skip
    return {name.removeprefix("test_") for name in names if name.startswith("test_")}


def is_held(file, name):
    """Is there such a test, or such a cell whose output is compared?"""
    if file.endswith(".ipynb"):
        return "# NBVAL_CHECK_OUTPUT" in CELLS[file].get(name, "")
    return name in defined_in(file)


def can_be_checked(row):
    return not re.match("advice|no claim", row[2]) and "by reading" not in row[2]


def test_every_row_has_a_number_a_claim_a_verdict_a_place_and_a_test():
    assert len(ROWS) > 150
    assert not [row for row in ROWS if len(row) != 5 or not all(row)]
    kinds = re.compile(r"(true|outdated|false|advice|no claim)\b")
    assert not [row for row in ROWS if not kinds.match(row[2])]


def test_numbers_are_in_order_and_none_comes_twice():
    def place(row):  # C10 comes behind C9 and before 1.1, B.1 behind 7.8, N.1 at the end
        section, _, number = row[0].replace("C", "0.").partition(".")
        return "01234567BN".index(section), int(number)

    numbers = [place(row) for row in ROWS]
    assert numbers == sorted(set(numbers))


def test_every_claim_is_taught_in_the_cell_that_the_table_names():
    for row in ROWS:
        for file, cell in places(row):
            cells = list(CELLS[file])
            assert cell in cells, f"{row[0]}: {file} has no cell {cell}"
            taught = cell in cells[: cells.index("recorded-results")]
            assert taught, f"{row[0]}: nothing is taught in {cell}, a recorded result"


def test_a_link_says_the_number_of_its_lesson():
    for row in ROWS:
        for text, file in LINK.findall(row[3]):
            assert Path(file).name.startswith(f"{text}_"), f"{row[0]}: {text} leads to {file}"


def test_a_lesson_to_come_is_not_there_yet():
    there = {Path(file).name[:2] for file in CELLS}
    for row in ROWS:
        if not places(row):
            to_come = re.fullmatch(r"lesson (\d\d), to come", row[3])
            assert to_come or row[3].startswith("nowhere: "), row
            assert not to_come or to_come[1] not in there, (
                f"{row[0]}: name the cell that teaches it"
            )


def test_every_test_that_the_table_names_is_there():
    for row in ROWS:
        for file, name in named_by(row):
            assert is_held(file, name), f"{row[0]}: {file} has no test {name}"


def test_what_is_taught_and_can_be_checked_has_a_test():
    for row in ROWS:
        if places(row) and can_be_checked(row):
            assert named_by(row), f"{row[0]} has no test"
        assert named_by(row) or row[4] == "—", row


def test_every_test_of_the_libraries_holds_a_claim():
    named = {name for row in ROWS for file, name in named_by(row) if file == LIBRARIES}
    assert defined_in(LIBRARIES) == named


def test_the_versions_of_the_page_are_those_that_the_tests_ask():
    text = PAGE.read_text()
    for library in ("keras", "tf_keras", "TensorFlow"):
        assert f"{library} {version(library.lower())}" in text
