import pytest

from kfit_teach.front.figures.runs import draw, tell


def rows_of(figure):
    """The panels, row by row."""
    return [row.axes for row in figure.subfigs]


@pytest.fixture
def order(made_up):
    """Sorted by class, then shuffled: other weights, another accuracy."""

    def make(accuracy, weights, **settings):
        def result(experiment):
            return made_up.a_result(experiment, test_accuracy=accuracy, weights_sha256=weights)

        return made_up.compared(result, library="keras", order="sorted", evaluate=True, **settings)

    return [make(0.06, "aa" * 32), make(0.5, "bb" * 32, shuffle=True)]


def test_each_run_is_a_column_titled_by_what_differs_and_by_its_networks(order, can_be_read):
    order[1].results[2].weights_sha256 = "cc" * 32
    figure = draw(order)
    titles = [panel.get_title() for panel in rows_of(figure)[0]]
    assert titles == ["3 runs, 1 network", "3 runs, 2 networks"]
    above = [[text.get_text() for text in panel.texts] for panel in rows_of(figure)[0]]
    assert "sorted by class" in above[0] and "shuffled" in above[1]
    can_be_read(figure)


def test_networks_are_counted_over_both_libraries(made_up):
    runs = [made_up.compared(), made_up.compared(dropout=True)]
    for result in runs[1].results_of("tf_keras"):
        result.weights_sha256 = "cc" * 32
    runs[1].results[0] = made_up.failed(runs[1].results[0].experiment)
    titles = [panel.get_title() for panel in rows_of(draw(runs))[0]]
    assert titles == ["6 runs, 1 network", "5 runs, 2 networks"]
    assert draw(runs).get_suptitle() == "Networks that came out: 1 and 2"


def test_all_columns_of_a_row_have_one_scale(order):
    order[0].results[0].memory.peak_mib += 500
    for row in rows_of(draw(order)):
        assert len({panel.get_xlim() for panel in row}) == 1
        assert row[0].get_xlim()[1] > max(bar.get_width() for p in row for bar in p.patches)


def test_accuracy_has_a_row_where_it_was_taken_and_the_title_says_who_won(order, made_up):
    accuracy, memory = rows_of(draw(order))
    assert [bar.get_width() for bar in accuracy[1].patches] == [0.5] * 3
    assert [bar.get_width() for bar in memory[0].patches] == [100] * 3
    message = "Accuracy 0.50 (shuffled) against 0.06 (sorted by class), no better than guessing"
    assert draw(order).get_suptitle() == message
    speed, _ = rows_of(draw([made_up.compared(), made_up.compared(batch_size=8)]))
    assert [bar.get_width() for bar in speed[0].patches] == [680] * 6


def test_two_libraries_stand_side_by_side(made_up, can_be_read):
    figure = draw([made_up.compared(library="keras"), made_up.compared(library="tf_keras")])
    names = [label.get_text() for label in rows_of(figure)[0][0].get_yticklabels()]
    assert names == ["fit", "fit_generator", "train_on_batch"]
    can_be_read(figure)


def test_four_runs_with_long_titles_can_be_read_and_are_told(made_up, can_be_read):
    settings = [{}, {"dropout": True, "batch_normalization": True, "batch_size": 8},
                {"functions": "fit", "epochs": 5, "shuffle": True}, {}]  # fmt: skip
    runs = [made_up.compared(**one) for one in settings]
    figure = draw(runs)
    can_be_read(figure)
    told = tell(runs)
    assert "again: 6 runs, 1 network" in told and "keras fit 680" in told
    assert [t.get_text() for t in rows_of(figure)[0][2].texts].count("not run") == 4


def test_a_lane_without_a_number_says_so(made_up, can_be_read):
    runs = [made_up.compared(made_up.failed, library="keras"), made_up.compared(library="keras")]
    figure = draw(runs)
    words = [text.get_text() for text in rows_of(figure)[0][0].texts]
    assert words.count("none") == 3
    can_be_read(figure)


@pytest.mark.parametrize("number", [1, 5])
def test_fewer_or_more_runs_are_refused(number, made_up, refusal):
    assert f"{number} runs" in refusal(draw, [made_up.compared(library="keras")] * number)
