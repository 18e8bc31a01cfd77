import io

import numpy as np
import pytest
from PIL import Image

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.wire import BaseSettled, MemorySeen, PhaseBegan, Progress
from kfit_teach.front.figures.live import MOST_POINTS, LaneSeen, LivePicture, thinned

BASE = BaseSettled(base_mib=600.0, mark_mib=600.0)


@pytest.fixture
def lanes():
    return [LaneSeen(run) for run in ComparisonSettings(images="synthetic").experiments()]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def see(lane, *mib, start_s=0.1):
    """Let a lane settle on its base, then hold so much over it, 0.1 s apart."""
    lane.note(BASE, at_s=start_s)
    for place, held in enumerate(mib, 1):
        lane.note(MemorySeen(at_s=0.0, mib=600.0 + held), at_s=start_s + 0.1 * place)


def test_memory_counts_from_the_base_to_the_return_of_the_call(lanes):
    lane = lanes[0]
    lane.note(MemorySeen(at_s=0.0, mib=500.0), at_s=0.5)
    assert not lane.held  # nothing is known yet
    see(lane, 20.0, 10.0, start_s=1.0)
    lane.note(PhaseBegan(phase="return", at_s=2.0), at_s=2.0)
    lane.note(MemorySeen(at_s=0.0, mib=900.0), at_s=2.1)
    seconds, mib = zip(*lane.held, strict=True)
    assert mib == (0, 20, 10) and seconds == pytest.approx((0, 0.1, 0.2))


def test_a_frame_shows_what_is_new_and_nothing_else_moves(lanes):
    picture = LivePicture(lanes)
    empty = pixels(picture.frame())
    see(lanes[1], 10.0, 20.0)
    first = pixels(picture.frame())
    see(lanes[1], 30.0, start_s=0.3)
    second = pixels(picture.frame())
    assert (first != empty).any() and (second != first).any()
    changed = (second != first).any(axis=2)
    assert changed.mean() < 0.01


@pytest.mark.parametrize("points", [1, 100])
def test_the_axes_make_room_and_what_was_drawn_moves_with_them(points, lanes):
    """A picture that grew frame by frame must look as one that is drawn at once."""
    picture = LivePicture(lanes)
    picture.frame()
    see(lanes[2], 40.0, 80.0)
    picture.frame()
    see(lanes[0], *[4000.0] * points)
    grown = pixels(picture.frame())
    panel = picture._panel
    assert panel.get_xlim()[1] > 0.1 * points and panel.get_ylim()[1] > 4000
    assert (grown == pixels(LivePicture(lanes).frame())).all()


def test_the_stages_of_fit_are_named_where_they_happen_and_not_before(lanes):
    picture = LivePicture(lanes)
    shown = lambda: [n.get_text() for n in picture._names if n.get_visible()]  # noqa: E731
    picture.frame()
    assert not shown()
    see(lanes[0], 32.0, 64.0)  # the data is 31.9 MiB
    picture.frame()
    assert shown() == ["your images", "the copy"]
    lanes[0].note(MemorySeen(at_s=0.0, mib=696.0), at_s=0.4)
    lanes[0].note(MemorySeen(at_s=0.0, mib=664.0), at_s=0.5)
    picture.frame()
    assert shown() == ["your images", "the copy", "the tensor"]
    see(lanes[1], 32.0, 64.0, 96.0, 64.0)  # fit_generator has no array to copy
    picture.frame()
    assert [len(ring.get_xdata()) for ring in picture._rings] == [3, 0, 0, 0, 0, 0]


def test_a_long_run_is_thinned_and_keeps_its_last_point():
    points = [(at, at) for at in range(10 * MOST_POINTS + 3)]
    assert len(thinned(points)) <= MOST_POINTS + 12 and thinned(points)[-1] == points[-1]


def test_the_picture_is_told_in_words_with_how_far_each_lane_is(lanes):
    picture = LivePicture(lanes)
    assert "0 lanes so far" in picture.alt()
    see(lanes[1], 20.0)
    assert "keras fit_generator, generator: no batch yet, 20 MiB more than before" in picture.alt()
    # 680 images in 22 batches of 32, the last of 8
    for epoch, batch, images in [(1, 2, 64), (1, 22, 680), (2, 1, 712)]:
        lanes[1].note(Progress(epoch=epoch, batch=batch), at_s=1.5)
        assert f"generator: {images} images in 1.5 s, 20 MiB" in picture.alt()
