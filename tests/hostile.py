"""Result files of somebody who means ill, and every way to show one.

Whatever text a file may hold is replaced by TEXT; which texts those are is found by trying, so that
a new field is among them at once. A new display is a line in DISPLAYS.
"""

import copy
import json
import re
from pathlib import Path

from pydantic import ValidationError

from kfit_teach.front.comparison import Comparison
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.record import Record

RECORDED = Path(__file__).parents[1] / "data" / "recorded" / "three_doors.json"
DEMONSTRATED = {
    told["demonstration"]: told
    for told in (json.loads(file.read_text()) for file in RECORDED.parent.glob("*.json"))
    if "demonstration" in told
}
SCRIPT = "window.hacked=1"
# As HTML, in and out of an attribute or a folded part; as Markdown; as matplotlib's formulas.
TEXT = (
    f"READ <img src=x onerror='{SCRIPT}'><script>{SCRIPT}</script>"
    f'</details></p></pre></style>"><svg onload="{SCRIPT}"> <a href="javascript:{SCRIPT}">press</a>'
    f" [press](javascript:{SCRIPT}) ![](x) **bold** `code` $\\nonsense{{$ {{brace}} %s &lt;b&gt;"
)
# A file's name holds no slash.
FILE_NAME = f"<img src=x onerror='{SCRIPT}'>.json"
RAISED = {"kind": "raised", "error": "E", "text": "t", "traceback": "t"}
ENDINGS = [
    RAISED,
    {"kind": "told", "sentence": "s", "traceback": "t"},
    {"kind": "over budget", "budget_mib": 9.0, "cause": RAISED, "traceback": "t",
     "end": {"ended_by": "library error", "at_mib": 9.0, "phase": "data"}},
]  # fmt: skip
# An answer is one of the options, so these hold it from the start.
GUESSES = [
    {"question": "q", "kind": "number", "guess": 2.0, "measured": 3.0, "unit": "u",
     "unit_of_one": "u"},
    {"question": "q", "kind": "choice", "guess": TEXT, "measured": TEXT, "options": [TEXT, "o"]},
    {"question": "q", "kind": "order", "guess": [TEXT, "o"], "measured": ["o", TEXT],
     "options": [TEXT, "o"]},
]  # fmt: skip
# What a learner's own record may hold.
RECORD = {
    "what": "kfit_teach record",
    "lines": [
        *({"kind": "guess", "at": "2026-01-01T00:00:00Z", "lesson": "l", "panel": "p", "title": "t",
           "settings": {TEXT: TEXT}, "guess": guess} for guess in GUESSES),
        {"kind": "check", "at": "2026-01-01T00:00:00Z", "lesson": "l", "exercise": "e",
         "library": "l", "passed": True},
    ],
}  # fmt: skip

# Run in a folder that `write` has filled.
BEFORE = f"""
import kfit_teach as kt
from functools import partial
from IPython.display import HTML
from kfit_teach.front.exercises import Verdict
from kfit_teach.front.figures import FIGURES, guesses
from kfit_teach.front.growth import Growth
from kfit_teach.front.panels.compare import ComparePanel
from kfit_teach.front.panels.asking import RecordedResult
from kfit_teach.front.panels.outcome import outcome
from kfit_teach.front.panels.projector import slides
from kfit_teach.front.panels.runs_shown import pictures_of_runs
from kfit_teach.front.results import load_result
from kfit_teach.front.telling import pages
from kfit_teach.front.telling.report import Picture

def shown(pictures):
    return HTML("".join(picture.as_html() for picture in pictures))

TEXT = {TEXT!r}
hostile, good = map(kt.Comparison.load, ("hostile.json", "good.json"))
twice = [hostile, hostile]
"""
# Each gives something that a notebook shows.
DISPLAYS = {
    "a comparison": "hostile",
    "a class": "kt.gather('class')",
    "a record": "kt.Record.load('record.json')",
    "its picture": "shown([Picture(load_result('record.json').figure, TEXT)])",
    "growth": "Growth(comparisons=[hostile] * 3)",
    "recorded": "RecordedResult(hostile, outcome)",
    "beside one's own": "HTML(outcome(good, hostile).as_html())",
    "its costs": "HTML(outcome(hostile, hostile, costs_only=True).as_html())",
    "the networks": "hostile.networks()",
    "the last runs": "shown(pictures_of_runs(twice, True, True))",
    "every figure": "shown(Picture(partial(hostile.figure, kind), hostile.alt_text(kind))"
    " for kind in FIGURES if kind != 'accuracy')",
    "the guesses": "shown([Picture(lambda: guesses.draw(hostile.guesses), TEXT)])",
    "a projector": "HTML(slides(hostile, hostile, pictures_of_runs(twice, False, True), False))",
    "an exercise": "Verdict(False, TEXT, TEXT)",
    "trouble": "HTML(pages.trouble(pages.trouble_of(RuntimeError(TEXT))) + pages.hint(TEXT))",
} | {f"demonstration {name}": f"load_result('{name}.json')" for name in sorted(DEMONSTRATED)}
# A panel, with a hostile result as the one that was recorded; it wants a kernel and a page.
PANEL = """
panel = ComparePanel(
    {}, recorded=hostile, title=TEXT, library="keras", functions="train_on_batch",
    images="synthetic", image_size=16, images_per_epoch=32, epochs=1,
)
panel
"""


