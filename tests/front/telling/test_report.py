import re

import pytest

from kfit_teach.lessons.recorded import load_recorded


@pytest.fixture
def order():
    return load_recorded("order")


@pytest.fixture
def shown(order):
    return order.told().as_html()


def test_cards_come_first_then_the_picture_then_four_rows_and_the_rest_is_folded(shown):
    places = [shown.index(part) for part in ('class="kfit-cards"', "<img", "<table", "<details>")]
    assert places == sorted(places)
    short, whole = re.findall(r"<table>.*?</table>", shown, re.DOTALL)
    rows = re.findall(r"<td>(.*?)</td>", "".join(re.findall(r"<tr><td>.*?</td>", short)))
    assert [row.split()[0] for row in rows] == ["speed,", "needed", "same", "accuracy"]
    assert "contention" in whole and "contention" not in short
    assert shown.index("<details>") < shown.index(whole)


def test_text_begins_with_the_cards_and_shows_all_measurements(order):
    told = order.report()
    assert told.startswith("* 3 runs, 1 network\n  The same weights, bit for bit.\n* fit needed")
    assert told.count("speed, images/s") == 1 and "contention" in told


def test_words_are_explained_once(order):
    for comparison in (order, load_recorded("three_doors")):
        told = comparison.report()
        for word in ("Before training: ", "The ceiling is ", "Contention is "):
            assert told.count(word) == 1


@pytest.mark.parametrize("share, said", [(1.36, "at the ceiling"), (0.5, "50 %")])
def test_a_share_beyond_the_ceiling_is_not_printed_bare(order, share, said):
    order.results[0].ceiling.share = share
    row = next(line for line in order.report().splitlines() if line.startswith("share of the"))
    assert said in row and "136" not in row


def test_waiting_below_nothing_is_within_the_noise(order):
    order.results[0].waiting.ms_per_step = -10.3
    row = next(line for line in order.report().splitlines() if line.startswith("waiting for"))
    assert "within the noise" in row and "10.3" not in row


def test_a_moving_average_is_no_weight(order):
    order.results[0].statistics_moved = 1420.0
    told = order.report()
    assert re.search(r"^and a moving average by up to +1420 +- +-$", told, re.M)
    assert re.search(r"^training moved a weight by up to( +0\.2\d+){3}$", told, re.M)


def test_a_lane_that_diverged_is_marked_in_the_short_table(order):
    assert "status" not in order.told().sections[0].table.as_text()
    order.results[0].losses[11] = float("nan")
    assert "done, diverged at step 12" in order.told().sections[0].table.as_text()


def test_what_is_recorded_stands_over_the_picture_with_what_it_compares(order):
    shown = order.told(load_recorded("start_here")).as_html()
    assert shown.index("In grey, recorded on ") < shown.index("<img")
