import contextlib
import io

import pytest
from PIL import Image

import kfit_teach as kt
from kfit_teach.cli import main
from kfit_teach.common.problems import BadInput
from kfit_teach.front.growth import Growth, comparisons_over
from kfit_teach.lessons.recorded import load_recorded


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """One run of the command: its exit code, what it printed, what it saved."""
    file = tmp_path_factory.mktemp("grown") / "growth.json"
    words = ["grow", "--numbers", "2000", "500", "1000", "--functions", "fit", "--loader",
             "uint8_arrays", "generator", "--images", "synthetic", "--image-size", "32",
             "--library", "keras", "--epochs", "1", "--quiet", "--json", str(file)]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = main(words)
    return code, printed.getvalue(), Growth.model_validate_json(file.read_bytes())


@pytest.fixture
def growth(grown):
    return grown[2]


@pytest.mark.long
def test_arrays_grow_with_the_images_and_a_generator_does_not(growth):
    arrays, generator = growth.lanes("keras")
    assert (arrays.name, generator.name) == ("uint8_arrays", "generator")
    for lane in (arrays, generator):
        assert [point.images for point in lane.points] == [500, 1000, 2000]
    grown = [lane.points[-1].peak_mib - lane.points[0].peak_mib for lane in (arrays, generator)]
    assert grown[0] > 1500 * 32 * 32 * 3 / 2**20  # at least the images themselves
    assert grown[1] < 3.5


@pytest.mark.long
def test_the_command_prints_slopes_with_intervals_and_the_machine(grown):
    code, told, growth = grown
    assert code == 0 and told.strip() == growth.report()
    assert "fit, peak MiB" in told or "generator, peak MiB" in told
    assert "generator: " in told and "MiB more at the peak for every 1,000 images more (" in told
    assert "1,000 such images are 11.7 MiB as float32." in told
    assert "keras 3." in told and "synthetic stand-in" in told and "Machine: " in told


def test_growth_is_told_and_drawn(tmp_path):
    grown = []
    for images in (1000, 2000, 3000):  # of one run, with peaks that are known
        comparison = load_recorded("start_here")
        for result in comparison.results:
            result.experiment = result.experiment.model_copy(update={"images_per_epoch": images})
            result.memory.peak_mib = result.memory.base_mib + 10 + images / 20
        grown.append(comparison)
    growth = Growth(comparisons=grown)
    told = "fit: 50.0 MiB more at the peak for every 1,000 images more (50.0 to 50.0)."
    assert told in growth.report() and "train_on_batch, peak MiB" in growth.report()
    assert "50.0 MiB per 1,000 images" in growth._repr_mimebundle_()["text/html"]
    growth.save_figure(tmp_path / "growth.png", "keras")
    with Image.open(tmp_path / "growth.png") as picture:
        assert picture.width > 800


def test_fewer_than_three_numbers_are_refused():
    with pytest.raises(BadInput, match="numbers names 2 different numbers of images, but a slope"):
        kt.grow([100, 200, 200])
    with pytest.raises(BadInput, match="images_per_epoch is x, but it must be a whole number"):
        kt.grow([100, 200, "x"])
    with pytest.raises(BadInput, match="numbers names 1 different numbers of images"):
        kt.grow(100)


def test_each_number_is_checked_with_the_settings_it_goes_with():
    runs = comparisons_over([10, 20, 30], batch_size=10, epochs=0)
    with pytest.raises(BadInput, match="epochs is 0"):  # and no word of a batch of 32
        next(runs)
