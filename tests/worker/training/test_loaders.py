from functools import partial

import numpy as np
import pytest

from kfit_teach.common.experiment import LIBRARIES, Experiment
from kfit_teach.common.flowers import open_flowers
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.loaders import LOADERS
from kfit_teach.front.ranking import Lane, Ranking
from kfit_teach.front.verdicts import same_weights

# 340 images are ten full batches of 34, so that the tutorial's reader does the same work too.
EXACT = {"batch_size": 34}
long = partial(pytest.param, marks=pytest.mark.long)
ONE_LIBRARY = ["keras", long("tf_keras")]
FEW = {"images_per_epoch": 100, "part": "test"}


@pytest.fixture(scope="session")
def run_loader(run):
    """Run one experiment with its form of the images made ready."""

    def run_loader(function, library, loader, **settings):
        size = settings.get("image_size", 32)
        stored, checked = prepare_images("synthetic", size)
        if LOADERS[loader].form:
            wanted = Experiment(
                training_function=function, library=library, loader=loader, part="val",
                images="synthetic", image_size=size,
            )  # fmt: skip
            prepare_form(LOADERS[loader].form, open_flowers(wanted, stored, checked))
        return run(function, library, loader=loader, **settings)

    return run_loader


# fit over every loader in one library or the other, and the other functions over some.
ELSEWHERE = ("arrays", "generator", "folder", "flow")
PAIRS = [
    *(("keras", "fit", loader) for loader in LOADERS if loader not in ELSEWHERE),
    *(("tf_keras", "fit", loader) for loader in ("folder", "flow")),
    *(("keras", "train_on_batch", loader) for loader in ("tf_data", "flow")),
    ("tf_keras", "train_on_batch", "uint8_arrays"),
    *(("tf_keras", "fit_generator", loader) for loader in ("sequence", "csv_tutorial")),
]


@pytest.mark.parametrize(("library", "function", "loader"), PAIRS)
def test_every_loader_gives_the_same_images_in_the_same_order(
    run_loader, library, function, loader
):
    result = run_loader(function, library, loader, **EXACT)
    reference = run_loader("fit", library, "generator", **EXACT)
    assert result.seen == reference.seen
    assert [epoch.distinct for epoch in result.coverage] == [340, 340]
    if loader == "folder":  # JPEG files lose a little of the stand-in's colours
        assert result.weights_sha256 != reference.weights_sha256
        assert result.losses[0] == pytest.approx(reference.losses[0], rel=0.02)
    else:
        assert result.weights_sha256 == reference.weights_sha256


def test_the_tutorials_reader_fills_its_last_batch_from_the_beginning(run_loader):
    result = run_loader("fit", "tf_keras", "csv_tutorial", batch_size=32)
    whole, rest = divmod(340, 32)
    first = result.coverage[0]
    assert (first.trained, first.distinct, first.most_often) == ((whole + 1) * 32, 340, 2)
    assert result.seen[0][340:] == result.seen[0][: 32 - rest]
    assert result.seen[1][0] == result.seen[0][32 - rest]


@pytest.mark.long
def test_a_partial_last_batch_is_the_same_through_sequence_and_tf_data(run_loader):
    results = [
        run_loader("fit", "keras", loader, batch_size=32)
        for loader in ("arrays", "sequence", "tf_data", "memory_map")
    ]
    assert len({result.weights_sha256 for result in results}) == 1


@pytest.mark.parametrize(
    ("library", "function"), [("keras", "fit"), long("tf_keras", "fit_generator")]
)
@pytest.mark.parametrize("multiprocessing", [False, long(True)])
def test_workers_change_nothing_but_who_makes_the_batches(
    run_loader, library, function, multiprocessing
):
    asked = {"workers": 2, "multiprocessing": multiprocessing, "max_queue_size": 4}
    result = run_loader(function, library, "sequence", fresh=multiprocessing, **EXACT, **asked)
    alone = run_loader(function, library, "sequence", fresh=multiprocessing, **EXACT)
    assert result.weights_sha256 == alone.weights_sha256
    if multiprocessing:
        assert result.memory.counted == "with processes"
        assert result.memory.peak_extra_mib > alone.memory.peak_extra_mib
        assert result.waiting.loader_busy_ms_per_step is None
    else:
        assert result.waiting.loader_busy_ms_per_step > 0


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_workers_shuffle_every_epoch_as_one_alone_does(run_loader, library):
    # Steps this long let the queue of tf_keras come to an epoch's end before fit does.
    asked = {"shuffle": True, "epochs": 3, "batch_size": 170, "image_size": 64}
    alone, two = (run_loader("fit", library, "sequence", workers=n, **asked) for n in (1, 2))
    assert two.seen == alone.seen
    assert len({epoch.order_sha256 for epoch in two.coverage}) == 3


