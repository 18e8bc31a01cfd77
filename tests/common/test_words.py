import html
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kfit_teach.common import demonstrations
from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.loaders import LOADERS, TRAINING_FUNCTIONS
from kfit_teach.common.words import LANGUAGE_VARIABLE, LANGUAGES, say, say_counted
from kfit_teach.lessons.lesson import all_lessons
from kfit_teach.lessons.recorded import load_recorded

PROJECT = Path(__file__).parents[2]
catalogue = runpy.run_path(str(PROJECT / "tools" / "catalogue.py"))
SHOW = Path(__file__).with_name("show_everything.py")
# What is the same in every language: names of commands, packages, files, things in Python, units;
# and what argparse says itself, by its own catalogues.
NAMES = """
kfit teach Keras keras tf TensorFlow TF USE LEGACY KERAS PyDataset Sequence ImageDataGenerator
Dropout BatchNormalization SGD Adam JupyterLab Python JPEG CSV JSON Ctrl GAN MemoryError Flowers
KFIT_TEACH_IMAGES KFIT_TEACH_FLOWERS17 KFIT_TEACH_CACHE KFIT_TEACH_RECORD load_flowers panel run
None mae ordinary MiB GiB MB px sha256 SIZE FILE NAME PX PATH FOLDER COMMAND ACTION compare grow
gather record export clear data download lab doctor png svg pdf tgz json ipynb jpg my_result
17flowers figure file no such
demonstrate aug labels steps_per_epoch memmap from_tensor_slices __
usage options positional arguments show this help message and exit
"""
# What a person typed, options, addresses, code, and marks of HTML.
NO_WORDS = (
    r"<(pre|code)\b.*?</\1>|<[^>]*>|--?[a-z-]+|https?://\S+|'[\w.-]+'|\bis (nope|kerass|x)\b"
    r"|\bfirst (batch|epoch)\b"  # phases of a run, as data names them
)


@pytest.fixture(scope="module")
def accents(tmp_path_factory):
    """A made-up language: every letter that was said has an accent."""
    file = tmp_path_factory.mktemp("language") / "accents.po"
    tool = PROJECT / "tools" / "catalogue.py"
    subprocess.run([sys.executable, tool, file], check=True, timeout=60)
    return file


@pytest.fixture(scope="module")
def shown(accents, tmp_path_factory):
    """Whatever a learner can read, in the made-up language: pairs of (where, texts)."""
    told_by_environment = {
        LANGUAGE_VARIABLE: str(accents),
        "KFIT_TEACH_IMAGES": "synthetic",
        "KFIT_TEACH_CACHE": str(tmp_path_factory.mktemp("cache")),
    }
    told = subprocess.run(
        [sys.executable, SHOW], env=os.environ | told_by_environment, capture_output=True,
        text=True, timeout=200,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def names_in(data):
    """All words of plain data, keys included."""
    return set(re.findall(r"\w+", json.dumps(data)))


def known_names():
    """What is not said but named: functions, settings and their values, machines, classes."""
    fields = Experiment.model_json_schema()["properties"]
    values = [[one for kind in field.get("anyOf", [field]) for one in kind.get("enum", [])]
              for field in fields.values()]  # fmt: skip
    known = (
        {*NAMES.split()}
        | {*TRAINING_FUNCTIONS, *LOADERS, *fields}
        | names_in([values, CLASS_NAMES])
    )
    for lesson in all_lessons():
        known.add(lesson.notebook.removesuffix(".ipynb"))
        for recorded in map(load_recorded, lesson.panels):
            known |= names_in([recorded.settings.model_dump(mode="json"), recorded.images_checked])
            known |= names_in(recorded.machine.model_dump())
            known |= {result.weights_sha256[:8] for result in getattr(recorded, "results", ())}
            pieces = getattr(recorded, "pieces", ())
            known |= names_in([getattr(piece, "library_said", "") for piece in pieces])
    for name in demonstrations.names():
        asked = demonstrations.demonstration(name).Settings.model_json_schema()["properties"]
        values = [[one for kind in field.get("anyOf", [field]) for one in kind.get("enum", [])]
                  for field in asked.values()]  # fmt: skip
        known |= {*asked, name} | names_in(values)
    return known


def test_every_word_that_a_learner_reads_comes_from_the_catalogue(shown):
    known, unsaid = known_names(), set()
    for where, texts in shown:
        for text in texts:
            text = re.sub(NO_WORDS, " ", text, flags=re.S)
            words = re.findall(r"\w+", html.unescape(text), re.ASCII)
            unsaid |= {(where, word) for word in words if len(word) > 1 and not word.isdigit()
                       and word not in known}  # fmt: skip
    assert not unsaid, "; ".join(f"{where}: {word}" for where, word in sorted(unsaid))


def test_a_language_may_move_fields_and_choose_its_plurals(tmp_path, monkeypatch):
    file = tmp_path / "de.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "{lane} is faster ({ratio:.2f})."\nmsgstr "({ratio:.2f}) schneller ist {lane}."\n\n'
        'msgid "{number} epoch"\nmsgid_plural "{number} epochs"\n'
        'msgstr[0] "{number} Durchgang"\nmsgstr[1] "{number} Durchgänge"\n'
    )
    monkeypatch.setenv(LANGUAGE_VARIABLE, str(file))
    told = say("{lane} is faster ({ratio:.2f}).", lane="fit", ratio=1.5)
    assert told == "(1,50) schneller ist fit."
    epochs = [say_counted("{number} epoch", "{number} epochs", count) for count in (1, 3)]
    assert epochs == ["1 Durchgang", "3 Durchgänge"]


@pytest.mark.parametrize("file", sorted(LANGUAGES.glob("*.po")), ids=lambda file: file.name)
def test_a_language_is_complete(file):
    with file.open("rb") as text:
        assert not catalogue["problems_of"](read_po(text), catalogue["all_messages"]())


def test_a_missing_message_and_a_missing_field_are_found():
    messages = catalogue["all_messages"]()
    language = catalogue["made_up_language"](messages)
    assert catalogue["problems_of"](language, messages) == []
    with_field = next(one for one in language if isinstance(one.id, str) and "{" in one.id)
    without = next(one for one in language if one.id and "{" not in one.id)
    with_field.string, without.string = "no field", ""
    found = catalogue["problems_of"](language, messages)
    assert found == sorted(found, key=found.index) and len(found) == 2
    assert {text.split(":")[0] for text in found} == {"missing", "other fields"}
