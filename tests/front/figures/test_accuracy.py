import pytest

from kfit_teach.common.measuring.statistics import share_interval
from kfit_teach.front.figures.style import LOOK_OF


@pytest.fixture
def with_accuracies(made_up):
    """Makes a comparison of three functions with these accuracies."""

    def make(*accuracies, **settings):
        comparison = made_up.compared(library="keras", evaluate=True, **settings)
        for result, accuracy in zip(comparison.results, accuracies, strict=True):
            result.test_accuracy = accuracy
        return comparison

    return make


@pytest.mark.parametrize(
    ("accuracies", "message"),
    [
        ((0.42, 0.43, 0.41), "No function names flowers better than another"),
        ((0.06, 0.05, 0.06), "Accuracy 0.06: no better than guessing blindly"),
        ((0.42, 0.1, 0.7), "train_on_batch names more flowers rightly than fit_generator"),
        ((0.42, 0.05, 0.4), "fit names more flowers rightly than fit_generator"),
        ((None, None, None), "No accuracy was taken"),
    ],
)
def test_the_title_says_what_the_accuracies_come_to(
    accuracies, message, with_accuracies, can_be_read
):
    figure = with_accuracies(*accuracies).figure("accuracy")
    assert figure.get_suptitle() == message
    can_be_read(figure)


def test_loaders_are_called_loaders(with_accuracies):
    asked = {"functions": "fit", "loader": ["arrays", "generator", "sequence"]}
    figure = with_accuracies(0.4, 0.4, 0.4, **asked).figure("accuracy")
    assert figure.get_suptitle() == "No loader names flowers better than another"


def test_each_bar_has_its_interval_and_the_look_of_its_function(with_accuracies):
    (panel,) = with_accuracies(0.5, 0.4, 0.3).figure("accuracy").axes
    assert [bar.get_height() for bar in panel.patches] == [0.5, 0.4, 0.3]
    assert [bar.get_hatch() or "" for bar in panel.patches] == [
        look.hatch for look in LOOK_OF.values()
    ]
    ends = [container.lines[2][0].get_segments()[0][:, 1] for container in panel.containers
            if hasattr(container, "has_yerr")]  # fmt: skip
    expected = [share_interval(count, 340) for count in (170, 136, 102)]
    assert [tuple(end) for end in ends] == [pytest.approx(interval) for interval in expected]


def test_the_line_of_blind_guessing_is_one_in_17_and_named(with_accuracies):
    (panel,) = with_accuracies(0.5, 0.4, 0.3).figure("accuracy").axes
    (line,) = [line for line in panel.lines if line.get_linestyle() == ":"]
    assert line.get_ydata()[0] == 1 / 17
    assert "guessing\nblindly: 0.06" in [text.get_text() for text in panel.texts]


def test_a_lane_without_accuracy_says_so_beside_the_others(with_accuracies, can_be_read):
    comparison = with_accuracies(0.5, None, 0.5)
    figure = comparison.figure("accuracy")
    assert "none taken" in [text.get_text() for text in figure.axes[0].texts]
    assert "fit 0.50 [0.45, 0.55], fit_generator none" in comparison.alt_text("accuracy")
    can_be_read(figure)