@pytest.mark.parametrize("library", ONE_LIBRARY)
@pytest.mark.parametrize("augment", ["none", long("loader")])
def test_loaders_that_shuffle_or_augment_are_the_same_work_under_fit(run_loader, library, augment):
    # In keras fit calls on_epoch_end once before the first epoch, which must not count.
    results = [
        run_loader("fit", library, loader, shuffle=True, augment=augment)
        for loader in ("generator", "sequence", "csv", "memory_map")
    ]
    lanes = [Lane(result.experiment.loader, result.experiment, result) for result in results]
    assert same_weights(Ranking(library, "loaders", "", lanes)).answer == "yes"
    assert results[0].seen == results[1].seen


@pytest.mark.parametrize("loader", ["sequence", "tf_data", "csv"])
def test_a_shuffling_loader_sees_every_image_once_an_epoch_in_another_order(run_loader, loader):
    result = run_loader("fit", "keras", loader, shuffle=True)
    assert [(epoch.distinct, epoch.most_often) for epoch in result.coverage] == [(340, 1)] * 2
    orders = {epoch.order_sha256 for epoch in result.coverage}
    assert len(orders) == 2


def test_more_images_than_the_part_has_repeat_it(run_loader):
    result = run_loader("fit", "tf_keras", "memory_map", images_per_epoch=500, epochs=1)
    numbers = np.array(result.seen[0])
    assert len(numbers) == 500
    assert (numbers[340:] == numbers[:160]).all()
    assert result.coverage[0].most_often == 2


@pytest.mark.long
@pytest.mark.parametrize("loader", ["generator", "sequence", "memory_map"])
def test_what_reads_as_it_goes_needs_no_more_memory_for_more_images(run_loader, loader):
    few, many = (
        run_loader("fit", "keras", loader, fresh=True, images_per_epoch=number, epochs=1).memory
        for number in (500, 10_500)
    )
    assert many.peak_extra_mib - few.peak_extra_mib < 10  # 1 MiB for every 1,000 images
    assert many.data_mib - few.data_mib > 100


@pytest.mark.long
def test_arrays_need_more_memory_for_more_images(run_loader):
    few, many = (
        run_loader(
            "train_on_batch", "keras", "arrays", fresh=True, images_per_epoch=number, epochs=1
        ).memory
        for number in (500, 10_500)
    )
    assert many.peak_extra_mib - few.peak_extra_mib > 100


def test_waiting_is_clocked_by_hand_and_derived_within_fit(run_loader):
    by_hand = run_loader("train_on_batch", "tf_keras", "csv_tutorial", **EXACT).waiting
    within = run_loader("fit", "tf_keras", "csv_tutorial", **EXACT).waiting
    ready = run_loader("train_on_batch", "tf_keras", "arrays", **EXACT).waiting
    assert (by_hand.how, within.how) == ("clocked", "derived")
    assert by_hand.ms_per_step > 10 * ready.ms_per_step
    # The loader's work is the same, whoever waits for it.
    assert within.loader_busy_ms_per_step > 0.3 * by_hand.ms_per_step
    assert by_hand.loader_busy_ms_per_step is None


@pytest.mark.parametrize("library", ONE_LIBRARY)
@pytest.mark.parametrize("function", ["fit", long("train_on_batch")])
def test_every_batch_of_flow_is_clocked(run_loader, library, function):
    result = run_loader(function, library, "flow", **EXACT)
    assert len(result.loader_spans_s) >= sum(map(len, result.batch_ends_s)) == 20


def test_no_training_function_is_far_above_the_ceiling(run_loader):
    shares = [
        run_loader(function, "tf_keras", loader, **EXACT).ceiling.share
        for function in ("fit", "train_on_batch")
        for loader in ("generator", "csv_tutorial")
    ]
    assert all(0 < share < 2 for share in shares)
    slow = run_loader("train_on_batch", "tf_keras", "csv_tutorial", **EXACT).ceiling.share
    assert slow < 0.7


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("augment", ["loader", "fused"])
def test_augmentation_in_the_loader_is_the_same_for_every_function(run_loader, library, augment):
    fit, generator, by_batch = (
        run_loader(function, library, "generator", augment=augment, **FEW)
        for function in ("fit", "fit_generator", "train_on_batch")
    )
    assert fit.weights_sha256 == generator.weights_sha256 == by_batch.weights_sha256
    plain = run_loader("fit", library, "generator", **FEW)
    assert plain.weights_sha256 != fit.weights_sha256
    other = "fused" if augment == "loader" else "loader"
    otherwise = run_loader("fit", library, "generator", augment=other, **FEW)
    assert otherwise.losses[:3] == pytest.approx(fit.losses[:3], rel=1e-3)


@pytest.mark.parametrize("library", ONE_LIBRARY)
@pytest.mark.parametrize(("augment", "loader"), [("generator", "flow"), ("layers", "arrays")])
def test_the_other_ways_to_augment_train_and_change_the_losses(
    run_loader, library, augment, loader
):
    plain = run_loader("fit", library, loader, **FEW)
    result = run_loader("fit", library, loader, augment=augment, **FEW)
    assert result.coverage[0].distinct == 100
    assert result.weights_sha256 != plain.weights_sha256
