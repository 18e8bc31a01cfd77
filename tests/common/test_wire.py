import json
import math

import pytest

import kfit_teach as kt
from kfit_teach.common import endings, wire

EXPERIMENT = {"training_function": "fit", "library": "keras", "images": "synthetic"}
BUDGET_END = endings.BudgetEnd(ended_by="library error", at_mib=120.4, phase="first batch")
RAISED = endings.Raised(error="AbortedError", text="no memory", traceback="Traceback")
OVER_BUDGET = endings.OverBudget(budget_mib=100, end=BUDGET_END, cause=RAISED, traceback="log")
PROBLEMS = {
    "It was stopped.": endings.Stopped(),
    "AbortedError: no memory": RAISED,
    "The worker was ended by the signal SIGKILL.": endings.Signalled(signal="SIGKILL"),
    "The worker ended with exit code 3.": endings.Exited(code=3),
    "The worker sent a line that is no event, so it was ended: 'hello'": endings.NoEvent(
        line="hello"
    ),
    "Over the budget of 100 MiB: the library failed under the system's limit "
    "(AbortedError: no memory) at 120 MiB over the base, in the phase 'first batch'.": OVER_BUDGET,
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
