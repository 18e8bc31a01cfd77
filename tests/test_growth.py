import json

import pytest
from PIL import Image

import kfit_teach as kt
from kfit_teach.cli import main
from kfit_teach.problems import BadInput
from kfit_teach.progress import no_progress_bar

QUICK = {"images": "synthetic", "image_size": 32, "library": "keras", "epochs": 1}


@pytest.fixture(scope="module")
def growth():
    return kt.grow([500, 2000, 4000], bar=no_progress_bar, functions="fit",
                   loader=["uint8_arrays", "generator"], **QUICK)  # fmt: skip


def test_arrays_grow_with_the_images_and_a_generator_does_not(growth):
    points = growth.points("keras")
    assert list(points) == ["uint8_arrays", "generator"]
    for _, _, told in points.values():
        assert [number for number, _, _ in told] == [500, 2000, 4000]
    (_, few, _), *_, (_, many, _) = points["uint8_arrays"][2]
    assert many - few > 3500 * 32 * 32 * 3 / 2**20  # at least the images themselves
    (_, few, _), *_, (_, many, _) = points["generator"][2]
    assert many - few < 3.5


def test_the_report_names_slopes_with_intervals_and_the_machine(growth):
    told = growth.report()
    assert "generator: " in told and "MiB more at the peak for every 1,000 images more (" in told
    assert "1,000 such images are 11.7 MiB as float32." in told
    assert "keras 3." in told and "synthetic stand-in" in told and "Machine: " in told


def test_growth_is_saved_and_drawn(growth, tmp_path):
    growth.save(tmp_path / "growth.json")
    saved = json.loads((tmp_path / "growth.json").read_text())
    assert [one["settings"]["images_per_epoch"] for one in saved["comparisons"]] == [
        500,
        2000,
        4000,
    ]
    growth.save_figure(tmp_path / "growth.png", "keras")
    with Image.open(tmp_path / "growth.png") as picture:
        assert picture.width > 800


def test_fewer_than_three_numbers_are_refused():
    with pytest.raises(BadInput, match="numbers names 2 different numbers of images, but a slope"):
        kt.grow([100, 200, 200])
    with pytest.raises(BadInput, match="images_per_epoch is x, but it must be a whole number"):
        kt.grow([100, 200, "x"])


def test_the_command_grows_too(capsys):
    words = ["grow", "--numbers", "100", "200", "300", "--functions", "train_on_batch", "--quiet",
             "--images", "synthetic", "--image-size", "16", "--library", "tf_keras"]  # fmt: skip
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "train_on_batch, peak MiB" in printed and "for every 1,000 images more" in printed
