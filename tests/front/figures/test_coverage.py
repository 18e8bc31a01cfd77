import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import open_flowers, store
from kfit_teach.common.loaders import LOADERS
from kfit_teach.front.figures.coverage import NARROWEST, draw, images_at_hand, strips_of, tell
from kfit_teach.front.figures.style import COLOUR_OF_TIMES_SEEN


@pytest.fixture
def lane(made_up):
    """One lane of two epochs: all once; then one image never, one twice and one four times."""
    (result,) = made_up.compared(library="keras", functions="fit", part="val").results
    at_hand = images_at_hand(result.experiment).tolist()
    result.seen = [at_hand[::-1], [*at_hand[:100], *at_hand[101:], at_hand[5], *at_hand[:1] * 3]]
    return result


def columns_of(panel, times):
    """(left, bottom, width, height) of the columns that say "seen so often", in data units."""
    return [
        path.get_extents().bounds
        for bars in panel.findobj(PolyCollection)
        if to_hex(bars.get_facecolor()[0]).upper() == COLOUR_OF_TIMES_SEEN[times]
        for path in bars.get_paths()
    ]


def words_in(panel):
    return [text.get_text() for text in panel.texts]


def test_each_row_counts_its_images_in_words(lane, ranked):
    (panel,) = draw(ranked([lane])).axes
    assert words_in(panel) == [
        "340 of 340 seen once",
        "337 of 340 seen once, 1 twice, 1 three times or more, 1 never",
    ]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["epoch 1", "epoch 2"]
    assert panel.get_xlabel().startswith("the 340 images at hand")


def test_a_column_stands_where_its_image_is_and_tells_by_height_how_often(lane, ranked):
    (panel,) = draw(ranked([lane])).axes
    assert len(columns_of(panel, 1)) == 340 + 337
    (twice,), (more,), (never,) = (columns_of(panel, times) for times in (2, 3, 0))
    assert [bounds[0] for bounds in (twice, more, never)] == [5, 0, 100]
    once = columns_of(panel, 1)[0]
    assert once[3] < twice[3] < more[3]
    line = panel.lines[1].get_ydata()[0]
    assert never[1] == pytest.approx(line)  # y points down: it hangs below the row's line
    assert twice[1] + twice[3] == pytest.approx(line)
    assert len(set(COLOUR_OF_TIMES_SEEN.values())) == 4


def test_one_image_missed_among_a_thousand_is_wide_enough_to_be_seen(made_up, ranked):
    settings = {"library": "keras", "functions": "fit", "part": "train+val"}
    (result,) = made_up.compared(**settings).results
    at_hand = images_at_hand(result.experiment).tolist()
    result.seen = [at_hand[:-1]]
    (panel,) = draw(ranked([result])).axes
    ((left, _, width, _),) = columns_of(panel, 0)
    assert width == pytest.approx(NARROWEST * 1020) and width > 2
    assert left + width == 1020


def test_epochs_that_are_not_shown_are_told(lane, made_up, ranked):
    lane.experiment = lane.experiment.model_copy(update={"epochs": 30})
    (panel,) = draw(ranked([lane])).axes
    assert panel.get_title("left") == "fit: the first 2 of 30 epochs"
    lane.seen = lane.seen[:1] * 30
    (strip,) = strips_of(ranked([lane]))
    assert strip.title == "fit: the first 6 of 30 epochs" and len(strip.times_seen) == 6


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"order": "sorted", "part": "val", "split": 2},
        {"images_per_epoch": 100, "seed": 3},
        {"images_per_epoch": 100, "order": "sorted"},
        {"images_per_epoch": 2000, "part": "test"},
    ],
)
def test_the_images_at_hand_are_those_that_are_trained_on(settings, monkeypatch):
    monkeypatch.setattr(store, "open_store", lambda stored: None)
    experiment = Experiment(training_function="fit", library="keras", **settings)
    trained_on = open_flowers(experiment, None, "").numbers
    assert images_at_hand(experiment).tolist() == np.unique(trained_on).tolist()


def test_a_lane_that_failed_says_so_above_an_empty_strip(lane, made_up, can_be_read, ranked):
    other = lane.experiment.model_copy(update={"training_function": "train_on_batch"})
    figure = draw(ranked([lane, made_up.failed(other)]))
    assert figure.axes[1].get_title("left") == "train_on_batch: failed"
    can_be_read(figure)
    can_be_read(draw(ranked([made_up.failed(lane.experiment)])))


def test_ten_loaders_of_many_epochs_can_be_read(made_up, can_be_read, ranked):
    settings = {"library": "tf_keras", "functions": "fit", "loader": list(LOADERS)[:10]}
    results = made_up.compared(**settings, part="val", epochs=9).results
    figure = draw(ranked(results))
    assert figure.axes[0].get_title("left") == "arrays: the first 2 of 9 epochs"
    assert figure.get_figheight() < 16
    can_be_read(figure)


def test_the_rarest_row_can_be_read(lane, can_be_read, ranked):
    can_be_read(draw(ranked([lane] * 3)))


def test_the_alt_text_tells_the_counts(lane, ranked):
    told = tell(ranked([lane], "keras: a title"))
    assert "keras: a title." in told
    assert "epoch 1 340 of 340 seen once; epoch 2 337 of 340 seen once, 1 twice" in told
    lane.seen = lane.seen[:1] * 2
    assert "fit; each epoch 340 of 340 seen once." in tell(ranked([lane]))
