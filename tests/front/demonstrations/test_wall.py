import itertools
from datetime import UTC, datetime

import pytest
from matplotlib.text import Text
from pydantic import ValidationError

from kfit_teach.common import wire
from kfit_teach.common.demonstrations.wall import Piece, Settings
from kfit_teach.common.endings import BudgetEnd, OverBudget, Signalled
from kfit_teach.front.demonstrated import RunSeen
from kfit_teach.front.demonstrations.wall import Wall
from kfit_teach.lessons.the_memory_wall import wall_panel

BASE_MIB, BASE_S = 600.0, 2.0
# One, two and three arrays of 192 MiB, then two: 4,096 images of 64 px.
RISE = [(2.0, 0), (2.2, 192), (2.4, 384), (2.6, 576), (2.8, 385), (3.0, 400)]


def run(name, needed_mib, curve=RISE, **more):
    moments = {"base": (2.0, 0), "data": (2.2, 193), "step": (2.9, 580), "end": (3.0, needed_mib)}
    pieces = [Piece(moment=moment, at_s=at_s, peak_mib=peak)
              for moment, (at_s, peak) in moments.items()]  # fmt: skip
    held = [(at, BASE_MIB + mib) for at, mib in curve]
    return RunSeen[Piece](name=name, library="keras", base_mib=BASE_MIB, curve=held,
                          **{"status": "done", "pieces": pieces} | more)  # fmt: skip


def broken_off(name, at_mib):
    end = BudgetEnd(ended_by="watch", at_mib=at_mib, phase="first batch")
    cause = Signalled(signal="SIGKILL")
    seen = run(name, 0.0, RISE[:3], status="over budget", budget_end=end,
               problem=OverBudget(budget_mib=300, end=end, cause=cause))  # fmt: skip
    return seen.model_copy(update={"pieces": seen.pieces[:2]})


def walled(runs, ways=("array", "tf_data", "uint8"), budget_mib=300):
    settings = Settings(number_of_images=4096, ways=ways, budget_mib=budget_mib)
    return Wall(created=datetime.now(UTC), settings=settings, runs=runs)


def all_runs():
    return [
        run("fit(array)", 590.0),
        broken_off("fit(array) ≤ 300 MiB", 384.0),
        broken_off("fit(from_tensor_slices) ≤ 300 MiB", 390.0),
        run("fit(uint8 array) ≤ 300 MiB", 150.0, [(2.0, 0), (2.5, 150), (3.0, 110)]),
    ]


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def guesses_of(shown):
    panel = wall_panel()
    guesses = [row.question.judge(1.0, shown).measured for row in panel.rows]
    panel.close()
    return guesses


def test_its_facts_are_those_of_the_run_without_a_budget_and_of_those_with_one():
    shown = walled(all_runs())
    assert shown.times_the_array() == pytest.approx(590 / 192)
    assert guesses_of(shown) == [pytest.approx(590 / 192), 1.0]
    stages = shown.stages(shown.free_run())
    assert [stage.kind for stage in stages] == ["your images", "the copy", "the tensor"]
    assert [round(stage.seconds, 1) for stage in stages] == [0.2, 0.4, 0.6]
    assert shown.first_step(shown.free_run())[1] in (385, 400)
    first, second = shown.verdicts()
    assert (first.subject, first.headline) == (
        "first", "fit(array) needed 590 MiB: 3.1 times your array",
    )  # fmt: skip
    assert (second.subject, second.headline) == ("second", "1 of 3 ways stayed within 300 MiB")
    assert "fit(from_tensor_slices) at 390 MiB" in second.detail
    assert shown.sentences()[-1].startswith("fit(from_tensor_slices) ≤ 300 MiB: Over the budget")


def test_its_picture_says_it_all_at_its_lanes():
    shown = walled(all_runs())
    written = texts(shown.draw())
    assert "fit(array) needed 3.1 times your array; 1 of 3 ways stayed within 300 MiB" in written
    assert {"your images", "the copy", "the tensor", "the first\nstep"} <= set(written)
    assert {"memory budget: 300 MiB", "fit\narray\n(no budget)", "fit\nuint8 array"} <= set(written)
    assert written.count("broke off\nat 384 MiB") == 1 and "150 MiB\n3.1 × its array" in written
    assert "fit(uint8 array) ≤ 300 MiB: needed 150 MiB" in shown.tell()


@pytest.mark.parametrize("known", range(5))
def test_it_can_be_drawn_and_told_at_any_moment(known):
    shown = walled(all_runs()[:known])
    if known:
        begun = shown.runs[-1]
        begun.curve, begun.status = begun.curve[:2], "stopped"
        begun.pieces, begun.budget_end = begun.pieces[: known % 3], None
    shown.draw()
    assert shown.tell() and shown.table()
    assert guesses_of(shown)[1] is None  # not every way came to an end
    assert (guesses_of(shown)[0] is None) == (known < 2)
    expected = "Waiting for the first way to begin"
    assert (expected in texts(shown.draw())) == (known == 0)


def test_a_way_that_failed_leaves_the_second_question_open():
    runs = all_runs()
    runs[-1].status = "failed"
    assert guesses_of(walled(runs)) == [pytest.approx(590 / 192), None]


def test_without_a_budget_nothing_is_said_of_one_and_tf_data_is_laid_beside_the_array():
    runs = [run("fit(array)", 590.0), run("fit(from_tensor_slices)", 620.0)]
    shown = walled(runs, ("array", "tf_data"), budget_mib=0)
    assert [card.headline for card in shown.verdicts()] == [
        "fit(array) needed 590 MiB: 3.1 times your array",
        "fit(from_tensor_slices) needed 1.05 times what fit(array) needed",
    ]
    assert guesses_of(shown) == [pytest.approx(590 / 192), None]
    assert not [text for text in texts(shown.draw()) if "budget" in text]


def test_stages_are_not_named_where_the_library_converts_the_array_first():
    shown = walled(all_runs())
    shown.settings = shown.settings.model_copy(update={"dtype": "float64"})
    assert shown.stages(shown.free_run()) == []


def test_it_follows_memory_and_comes_back_from_its_file(tmp_path):
    shown = walled(all_runs())
    assert shown.is_seen_in_picture(wire.MemorySeen(at_s=1.0, mib=2.0))
    shown.save(tmp_path / "wall.json")
    assert Wall.load(tmp_path / "wall.json") == shown


def test_names_of_lanes_stand_clear_of_each_other_with_all_six_ways():
    ways = ("array", "tf_data", "uint8", "slices", "generator", "memory_map")
    figure = walled(all_runs(), ways).draw()
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert len(boxes) == 7
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_an_array_too_large_for_a_small_machine_is_refused():
    with pytest.raises(ValidationError, match="array of 1500 MiB, but it must be 1024 MiB or less"):
        Settings(number_of_images=16_000, dtype="float64")
