"""The demonstrations of lesson 5, run for real and held against what is true by construction."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

import kfit_teach as kt
from kfit_teach.common.demonstrations.staircase import STAIRS, Settings
from kfit_teach.common.flowers.manifest import CLASS_NAMES
from kfit_teach.common.progress import no_progress_bar

QUIET = {"images": "synthetic", "bar": no_progress_bar}


def test_every_stair_gives_the_same_batches(synthetic_cache, tmp_path):
    import keras

    from kfit_teach.worker.demonstrating.staircase import Stairs

    settings = Settings(images="synthetic", image_size=16, number_of_images=100, batch_size=32)
    flowers = kt.load_flowers("synthetic", image_size=16)
    stairs = Stairs(keras, settings, flowers, tmp_path)
    places = np.arange(96)  # three full batches; the rest of 100 is in no file
    truth = flowers.read(places).astype("float32") / 255
    labels = np.eye(len(CLASS_NAMES))[flowers.labels[:96]]
    for name in STAIRS:
        drawn = list(itertools.islice(stairs.batches(name), 6))  # two passes
        for images, given in (zip(*drawn[:3], strict=True), zip(*drawn[3:], strict=True)):
            np.testing.assert_allclose(np.concatenate(images), truth, atol=1e-6, err_msg=name)
            np.testing.assert_array_equal(np.concatenate(given), labels, err_msg=name)


def test_what_came_before_the_clock_and_after_the_last_step_is_cut_off():
    from kfit_teach.worker.demonstrating.law import Trained

    clock = SimpleNamespace(steps=4, step_ms=0)
    trained = Trained.__new__(Trained)
    trained._settings, trained._begins = clock, [0.1 * one + 0.03 for one in range(9)]
    ends = [0.1 * one + 0.05 for one in range(9)]
    spans = [(0.1 * one, 0.1 * one + 0.03) for one in range(12)]
    measured = trained._measured(spans, ends)
    assert measured["ms"] == pytest.approx([100] * 4)
    assert measured["steps"][0] == pytest.approx((0.08, 0.1))  # from the end of the fifth on
    assert len(measured["loader"]) == 4  # those that began after the last step are left out


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_a_loop_adds_loader_and_step_and_fit_does_not(library):
    shown = kt.demonstrate("law", library=library, rounds=2, **QUIET)
    loop, fit = shown.laws()
    assert (loop.kind, fit.kind) == ("sum", "maximum")
    assert loop.loader_ms == fit.loader_ms and 30 <= loop.loader_ms < 36
    assert loop.step_ms > 18 and fit.step_ms > 18  # it waits for what its network leaves of 20
    for turn in shown.turns_of("train_on_batch", True):  # never both at once
        for (_, loaded), (begun, ended), (next_load, _) in zip(
            turn.loader, turn.steps, turn.loader[1:], strict=False
        ):
            assert loaded <= begun < ended <= next_load + 1e-4
    overlaps = [begun < end and start < ended for turn in shown.turns_of("fit", True)
                for start, end in turn.loader for begun, ended in turn.steps]  # fmt: skip
    assert any(overlaps)


@pytest.mark.long
@pytest.mark.alone
def test_a_memory_map_beats_the_tutorials_reader_and_the_step_beats_all():
    shown = kt.demonstrate("staircase", rounds=2, **QUIET)
    assert shown.all_done and set(shown.speeds()) == set(STAIRS)
    assert shown.climb("csv_tutorial", "memory_map").known.ratio > 5
    assert shown.climb("csv_tutorial", "csv").known.ratio > 2
    assert shown.climb("memory_map", "ceiling").known.ratio > 1


@pytest.mark.long
@pytest.mark.alone
def test_in_keras_train_on_batch_is_cheap_and_in_tf_keras_it_is_not():
    shown = kt.demonstrate("call_costs", rounds=1, **QUIET)
    for library in ("keras", "tf_keras"):
        assert shown.ms_of(library, "fit_per_batch") > 5 * shown.ms_of(library, "fit")
    loops = [shown.ms_of(one, "train_on_batch") for one in ("keras", "tf_keras")]
    assert loops[1] > 2 * loops[0]
