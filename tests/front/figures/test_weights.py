import pytest
from matplotlib.patches import Rectangle

from kfit_teach.common.loaders import LOADERS
from kfit_teach.front.figures.weights import distance_in_words


def with_distances(comparison, distance):
    """Give every two lanes a distance, and every lane a way from its start."""
    for library in comparison.libraries:
        lanes = range(len(comparison.results_of(library)))
        rows = [[0.0 if a == b else distance(a, b) for b in lanes] for a in lanes]
        comparison.weight_distances[library] = rows
    for result in comparison.results:
        result.weights_moved = 0.43
    return comparison


@pytest.fixture
def three(made_up):
    """fit and fit_generator agree; train_on_batch went another way."""
    return with_distances(made_up.compared(library="keras"), lambda a, b: 1.0649 * (2 in (a, b)))


def rows_of(figure):
    """The words in the cells, row by row from the top, from left to right."""
    (panel,) = figure.axes
    cells = sorted((int(t.get_position()[1]), t.get_position()[0], t.get_text())
                   for t in panel.texts)  # fmt: skip
    width = len(panel.get_xticks())
    return [[words for _, _, words in cells[i : i + width]] for i in range(0, len(cells), width)]


def test_every_two_lanes_have_their_distance_written_and_a_yardstick_beside_it(three):
    figure = three.figure("weights")
    assert rows_of(figure) == [
        ["itself", "0", "1.06", "0.43"],
        ["0", "itself", "1.06", "0.43"],
        ["1.06", "1.06", "itself", "0.43"],
    ]
    above = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert above == ["fit", "fit_generator:\nfit(generator)", "train_on_batch",
                     "from its\nown start"]  # fmt: skip


def test_moving_statistics_are_no_weights_and_have_a_column_of_their_own(three, can_be_read):
    for result in three.results:
        result.statistics_moved = 1420.3
    figure = three.figure("weights")
    assert [row[-2:] for row in rows_of(figure)] == [["0.43", "1420"]] * 3
    above = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert above[-2:] == ["from its\nown start", "moving\nstatistics"]
    told = three.alt_text("weights")
    assert "Training moved fit by 0.43." in told
    assert "The moving statistics of fit moved by 1420." in told
    can_be_read(figure)


def test_the_same_weights_are_told_by_a_thick_edge_and_bold_letters_too(three):
    (panel,) = three.figure("weights").axes
    bold = [text for text in panel.texts if text.get_fontweight() == "bold"]
    thick = [cell for cell in panel.findobj(Rectangle) if cell.get_linewidth() == 2]
    assert [text.get_text() for text in bold] == ["0", "0"] and len(thick) == 2


def test_words_tell_what_the_figure_shows(three):
    told = three.alt_text("weights", "keras")
    assert "fit and fit_generator: fit(generator): 0." in told
    assert "fit and train_on_batch: 1.06." in told and "Training moved fit by 0.43." in told


@pytest.mark.parametrize("count", [2, 10])
def test_it_can_be_read_however_many_lanes_there_are(made_up, can_be_read, count):
    asked = {"library": "tf_keras", "functions": "fit", "loader": list(LOADERS)[:count]}
    can_be_read(with_distances(made_up.compared(**asked), lambda a, b: 10.0**-a).figure("weights"))


def test_lanes_whose_weights_are_not_known_say_so(made_up, can_be_read):
    figure = made_up.compared(library="keras").figure("weights")
    assert rows_of(figure)[0] == ["itself", "not kept", "not kept", "not kept"]
    can_be_read(figure)


def test_a_distance_of_one_bit_is_never_written_as_nought():
    assert distance_in_words(2.0**-40) != "0"
