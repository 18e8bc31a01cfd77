import subprocess
import sys

import pytest

from kfit_teach.front.figures import FIGURES

ONE_A_LIBRARY = [kind for kind, figure in FIGURES.items() if figure.one_a_library]


@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_can_be_drawn_read_and_told_in_words(kind, comparison, can_be_read):
    can_be_read(comparison.figure(kind, "tf_keras"))
    told = comparison.alt_text(kind, "tf_keras")
    assert comparison.title("tf_keras") in told
    assert all(lane.name in told for lane in comparison.ranking("tf_keras").lanes)


@pytest.mark.parametrize("kind", FIGURES)
def test_without_results_there_is_no_figure(kind, made_up, refusal):
    empty = made_up.compared()
    empty.results = []
    assert "needs one" in refusal(empty.figure, kind)


@pytest.mark.parametrize("kind", ONE_A_LIBRARY)
def test_a_library_without_results_is_named(kind, made_up, refusal):
    assert "'tf_keras'" in refusal(made_up.compared(library="keras").figure, kind, "tf_keras")


def test_a_figure_that_is_not_known_is_refused_with_the_nearest(comparison, refusal):
    assert "timeline" in refusal(comparison.alt_text, "timelines")


def test_the_registry_alone_loads_no_matplotlib():
    code = "import sys, kfit_teach.front.figures; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
