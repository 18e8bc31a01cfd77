import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
LOCK = (PROJECT / "requirements-lock.txt").read_text()


def needed():
    return [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]


def locked():
    """Map each locked package to its versions; some differ by Python version or system."""
    versions = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+!-]+)", LOCK, re.M):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def test_conda_users_get_the_very_same_requirements():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text())
    *plain, by_pip = environment["dependencies"]
    *listed, editable = by_pip["pip"]
    assert editable == "--editable ."
    assert [Requirement(text) for text in listed] == needed()
    python = next(text for text in plain if text.startswith("python"))
    assert python.removeprefix("python") == PYPROJECT["project"]["requires-python"]


def test_the_lock_pins_every_requirement_within_its_bounds():
    pinned = locked()
    groups = PYPROJECT["dependency-groups"]["dev"]
    for requirement in needed() + [Requirement(text) for text in groups]:
        versions = pinned[canonicalize_name(requirement.name)]
        assert versions and all(requirement.specifier.contains(v) for v in versions), requirement


def test_every_locked_package_has_its_hashes_and_none_an_address():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.M)[1:]
    assert len(entries) == sum(len(versions) for versions in locked().values())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK and "index-url" not in LOCK


def test_every_dependency_says_why_it_is_there():
    lines = (PROJECT / "pyproject.toml").read_text().splitlines()
    listed = [line for line in lines if re.match(r'    "[\w-]+[><=!]', line)]
    assert len(listed) == len(needed()) + len(PYPROJECT["dependency-groups"]["dev"])
    assert all(re.search(r"#\s+\w+", line) for line in listed)


@pytest.mark.parametrize("target", ["lab", "test", "compare", "notebooks", "picture"])
def test_the_commands_of_the_readme_are_there(target):
    assert (
        f"make {target}"
        in (PROJECT / "README.md").read_text() + (PROJECT / "CONTRIBUTING.md").read_text()
    )
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text(), re.M)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=PROJECT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_manifest_and_the_lessons_and_no_photograph(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "kfit_teach/data/flowers17.csv" in names
    assert "kfit_teach/notebooks/00_start_here.ipynb" in names
    assert not [name for name in names if name.endswith((".jpg", ".tgz", ".npy"))]


def test_from_the_wheel_the_images_load_and_the_lessons_are_copied_once(wheel, tmp_path):
    installed, work = tmp_path / "installed", tmp_path / "work"
    zipfile.ZipFile(wheel).extractall(installed)
    work.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import kfit_teach as kt; from kfit_teach.front.lab import lessons_folder\n"
        f"assert kt.__file__.startswith({str(installed)!r})\n"
        "assert len(kt.load_flowers('synthetic', 16)) == 680\n"
        "lesson = lessons_folder() / '00_start_here.ipynb'\n"
        "lesson.write_text('mine'); lessons_folder(); print(lesson, lesson.read_text())"
    )
    words = [sys.executable, "-I", "-c", code]
    done = subprocess.run(words, cwd=work, capture_output=True, text=True, check=True)
    lesson, text = done.stdout.split()
    assert Path(lesson) == work / "kfit_teach_lessons" / "00_start_here.ipynb" and text == "mine"
