from datetime import UTC, datetime

import pytest
from matplotlib.text import Text
from pydantic import ValidationError

from kfit_teach.common.demonstrations.slope import Piece, Settings
from kfit_teach.front.demonstrated import RunSeen
from kfit_teach.front.demonstrations.slope import Slope
from kfit_teach.lessons.the_memory_wall import slope_panel

SIZES = (1000, 2000, 3000)
NEEDED = {"fit(array)": (151, 290, 451), "fit(memmap)": (31, 30, 31)}  # MiB


def grown(runs=6, free_mib=15_010.0):
    asked = [(call, size, mib) for call, all_mib in NEEDED.items()
             for size, mib in zip(SIZES, all_mib, strict=True)]  # fmt: skip
    seen = [RunSeen[Piece](name=f"{call} × {size}", library="keras", status="done",
                           pieces=[Piece(images=size, needed_mib=mib, free_mib=free_mib)])
            for call, size, mib in asked[:runs]]  # fmt: skip
    return Slope(created=datetime.now(UTC), settings=Settings(sizes=SIZES), runs=seen)


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def guess_of(shown):
    panel = slope_panel()
    measured = panel.rows[0].question.judge(1.0, shown).measured
    panel.close()
    return measured


def test_the_wall_is_where_the_line_meets_the_free_memory_with_its_interval():
    shown = grown()
    line, wall = shown.series_of("array").line, shown.wall_of("array")
    assert line.slope == pytest.approx(150)
    assert line.at(wall.images) == pytest.approx(15_010)
    assert wall.low < wall.images < wall.high
    assert guess_of(shown) == 100_000
    assert shown.times_the_array("array") == pytest.approx(3.2)
    first, flat = shown.verdicts()
    assert first.subject == "first"
    assert first.headline == ("fit(array) meets the wall at about 100,000 images of 64 px")
    assert "nobody tried it" in first.detail
    assert flat.headline == "No wall in sight for fit(memmap)"


def test_more_free_memory_moves_the_wall_and_a_flat_line_has_none():
    assert grown(free_mib=30_010.0).wall_of("array").images == pytest.approx(200_000, rel=1e-3)
    assert grown().wall_of("memory_map") is None
    assert "not shown to rise" in grown().tell()


def test_its_picture_marks_what_is_extrapolated():
    written = texts(grown().draw())
    assert "The same lines, run on: nobody tried this" in written
    assert "fit(array):\nabout 100,000 images" in written
    assert "fit(memmap): no wall in sight" in written
    assert "free memory: 14.7 GiB" in written
    assert any("extrapolated" in sentence for sentence in grown().sentences())


@pytest.mark.parametrize("runs", range(6))
def test_it_can_be_drawn_and_told_at_any_moment(runs):
    shown = grown(runs)
    written = texts(shown.draw())
    assert shown.tell() and shown.table()
    assert (guess_of(shown) is None) == (runs < 3)
    assert ("a line needs three sizes of one way" in written) == (runs < 3)


def test_sizes_that_do_not_rise_are_refused():
    with pytest.raises(ValidationError, match="sizes is 3000 2000 1000, but it must be"):
        Settings(sizes=(3000, 2000, 1000))
