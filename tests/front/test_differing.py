import pytest

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.front.differing import what_differs

ANOTHER = {
    "images": "synthetic", "image_size": 32, "split": 2, "part": "val", "order": "sorted",
    "seed": 3, "model": "minivggnet", "dropout": True, "batch_normalization": True,
    "optimizer": "adam", "loss": "mse", "metrics": ("mae",), "batch_size": 8, "epochs": 5,
    "images_per_epoch": 340, "shuffle": True, "augment": "layers", "memory_budget": "48MiB",
    "evaluate": True, "library": "keras", "functions": "fit", "loader": "generator",
    "measure": True, "blocks": 20,
}  # fmt: skip
OF_A_QUEUE = {"workers": 4, "multiprocessing": True, "max_queue_size": 3}


@pytest.mark.parametrize("name", ComparisonSettings.model_fields)
def test_a_change_in_any_setting_is_told(name):
    base = {"functions": "fit", "loader": "sequence"} if name in OF_A_QUEUE else {}
    changed = base | {name: (ANOTHER | OF_A_QUEUE)[name]}
    one, other = what_differs([ComparisonSettings(**base), ComparisonSettings(**changed)])
    assert one != other and "None" not in one + other


def test_runs_of_lesson_1_are_titled_by_what_was_tried():
    tried = [{"library": "both"}, {"dropout": True}, {"dropout": True, "shuffle": True}, {}]
    assert what_differs([ComparisonSettings(**settings) for settings in tried]) == [
        "no Dropout, not shuffled", "Dropout 0.5", "Dropout 0.5, shuffled",
        "no Dropout, not shuffled, again",
    ]  # fmt: skip


def test_a_run_that_equals_another_is_that_again():
    same = [ComparisonSettings(), ComparisonSettings()]
    assert what_differs(same) == ["one run", "again"]
