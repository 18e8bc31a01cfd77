import io

import numpy as np
import pytest
from PIL import Image

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.wire import MemorySeen, Progress
from kfit_teach.front.figures.live import MOST_POINTS, LaneSeen, LivePicture, thinned


@pytest.fixture
def lanes():
    return [LaneSeen(run) for run in ComparisonSettings(images="synthetic").experiments()]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_what_the_workers_tell_is_counted_in_images(lanes):
    lane = lanes[0]  # 680 images in 22 batches of 32, the last of 8
    for epoch, batch, images in [(1, 1, 32), (1, 22, 680), (2, 1, 712), (2, 22, 1360)]:
        lane.note(Progress(epoch=epoch, batch=batch), at_s=1.0)
        assert lane.trained[-1] == (1.0, images)
    lane.note(MemorySeen(at_s=2.0, mib=500.0), at_s=2.0)
    assert lane.held == [(2.0, 500.0)]


def test_a_frame_shows_what_is_new_and_nothing_else_moves(lanes):
    picture = LivePicture(lanes)
    empty = pixels(picture.frame())
    lanes[0].trained += [(1.0, 40), (2.0, 80)]
    first = pixels(picture.frame())
    lanes[0].trained += [(3.0, 90)]
    second = pixels(picture.frame())
    assert (first != empty).any() and (second != first).any()
    changed = (second != first).any(axis=2)
    assert changed.mean() < 0.01


def test_the_axes_make_room_for_whatever_comes(lanes):
    picture = LivePicture(lanes)
    lanes[2].trained += [(60.0, 100_000)]
    lanes[2].held += [(60.0, 4000.0)]
    picture.frame()
    for panel, high in zip(picture._panels, (100_000, 4000), strict=True):
        assert panel.get_xlim()[1] > 60 and panel.get_ylim()[1] > high


def test_a_long_run_is_thinned_and_keeps_its_last_point():
    points = [(at, at) for at in range(10 * MOST_POINTS + 3)]
    assert len(thinned(points)) <= MOST_POINTS + 12 and thinned(points)[-1] == points[-1]


def test_the_picture_is_told_in_words(lanes):
    picture = LivePicture(lanes)
    assert "0 lanes so far" in picture.alt()
    lanes[1].note(Progress(epoch=1, batch=2), at_s=1.5)
    assert "keras fit_generator, generator: 64 images in 1.5 s" in picture.alt()
