import json
import runpy
from pathlib import Path

from kfit_teach.front.demonstrations.epoch import Epoch
from kfit_teach.lessons.recorded import load_recorded
from kfit_teach.lessons.the_epoch import LESSON

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / LESSON.notebook


def test_the_recorded_run_shows_what_the_lesson_is_about():
    recorded = load_recorded("epoch")
    written, mended = recorded.calls()
    assert isinstance(recorded, Epoch) and recorded.all_done
    assert sum(written.batches) < 0.6 * sum(mended.batches) and mended.sees_each_once
    assert written.interval[1] < mended.interval[0]


def test_the_short_reader_of_the_notebook_reads_as_the_tutorials_own(tmp_path):
    """Line for line what csv_batches_as_published draws, which holds the published code."""
    from kfit_teach.common.flowers.forms import csv_batches_as_published

    cells = {one["id"]: "".join(one["source"]) for one in json.loads(NOTEBOOK.read_text())["cells"]}
    script = tmp_path / "cells.py"
    script.write_text(cells["tutorials-way-to-read"] + "\n\n" + cells["open-and-draw"])
    draw = runpy.run_path(str(script))["draw"]
    file = tmp_path / "ten.csv"
    file.write_text("".join(f"iris,{number},0,0\n" for number in range(10)))
    published = csv_batches_as_published(file, batch_size=4, image_size=1)
    for own in draw(10, 6, "train"):
        assert own == next(published)[0][:, 0, 0, 0].tolist()
