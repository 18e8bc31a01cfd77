import numpy as np
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.worker.training.libraries import load_library
from kfit_teach.worker.training.run import compiled_model

EXPERIMENT = {"training_function": "train_on_batch", "library": "keras", "images": "synthetic",
              "image_size": 16, "images_per_epoch": 64, "epochs": 1}  # fmt: skip


@pytest.fixture
def noted():
    """Train a network for as many batches as asked, and give its notes, which have room for two."""

    def train(batches):
        model, notes = compiled_model(load_library("keras"), Experiment(**EXPERIMENT))
        labels = np.column_stack([np.eye(17, dtype=np.float32)[:16].repeat(2, 0), np.arange(32)])
        for _ in range(batches):
            model.train_on_batch(np.zeros((32, 16, 16, 3), np.float32), labels.astype(np.float32))
        return notes

    return train


def test_what_there_is_room_for_is_read_back_whole(noted):
    notes = noted(2)
    assert notes.images_noted == 64 and len(notes.losses()) == 2
    assert notes.losses(after=1) == notes.losses()[1:]
    assert [epoch.tolist() for epoch in notes.numbers_by_epoch([1, 1])] == [list(range(32))] * 2


def test_more_than_there_is_room_for_is_never_read_as_if_it_were_all(noted):
    # On a GPU the third batch is dropped without a word; only the counters tell of it. Here the
    # step refuses it, so the counters are set as a GPU leaves them.
    notes = noted(2)
    notes._batches.assign(3)
    notes._images.assign(96)
    for read in (notes.losses, lambda: notes.images_noted, lambda: notes.numbers_by_epoch([3])):
        with pytest.raises(RuntimeError, match=r"run on (3 batches|96 images), but .* has (2|64)"):
            read()


def test_the_step_itself_refuses_it_on_a_processor(noted):
    with pytest.raises(Exception, match=r"(?i)indices\[.*\] does not index into shape"):
        noted(3)


def test_notes_that_were_rewound_have_their_room_again(noted):
    notes = noted(2)
    notes.rewind()
    assert notes.images_noted == 0 and notes.losses() == []
