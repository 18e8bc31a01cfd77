import pytest

from kfit_teach.common.experiment import LIBRARIES

BIG = {"image_size": 128, "part": "train", "epochs": 1}  # 127.5 MiB as float32


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_fit_holds_copies_of_the_data_and_a_generator_holds_none(run, library):
    over_arrays = run("fit", library, fresh=True, **BIG).memory
    over_generator = run("fit_generator", library, fresh=True, **BIG).memory
    by_batch = run("train_on_batch", library, fresh=True, **BIG).memory
    data_mib = over_arrays.data_mib
    assert data_mib == pytest.approx(127.5)
    assert over_arrays.peak_extra_mib > 2.5 * data_mib
    # What the step itself needs is in all three; the rest is data held, and batches in a queue.
    assert over_arrays.peak_extra_mib - over_generator.peak_extra_mib > 1.3 * data_mib
    assert over_arrays.peak_extra_mib - by_batch.peak_extra_mib > 0.6 * data_mib


@pytest.mark.long
def test_a_generators_memory_does_not_grow_with_the_number_of_images(run):
    few = run("fit_generator", "keras", fresh=True, image_size=64, part="val", epochs=1)
    many = run("fit_generator", "keras", fresh=True, image_size=64, part="train+val", epochs=1)
    grown_mib = many.memory.peak_extra_mib - few.memory.peak_extra_mib
    assert grown_mib < 0.3 * (many.memory.data_mib - few.memory.data_mib)


def test_the_phases_of_a_run_follow_each_other_and_add_up(run):
    result = run("fit", "keras", fresh=True)
    timing, phases = result.timing, list(result.timing.phases_s.values())
    assert list(timing.phases_s) == [
        "import", "build", "data", "first batch", "first epoch", "return",
    ]  # fmt: skip
    assert phases == sorted(phases)
    assert 0 < timing.first_batch_s < timing.first_epoch_s < timing.call_s
    steady_s = timing.steady_images / timing.images_per_s
    # What is left of the call is what fit does after its last epoch, which can be a pause.
    assert timing.first_epoch_s + steady_s < timing.call_s
    assert timing.ms_per_step * 11 == pytest.approx(1000 * steady_s)


def test_one_epoch_has_no_steady_state_and_none_is_told(run):
    timing = run("train_on_batch", "keras", epochs=1).timing
    assert timing.images_per_s is timing.ms_per_step is timing.cpu_ms_per_image is None


def test_machine_versions_and_settings_travel_with_the_result(run):
    result = run("fit", "keras", fresh=True)
    assert set(result.machine.versions) == {"tensorflow", "keras", "tf_keras", "numpy"}
    assert result.machine.cores >= 1 and result.machine.memory_gib > 0
    assert result.experiment.seed == 17
