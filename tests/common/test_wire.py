import json
import math

import pytest

import kfit_teach as kt
from kfit_teach.common import endings, wire
from kfit_teach.lessons.recorded import load_recorded

EXPERIMENT = {"training_function": "fit", "library": "keras", "images": "synthetic"}
BUDGET_END = endings.BudgetEnd(ended_by="library error", at_mib=120.4, phase="first batch")
RAISED = endings.Raised(error="AbortedError", text="no memory", traceback="Traceback")
OVER_BUDGET = endings.OverBudget(budget_mib=100, end=BUDGET_END, cause=RAISED, traceback="log")
PROBLEMS = {
    "It was stopped.": endings.Stopped(),
    "AbortedError: no memory": RAISED,
    "The worker was ended by the signal SIGKILL.": endings.Signalled(signal="SIGKILL"),
    "The worker ended with exit code 3.": endings.Exited(code=3),
    "The worker crashed (Windows status 0xc0000005).": endings.Exited(code=0xC0000005),
    "The worker sent a line that is no event, so it was ended: 'hello'": endings.NoEvent(
        line="hello"
    ),
    "Over the budget of 100 MiB: the library failed under the system's limit "
    "(AbortedError: no memory) at 120 MiB more than before training, in "
    "the phase 'first batch'.": OVER_BUDGET,
}


def a_result(problem, **settings):
    return kt.Result(experiment=EXPERIMENT, status="failed", problem=problem, **settings)


@pytest.mark.parametrize(("sentence", "problem"), PROBLEMS.items())
def test_an_ending_is_said_in_one_sentence_and_comes_back_from_a_file(sentence, problem):
    saved = a_result(problem).model_dump_json()
    assert json.loads(saved)["problem"]["sentence"] == sentence == problem.sentence
    assert kt.Result.model_validate_json(saved).problem == problem


def test_a_problem_of_an_earlier_version_keeps_its_sentence():
    result = a_result({"sentence": "It fell over.", "traceback": "Traceback"})
    assert result.problem.kind == "told" and result.problem.sentence == "It fell over."
    assert kt.Result.model_validate_json(result.model_dump_json()) == result


def test_a_result_crosses_the_wire_as_it_is_with_losses_that_are_no_numbers():
    sent = wire.Finished(result=a_result(OVER_BUDGET, losses=[0.1, math.inf, math.nan]))
    line = wire.write_line(sent)
    assert line.count("\n") == 1
    told = wire.read_event(line)
    assert told.result.problem == OVER_BUDGET and told.result.losses[:2] == [0.1, math.inf]
    assert math.isnan(told.result.losses[2])


def test_an_epoch_that_diverged_crosses_the_wire():
    sent = wire.EpochEnded(epoch=1, images=64, wall_s=1.0, cpu_s=2.0, batch_ends_s=[0.5, 1.0],
                           losses=[2.5, math.nan], peak_mib=700.0)  # fmt: skip
    told = wire.read_event(wire.write_line(sent))
    assert told.losses[0] == 2.5 and math.isnan(told.losses[1])


def no_constant(name):
    raise AssertionError(f"{name} is no JSON")


def test_a_comparison_that_diverged_is_saved_as_valid_json_and_loaded_again(tmp_path):
    comparison = load_recorded("start_here")
    diverged = comparison.results[0]
    diverged.losses[4:] = [math.inf, *[math.nan] * len(diverged.losses[5:])]
    comparison.save(tmp_path / "diverged.json")
    json.loads((tmp_path / "diverged.json").read_bytes(), parse_constant=no_constant)
    again = kt.Comparison.load(tmp_path / "diverged.json")
    assert again.results[0].losses[:5] == diverged.losses[:5]
    assert all(math.isnan(loss) for loss in again.results[0].losses[5:])
    assert [result.diverged_at for result in again.results] == [5, None, None]


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "[]",
        '{"event": "progres", "epoch": 1, "batch": 2}',
        '{"event": "progress", "epoch": 1}',
        '{"event": "progress", "epoch": 1, "batch": 2, "image": 3}',
        '{"event": "phase", "phase": "lunch", "at_s": 1.0}',
        '{"event": "result", "result": {"passed": true}}',
    ],
)
def test_what_is_no_event_is_refused(line):
    with pytest.raises(ValueError, match="validation error"):
        wire.read_event(line)
