import pytest

from kfit_teach.common.endings import Raised, Stopped
from kfit_teach.common.result import Block
from kfit_teach.front.guesses import Guess
from kfit_teach.front.telling.cards import cards
from kfit_teach.lessons.recorded import load_recorded


def stop(result, epochs_ended):
    """Make a result into one that was stopped after so many epochs."""
    result.status, result.problem, result.epochs_ended = "stopped", Stopped(), epochs_ended
    result.weights_sha256, result.test_accuracy = "", None
    if not epochs_ended:
        result.timing = result.memory = None


def headlines(comparison):
    return [(card.subject, card.headline) for card in cards(comparison)]


@pytest.fixture
def order():
    return load_recorded("order")


@pytest.fixture
def three_doors():
    return load_recorded("three_doors")


def test_a_whole_comparison_has_a_card_a_subject(order):
    told = dict(headlines(order))
    assert list(told) == ["weights", "memory", "speed", "accuracy"]
    memory = order.results[0].memory
    assert told["weights"] == "3 runs, 1 network"
    assert told["memory"] == (
        f"fit needed {memory.peak_extra_mib:.0f} MiB more than before training, "
        f"{memory.times_the_data:.1f} times your images"
    )
    assert told["accuracy"] == "20 of 340 new images named rightly"


def test_both_libraries_count_together_but_are_never_ranked_together(three_doors):
    made = cards(three_doors)
    assert made[0].headline == "6 runs, 1 network" and not made[0].library
    assert [card.library for card in made if card.subject == "memory"] == ["keras", "tf_keras"]


def test_what_reads_alike_in_both_libraries_is_one_card(three_doors):
    for result in three_doors.results:
        result.timing = three_doors.results[0].timing
    speed = [card for card in cards(three_doors) if card.subject == "speed"]
    assert [card.headline for card in speed] == ["no difference in speed shown"]
    assert not speed[0].library
    three_doors.results[-1].timing.contention = 0.3  # of its own, so that only one library differs
    usual = three_doors.results[1].timing
    slow = usual.model_copy(update={"images_per_s": usual.images_per_s / 10, "gaps_s": []})
    three_doors.results[1].timing = slow
    speed = [card for card in cards(three_doors) if card.subject == "speed"]
    assert [card.library for card in speed] == ["keras", "tf_keras"]
    assert "0.1 times the images/s of fit" in speed[0].headline


def test_a_guess_stands_on_the_first_card_of_its_subject(three_doors):
    networks = Guess(question="How many?", kind="number", guess=3, measured=1, unit="networks",
                     unit_of_one="network",
                     subject="weights")  # fmt: skip
    other = Guess(question="Which?", kind="choice", guess="fit", measured="fit")
    three_doors.guesses = [other, networks]
    made = cards(three_doors)
    assert [card.guess for card in made if card.guess] == ["You expected 3 networks. There was 1."]
    assert made[0].guess and made[0].subject == "weights"
    assert (made[-1].subject, made[-1].headline, made[-1].detail) == (
        "guess", "You expected “fit”, and so it is.", "Which?")  # fmt: skip


def test_a_stopped_lane_comes_first_and_keeps_its_figures(order):
    stop(order.results[2], 2)
    made = cards(order)
    assert (made[0].subject, made[0].headline) == (
        "ended", "train_on_batch stopped after 2 of 3 epochs")  # fmt: skip
    memory = next(card for card in made if card.subject == "memory")
    mib = order.results[2].memory.peak_extra_mib
    assert f"train_on_batch (stopped after 2 epochs) {mib:.0f} MiB" in memory.detail
    assert dict(headlines(order))["weights"] == "2 runs, 1 network"


def test_a_stopped_lane_is_not_the_one_that_needed_most(order):
    stop(order.results[0], 1)  # fit, which had needed more than the others by then
    told = dict(headlines(order))
    assert told["memory"].startswith("train_on_batch needed")


def test_where_only_a_stopped_lane_was_measured_its_memory_is_told(order):
    stop(order.results[0], 1)
    order.results = order.results[:1]
    ended, memory = cards(order)
    assert ended.headline == "0 of 3 runs ended"
    assert "fit stopped after 1 of 3 epochs." in ended.detail
    assert "2 runs never began." in ended.detail
    assert memory.headline.startswith("fit needed 1") and memory.detail == "fit was stopped."


def test_a_lane_that_failed_says_why(order):
    failed = order.results[1]
    failed.status, failed.problem = "failed", Raised(error="ValueError", text="no luck")
    failed.timing = failed.memory = None
    first = cards(order)[0]
    assert (first.headline, first.detail) == ("fit_generator failed", "ValueError: no luck")
    stop(order.results[2], 0)
    first = cards(order)[0]
    assert first.headline == "1 of 3 runs ended"
    assert "train_on_batch stopped before its first epoch ended." in first.detail


def test_a_run_whose_loss_is_no_number_says_so(order):
    order.results[0].losses[11] = float("nan")
    first = cards(order)[0]
    assert first.headline == "fit diverged" and "from step 12 on" in first.detail


def test_a_void_comparison_tells_of_weights_alone(order):
    order.results[1].weights_sha256 = "f" * 64
    assert headlines(order) == [("weights", "3 runs, 2 networks")]
    assert "the comparison is void" in cards(order)[0].detail


def test_networks_that_are_to_differ_say_why(three_doors):
    for result in three_doors.results:
        result.experiment = result.experiment.model_copy(update={"batch_normalization": True})
    for result in three_doors.results_of("tf_keras"):
        result.weights_sha256 = "1" * 64
    first = cards(three_doors)[0]
    assert first.headline == "6 runs, 2 networks"
    assert first.detail.startswith("That is expected, because BatchNormalization rounds")


def test_blocks_name_the_lanes_that_are_faster_or_slower(order):
    order.results = order.results[:2]
    turn = {"loader": "arrays", "images": 680, "cpu_s": 1, "pauses_s": 0, "contention": 0.2,
            "ceiling_images_per_s": 2000}  # fmt: skip
    lanes = [("fit", "arrays", False, 1), ("fit_generator", "generator", False, 0.5),
             ("fit", "arrays", True, 1)]  # fmt: skip
    order.blocks = [
        Block(library="keras", turns=[
            turn | {"training_function": name, "loader": loader, "place": place, "control": control,
                    "wall_s": wall * (1 + 0.01 * (block % 3))}
            for place, (name, loader, control, wall) in enumerate(lanes)])
        for block in range(5)
    ]  # fmt: skip
    told = dict(headlines(order))
    assert told["speed"].startswith("fit_generator is faster than fit, 2.00 times its images/s")


def test_html_is_escaped(order):
    order.results[1].status = "failed"
    order.results[1].problem = Raised(error="Oh", text="<script>alert(1)</script>")
    order.results[1].timing = order.results[1].memory = None
    shown = order.told().as_html()
    assert "<script>" not in shown and "&lt;script&gt;" in shown
