from datetime import UTC, datetime

import numpy as np
import pytest
from matplotlib.text import Text

from kfit_teach.common.demonstrations.epoch import Settings
from kfit_teach.common.flowers.forms import numbers_in_order
from kfit_teach.front.demonstrations.epoch import Epoch, code_of
from kfit_teach.front.results import load_result
from kfit_teach.lessons.the_epoch import epoch_panel

IMAGES, BATCH = 70, 32


def told_by(name, batches, right=None, endless=False, said=()):
    """The pieces of one call: so many batches an epoch, which go on through the images."""
    asked = Settings(images="synthetic", number_of_images=IMAGES)
    numbers, place, pieces = numbers_in_order(asked)[:IMAGES], 0, []
    for epoch, count in enumerate(batches, 1):
        pieces.append({"call": name, "epoch": epoch})
        for _ in range(count):
            held = numbers[place : place + BATCH].tolist()
            place = (place + BATCH) % 96  # three batches: 32, 32 and 6
            pieces.append({"call": name, "epoch": epoch, "images": held})
    if right is not None:
        pieces.append({"call": name, "named_rightly": right, "endless": endless,
                       "library_said": list(said)})  # fmt: skip
    return pieces


def shown(pieces, **settings):
    settings = {"number_of_images": IMAGES, "epochs": 4} | settings
    run = {"name": "keras", "library": "keras", "status": "done", "pieces": pieces}
    return Epoch(created=datetime.now(UTC), runs=[run],
                 settings=Settings(images="synthetic", **settings))  # fmt: skip


WRITTEN = told_by("as written", [2, 1, 2, 1], 40, said=["Your input ran out of data; " + 99 * "x "])
MENDED = told_by("mended", [3, 3, 3, 3], 200)


@pytest.mark.parametrize(("batches", "settings", "message", "second"), [
    ([2, 1, 2, 1], {}, "Every second epoch trained one batch", 1),
    ([3, 3, 3, 3], {"steps": "none"}, "Every epoch trained on every image once", 3),
    ([3, 2, 2, 2], {"source": "finite_generator", "steps": "none"},
     "After the first epoch, each trained 2 batches", 2),
    ([3, 0], {"source": "finite_generator", "steps": "none"},
     "Epoch 2 trained nothing, and training was over", 0),
    ([2, 1], {"source": "tf_data"}, "Training ended in epoch 2 of 4", 1),
    ([2, 1, 2], {"epochs": 3}, "The epochs trained 2, 1 and 2 batches", 1),
    ([2, 2, 2, 2], {}, "No epoch trained on every image", 2),
    ([3, 0, 2, 2], {"source": "finite_generator", "steps": "ceil"},
     "The epochs trained 3, 0, 2 and 2 batches", 0),
])  # fmt: skip
def test_the_message_is_what_the_epochs_did(batches, settings, message, second):
    told = shown(told_by("as written", batches, 40), **settings)
    assert told.verdicts()[0].headline == message and message in told.tell()
    assert message in [text.get_text() for text in told.draw().findobj(Text)]
    assert told.batches_of_second_epoch() == second


def test_an_epoch_without_end_answers_no_question_and_says_that_it_was_stopped():
    told = shown(told_by("as written", [12], 40, endless=True), source="infinite_generator",
                 steps="none")  # fmt: skip
    assert told.verdicts()[0].headline == "Epoch 1 did not end: it was stopped after 12 batches"
    assert told.batches_of_second_epoch() is None and told.draw()


def test_what_was_lost_is_counted_and_the_library_is_quoted():
    told = shown(WRITTEN + MENDED)
    first, accuracy = told.verdicts()
    assert first.detail == ("Batches by epoch: 2, 1, 2 and 1. Those are 6 updates of the weights. "
                            "Mended: 12.")  # fmt: skip
    assert accuracy.headline == "Mended, the same call names more flowers rightly"
    assert "40 as written, 200 mended" in accuracy.detail
    assert told.table().rows[1] == ["2", "1", "6", "64", "3", "70", "0"]
    assert "keras said (as written): Your input ran out of data; x x" in told.report()
    assert "x" * 3 not in told.report() and "…" in told.report()


def test_accuracies_whose_intervals_overlap_are_not_told_apart():
    close = shown(told_by("as written", [2, 1, 2, 1], 180) + MENDED)
    assert "cannot be told apart" in close.verdicts()[1].headline


def test_the_second_picture_shows_which_images_an_epoch_saw():
    (picture,) = shown(WRITTEN + MENDED).more_pictures()
    assert "epoch 1 64 of 70 seen once, 6 never; epoch 2 6 of 70 seen once, 64 never" in picture.alt
    assert picture.draw().axes[0].get_xlim() == (0, IMAGES)


@pytest.mark.parametrize("pieces", [[], WRITTEN[:1], WRITTEN[:3], WRITTEN, WRITTEN + MENDED[:4]])
def test_it_is_drawn_while_it_grows_and_where_it_was_stopped(pieces):
    told = shown(pieces)
    figure = told.draw()
    figure.draw_without_rendering()
    assert told.tell() and told.report()
    if len(pieces) < len(WRITTEN):
        assert told.batches_of_second_epoch() is None


def test_every_row_says_its_batches_beside_it():
    written = [text.get_text() for text in shown(WRITTEN + MENDED).draw().axes[0].texts]
    assert written[:4] == ["2 batches, 6 not seen", "1 batch, 64 not seen"] * 2


def test_it_is_saved_and_loaded(tmp_path):
    told = shown(WRITTEN + MENDED)
    told.save(tmp_path / "epoch.json")
    assert load_result(tmp_path / "epoch.json").report() == told.report()


@pytest.mark.parametrize("settings", [
    {"number_of_images": 1020, "part": "train"}, {"number_of_images": 30, "batch_size": 32},
])  # fmt: skip
def test_a_call_that_cannot_be_made_is_refused(settings):
    with pytest.raises(ValueError, match="choose"):
        Settings(**settings)


def test_a_mended_call_leaves_steps_out_or_rounds_up():
    for source, steps in [("flow", "none"), ("arrays", "none"), ("finite_generator", "ceil"),
                          ("tf_data_repeat", "ceil")]:  # fmt: skip
        mended = Settings(source=source).mended()
        assert mended.steps == steps and list(mended.calls()) == ["as written"]
    assert "steps_per_epoch=ceil(1020 / 32)" in code_of(Settings(source="tf_data_repeat").mended())


def test_the_panel_asks_for_the_second_epoch():
    panel = epoch_panel(images="synthetic")
    told = shown(WRITTEN + MENDED)
    told.guesses = [panel.rows[0].question.judge(31.0, told)]
    panel.close()
    assert told.told().cards[0].guess == "You expected 31 batches. There was 1."
    assert told.numbers()["batches of the second epoch"] == 1 and np.isfinite(told.seconds)
