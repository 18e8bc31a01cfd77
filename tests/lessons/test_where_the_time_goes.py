import json
from pathlib import Path

import kfit_teach
from kfit_teach.lessons import where_the_time_goes as lesson
from kfit_teach.lessons.recorded import load_recorded

PACKAGE = Path(kfit_teach.__file__).parent
NOTEBOOK = PACKAGE.parent / "notebooks" / lesson.LESSON.notebook


def test_the_slow_generator_of_the_notebook_is_the_one_that_the_judge_runs():
    cells = {one["id"]: "".join(one["source"]) for one in json.loads(NOTEBOOK.read_text())["cells"]}
    judges = (PACKAGE / "worker/judging/fast_batches/slow_batches.py").read_text()
    assert judges.endswith(cells["slow-batches"].strip() + "\n")


def test_the_questions_find_their_answers_in_the_recorded_results():
    law, stairs = map(load_recorded, ("law", "staircase"))
    assert lesson.ms_of_train_on_batch(law) > 45 > lesson.ms_of_fit(law)
    assert lesson.memory_map_over_text(stairs) > 5
    law.runs, stairs.runs = [], []
    assert lesson.ms_of_fit(law) is lesson.memory_map_over_text(stairs) is None