def spoiled(told: dict, kind=Comparison) -> dict:
    """Put TEXT wherever a result of a kind may hold text of any kind."""
    told = copy.deepcopy(told)
    ran = told.get("results", []) + told.get("runs", [])
    for machine in (one["machine"] for one in ran if one["machine"]):
        machine["versions"][TEXT] = machine["settings"][TEXT] = "1"
    places = {}
    for place in _texts(told):
        places.setdefault(tuple("*" if isinstance(one, int) else one for one in place), place)
    for pattern in places:
        tried = copy.deepcopy(told)
        for place in _texts(tried):
            if len(place) == len(pattern) and all(
                one in (own, "*") for one, own in zip(pattern, place, strict=True)
            ):
                _put(tried, place)
        try:
            kind.model_validate(tried)
        except ValidationError:
            continue  # one of a few names, a number or a date
        told = tried
    return told


def _texts(told, place=()):
    """List the places of all texts."""
    if isinstance(told, str):
        return [place]
    steps = told.items() if isinstance(told, dict) else enumerate(told)
    inner = [
        _texts(one, (*place, step)) for step, one in steps if isinstance(one, dict | list | str)
    ]
    return [found for places in inner for found in places]


def _put(told, place):
    *steps, last = place
    for step in steps:
        told = told[step]
    told[last] = TEXT


def write(folder: Path) -> None:
    """Write hostile.json, good.json, a record, every demonstration, and a class of all."""
    told = json.loads(RECORDED.read_text())
    (folder / "good.json").write_text(json.dumps(told))
    told["guesses"] = GUESSES
    told["measuring_problems"] = {"keras": "p", TEXT: "p"}
    for place, ending in zip((2, 4, 5), ENDINGS, strict=True):
        told["results"][place] |= {"problem": ending, "timing": None, "memory": None}
        told["results"][place]["status"] = "over budget" if "end" in ending else "failed"
    told = spoiled(told)
    (folder / "hostile.json").write_text(json.dumps(told))
    (folder / "class").mkdir()
    for name in (FILE_NAME, "other.json"):
        (folder / "class" / name).write_text(json.dumps(told))
    with_settings = told | {"settings": told["settings"] | {"seed": 18}}
    (folder / "class" / f"seed {FILE_NAME}").write_text(json.dumps(with_settings))
    (folder / "class" / f"no {FILE_NAME}").write_text(json.dumps({TEXT: TEXT}))
    others = {"record": spoiled(RECORD, Record)}
    for name, told in DEMONSTRATED.items():
        told["runs"][-1] |= {"status": "failed", "problem": RAISED}
        others[name] = spoiled(told | {"guesses": GUESSES}, shown_as(name))
    for name, told in others.items():
        (folder / f"{name}.json").write_text(json.dumps(told))
        (folder / "class" / f"{name} {FILE_NAME}").write_text(json.dumps(told))


def fields_spoiled(folder: Path, file: str = "hostile.json") -> list[str]:
    """Name the fields that hold TEXT in a file."""
    told = json.loads((folder / file).read_text())
    return sorted({re.sub(r"\b\d+\b", "*", ".".join(map(str, place)).replace(TEXT, "TEXT"))
                   for place in _texts(told)
                   if TEXT in (_at(told, place), *place)})  # fmt: skip


def _at(told, place):
    for step in place:
        told = told[step]
    return told
