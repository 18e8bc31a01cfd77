import numpy as np
import pytest

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.result import Block, Turn
from kfit_teach.front.ranking import Lane, Ranking
from kfit_teach.front.speed_verdicts import doubts, speed_verdicts
from kfit_teach.front.telling.sentences import tell

NAMES = ("fit", "fit_generator", "train_on_batch")


def a_block(speeds, control, contention=0.2, random=None):
    """One block of lanes with the given images/s, the control last."""
    turns = [
        Turn(
            training_function=NAMES[place % len(speeds)], loader="generator", place=place,
            control=place == len(speeds), images=680, wall_s=680 / speed, cpu_s=1, pauses_s=0,
            contention=contention, ceiling_images_per_s=2 * speed,
        )
        for place, speed in enumerate([*speeds, control])
    ]  # fmt: skip
    if random is not None:
        random.shuffle(turns)
    return Block(library="keras", turns=turns)


def ranked(blocks):
    """The lanes of these blocks."""
    lanes = []
    for turn in sorted(blocks[0].turns, key=lambda turn: turn.place):
        run = Experiment(
            training_function=turn.training_function, library="keras", loader=turn.loader
        )
        name = "control" if turn.control else run.training_function
        own = tuple(one for block in blocks for one in block.turns if one.place == turn.place)
        lanes.append(Lane(name, run, turns=own, is_control=turn.control))
    return Ranking("keras", "functions", "", lanes[:-1], lanes[-1])


def blocks_of(true_speeds, number, noise, process_spread=0.0, seed=0):
    """Blocks with a mood that all lanes of a block share, noise a turn, and a process's own."""
    random = np.random.default_rng(seed)
    own = np.exp(random.normal(0, process_spread, len(true_speeds) + 1))
    blocks = []
    for _ in range(number):
        mood = np.exp(random.normal(0, 0.3))
        speeds = np.array([*true_speeds, true_speeds[0]]) * own * mood
        *lanes, control = speeds * np.exp(random.normal(0, noise, len(speeds)))
        blocks.append(a_block(lanes, control, random=random))
    return ranked(blocks)


def answers(ranking, **how):
    return {verdict.lane.name: verdict.answer for verdict in speed_verdicts(ranking, **how)}


def verdict_on_fit_generator(ranking):
    return next(v for v in speed_verdicts(ranking) if v.lane.name == "fit_generator")


def test_what_is_faster_slower_and_the_same_is_told_through_a_changing_mood():
    blocks = blocks_of([1000, 1200, 800], 12, noise=0.02)
    assert answers(blocks) == {
        "fit_generator": "faster", "train_on_batch": "slower", "control": "same",
    }  # fmt: skip
    blocks = blocks_of([1000, 1005, 995], 12, noise=0.02)
    assert set(answers(blocks).values()) == {"same"}


def test_what_cannot_be_shown_is_not_resolved_and_the_blocks_needed_would_show_it():
    blocks = blocks_of([1000, 1120], 5, noise=0.15)
    first = verdict_on_fit_generator(blocks)
    assert first.answer == "not resolved"
    assert f"about {first.blocks_needed} blocks are needed" in tell(first)

    def judged(number, seed):
        return verdict_on_fit_generator(blocks_of([1000, 1120], number, noise=0.15, seed=seed))

    pilots = [judged(12, seed) for seed in range(30)]
    needed = int(np.median([v.blocks_needed for v in pilots if v.answer == "not resolved"]))
    resolved = [judged(needed, seed).answer == "faster" for seed in range(100, 140)]
    half_as_many = [judged(needed // 3, seed).answer == "faster" for seed in range(100, 140)]
    assert np.mean(resolved) > 0.4 > np.mean(half_as_many)


@pytest.mark.parametrize("process_spread", [0.0, 0.015])
def test_lanes_that_are_alike_are_seldom_called_faster_or_slower(process_spread):
    # Two processes that do the same differ by 1 to 2 % for life: the control has to cover that.
    wrong = [
        answers(blocks_of([1000, 1000], 10, 0.03, process_spread, seed))["fit_generator"]
        in ("faster", "slower")
        for seed in range(300)
    ]
    assert np.mean(wrong) < (0.05 if process_spread == 0 else 0.12)


def test_a_control_that_differs_or_a_busy_machine_makes_the_blocks_doubtful():
    quiet = blocks_of([1000, 1100], 8, noise=0.01)
    assert told_doubts(quiet) == []
    said = told_doubts(ranked([a_block([1000, 1100], 1200 + place) for place in range(8)]))
    assert len(said) == 1 and said[0].startswith("Doubtful: fit run a second time, as control")
    busy = ranked([a_block([1000, 1100], 1000 + place, contention=0.9) for place in range(8)])
    assert "busy with something else" in told_doubts(busy)[0]


def told_doubts(ranking):
    return [tell(doubt) for doubt in doubts(ranking, speed_verdicts(ranking))]


def test_pauses_can_be_left_out():
    blocks = blocks_of([1000, 1000], 8, noise=0.01)
    for lane in blocks.lanes_and_control:
        for turn in lane.turns:
            if turn.training_function == "fit":
                turn.wall_s, turn.pauses_s = turn.wall_s + 0.5, 0.5
    assert answers(blocks) == {"fit_generator": "faster", "control": "same"}
    without = answers(blocks, without_pauses=True)
    assert without == {"fit_generator": "same", "control": "same"}
