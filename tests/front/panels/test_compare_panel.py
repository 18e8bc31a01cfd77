import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import traitlets

from kfit_teach.common.problems import BadInput
from kfit_teach.common.wire import PhaseBegan
from kfit_teach.front.comparison import Comparison
from kfit_teach.front.guesses import ChoiceQuestion, NumberQuestion, OrderQuestion
from kfit_teach.front.running.alone import the_machine_alone
from kfit_teach.front.running.lane_bars import CLOCKED_PHASES, LaneBars, clock_begins
from kfit_teach.lessons.recorded import load_recorded

pytestmark = pytest.mark.alone

LONG = {"functions": "train_on_batch", "epochs": 1000}
QUESTIONS = [
    NumberQuestion(
        "How many networks?", lambda comparison: 1, 0, 3, 1, "networks", unit_of_one="network"
    ),
    ChoiceQuestion("Which is largest?", lambda comparison: "fit", ("fit", "none")),
    OrderQuestion("In which order?", lambda comparison: ("a", "b"), ("a", "b")),
]


def all_widgets(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from all_widgets(child)


def texts(panel):
    return [row.text for row in panel._lanes.values()]


def test_run_in_a_script_gives_the_comparison_and_shows_everything(make_panel):
    panel = make_panel(functions=["fit", "train_on_batch"])
    comparison = panel.run()
    assert comparison.all_done and panel.comparison is comparison
    assert all(text.startswith("done, ") and "MiB more than" in text for text in texts(panel))
    shown = panel._outcome.value
    assert "kfit-cards" in shown and "<table>" in shown and 'alt="Bars' in shown
    assert repr(panel).startswith("<ComparePanel: 2 lanes>")


def test_run_returns_at_once_and_stop_ends_the_worker_at_once(make_panel, workers, wait_until):
    panel = make_panel(**LONG)
    began = time.monotonic()
    panel.start()
    assert time.monotonic() - began < 0.2
    wait_until(lambda: "training" in "".join(texts(panel)))
    assert panel.run_button.disabled and not panel.stop_button.disabled
    assert "<img" in panel._picture.value
    time.sleep(2)  # some epochs of 160 images
    stopped = time.monotonic()
    panel.stop()
    wait_until(lambda: not workers())
    assert time.monotonic() - stopped < 0.2
    wait_until(lambda: not panel.run_button.disabled)
    result = panel.comparison.results[0]
    assert result.status == "stopped" and 0 < result.epochs_ended < 1000
    assert texts(panel) == [f"stopped after {result.epochs_ended} of 1000 epochs; these are kept"]
    assert result.timing.images_per_s > 0 and result.memory.peak_extra_mib > 0
    assert "what was measured is kept" in panel.status.value
    assert f"{result.timing.images_per_s:.0f}" in panel._outcome.value
    assert "<img" in panel._outcome.value


def test_nothing_is_drawn_or_sent_while_a_clock_runs(make_panel, monkeypatch):
    panel = make_panel(functions=["fit", "train_on_batch"], epochs=30)
    clocks, sent = [], []
    phase = None

    def tapped(event):
        nonlocal phase
        phase = event.phase if isinstance(event, PhaseBegan) else phase
        if clock_begins(event):
            clocks.append([time.monotonic(), 0])
        elif phase in CLOCKED_PHASES:
            clocks[-1][1] = time.monotonic()
        return clock_begins(event)

    def end(bars, result, really_end=LaneBars.end):
        nonlocal phase
        phase = None
        really_end(bars, result)

    monkeypatch.setattr("kfit_teach.front.panels.compare.clock_begins", tapped)
    monkeypatch.setattr(LaneBars, "end", end)
    panel._lay_out_lanes(panel.settings().experiments())  # so that the rows are there
    for widget in all_widgets(panel.view):
        widget.observe(lambda change: sent.append((time.monotonic(), change)), traitlets.All)
    assert panel.run().all_done
    assert len(clocks) >= 2 and len(sent) > 10
    in_flight_s = 0.15  # a frame that was begun before the clock
    disturbing = [change["new"] for begin, end in clocks for at, change in sent
                  if begin + in_flight_s < at < end]  # fmt: skip
    assert disturbing == []
    assert max(end - begin for begin, end in clocks) > 0.5  # there was time enough to disturb


def test_a_stop_before_an_epoch_has_ended_keeps_the_last_result_on_the_screen(
    make_panel, wait_until
):
    panel = make_panel(functions="train_on_batch")
    whole = panel.run()
    shown = panel._outcome.value
    panel.start()
    panel.stop()
    wait_until(lambda: not panel.is_running)
    assert panel.comparison is whole and panel._outcome.value == shown
    assert "the last result stays" in panel.status.value


def test_the_last_runs_stay_side_by_side(make_panel):
    panel = make_panel({"shuffle": ()}, functions=["fit", "train_on_batch"])
    panel.run()
    assert panel._runs.value == ""
    panel.controls["shuffle"].value = True
    assert "of the last run" in panel.status.value
    panel.run()
    assert len(panel.runs) == 2
    assert "shuffled" in panel._runs.value and "2 runs, 1 network" in panel._runs.value


def test_a_guess_for_other_settings_is_marked_and_run_asks_for_a_new_one(make_panel):
    panel = make_panel({"batch_size": ()}, functions="fit", questions=QUESTIONS[:1])
    panel.rows[0].inputs[0].value = 3
    panel._commit_button.click()
    assert not panel.run_button.disabled
    panel.controls["batch_size"].value = 16
    assert panel.run_button.disabled and "other settings" in panel.status.value
    assert "kfit-stale" in panel.rows[0].box._dom_classes
    panel._commit_button.click()
    assert not panel.run_button.disabled
    assert "kfit-stale" not in panel.rows[0].box._dom_classes


@pytest.mark.long
def test_a_dead_worker_says_so_in_its_lane_and_the_others_go_on(make_panel, workers, wait_until):
    panel = make_panel(epochs=1000)
    panel.start()
    for place, name in enumerate(["SIGKILL", "SIGSEGV", "SIGTERM"]):
        wait_until(lambda place=place: texts(panel) and "training" in texts(panel)[place])
        workers()[0].send_signal(getattr(signal, name))
        wait_until(lambda place=place: texts(panel)[place] == "failed")
        ending = list(panel._lanes.values())[place]._ending.value
        assert f"ended by the signal {name}" in ending
    wait_until(lambda: not panel.is_running)
    with pytest.raises(RuntimeError, match="SIGKILL"):
        panel.refuse(panel.comparison)
    panel._settings |= {"epochs": 1, "functions": "fit"}
    assert panel.run().all_done  # Run works again after such endings


def test_a_lane_over_its_budget_says_at_how_many_mib_and_raises_nothing(make_panel):
    panel = make_panel(functions="fit", memory_budget="10MiB", images_per_epoch=3000)
    comparison = panel.run()
    assert comparison.results[0].status == "over budget"
    assert "MiB more than before training" in panel._lanes["keras fit, arrays"]._ending.value


def test_run_is_locked_until_every_question_has_its_guess(make_panel):
    panel = make_panel(questions=QUESTIONS)
    assert panel.run_button.disabled and panel._commit_button.disabled
    assert "Guess first" in panel.status.value
    panel.rows[0].inputs[0].value = 3
    panel.rows[1].inputs[0].value = "none"
    panel.rows[2].inputs[0].value = panel.rows[2].inputs[1].value = "a"
    assert panel._commit_button.disabled  # the same item twice is no order
    assert "a stands there twice" in panel.rows[2]._why_not.value
    panel.rows[2].inputs[1].value = "b"
    assert not panel._commit_button.disabled
    panel._commit_button.click()
    assert not panel.run_button.disabled


def test_guesses_are_kept_with_the_result_and_shown_beside_it(make_panel, tmp_path):
    panel = make_panel({"batch_size": ()}, functions="fit", questions=QUESTIONS[:1])
    panel.rows[0].inputs[0].value = 3
    panel._commit_button.click()
    panel.run()
    assert "You expected 3 networks. There was 1." in panel._outcome.value
    panel.saving.file.value = str(tmp_path / "mine.json")
    panel.saving.button.click()
    assert f"Saved as {tmp_path / 'mine.json'}." in panel.saving.told.value
    loaded = Comparison.load(tmp_path / "mine.json")
    assert loaded.guesses == panel.comparison.guesses and loaded.guesses[0].guess == 3
    panel.controls["batch_size"].value = 16
    assert panel.run().guesses == []  # it was a guess for other settings


def test_a_file_is_replaced_only_when_asked_again(make_panel, tmp_path):
    panel = make_panel()
    panel.result = load_recorded("start_here")
    mine = tmp_path / "mine.json"
    mine.write_text("something of mine")
    panel.saving.file.value = str(mine)
    panel.saving.button.click()
    assert "is there already" in panel.saving.told.value
    assert mine.read_text() == "something of mine"
    panel.saving.file.value = str(tmp_path / "other.json")
    panel.saving.button.click()
    assert "Saved as" in panel.saving.told.value and mine.read_text() == "something of mine"
    panel.saving.file.value = str(mine)
    panel.saving.button.click()
    panel.saving.button.click()
    assert Comparison.load(mine) == panel.comparison


def test_a_result_that_cannot_be_saved_says_why_and_loses_nothing(make_panel, tmp_path):
    panel = make_panel()
    panel.result = load_recorded("start_here")
    for file in (tmp_path / "no" / "folder.json", tmp_path / "mine.txt"):
        panel.saving.file.value = str(file)
        panel.saving.button.click()
        assert file.name in panel.saving.told.value or str(file) in panel.saving.told.value
    assert panel.comparison.all_done and not list(tmp_path.glob("*.txt"))


def test_skip_unlocks_run_without_a_guess(make_panel):
    panel = make_panel(questions=QUESTIONS)
    panel._skip_button.click()
    assert not panel.run_button.disabled


def test_settings_that_do_not_go_together_are_explained_under_the_controls(make_panel):
    panel = make_panel({"loader": ("natural", "tf_data")}, functions=["fit", "fit_generator"])
    assert panel._why_not.value == ""
    panel.controls["loader"].value = "tf_data"
    assert "fit_generator cannot train from the loader" in panel._why_not.value
    assert panel.run_button.disabled
    with pytest.raises(BadInput):
        panel.run()
    panel.controls["loader"].value = "natural"
    assert panel._why_not.value == "" and not panel.run_button.disabled
    panel.trouble = None


def test_after_a_run_the_code_and_a_recorded_result_can_be_shown(make_panel):
    panel = make_panel()
    panel.result = panel._recorded = load_recorded("start_here")
    panel._refresh_outcome()
    panel._show_code.value = True
    assert "model.fit(" in panel._code.value and "train_on_batch(" in panel._code.value
    panel._show_code.value = False
    assert panel._code.value == ""
    plain = panel._outcome.value
    panel._show_recorded.value = True
    assert panel._outcome.value != plain and "recorded on" in panel._outcome.value
    assert "keras 3" in panel._recorded_told.value  # what is compared stands beside the button
    shown = panel.recorded()._repr_mimebundle_()["text/html"]
    assert shown.startswith("<details><summary") and "Same weights" in shown


@pytest.mark.long
def test_a_click_trains_at_once_where_a_worker_waits(make_panel, workers, wait_until):
    panel = make_panel(functions=["fit", "train_on_batch"])
    panel.warm_up()
    wait_until(lambda: workers() and panel.warm._is_ready)
    warm, cold = panel.run().results
    assert warm.timing.start_up_s is None  # it tells nothing of starting up
    first_batch = {r.experiment.training_function: r.timing for r in (warm, cold)}
    seconds_warm = first_batch["fit"].phases_s["first epoch"]
    assert seconds_warm < 0.6 * first_batch["train_on_batch"].phases_s["first epoch"]
    assert warm.weights_sha256 == cold.weights_sha256
    assert abs(warm.memory.base_mib - cold.memory.base_mib) < 20
    wait_until(lambda: panel.warm._worker and panel.warm._is_ready)  # for the next click


@pytest.mark.long
def test_nothing_is_imported_while_a_measured_run_is_on(make_panel, workers):
    panel = make_panel()
    with the_machine_alone(print):
        panel.warm_up()
        panel.thread.put(lambda: None).result(10)
        assert workers() == [] and panel.warm._worker is None
    panel.warm_up()
    panel.thread.put(lambda: None).result(30)
    assert len(workers()) == 1


def test_stop_is_at_once_while_a_worker_is_still_being_prepared(make_panel, workers, wait_until):
    panel = make_panel()
    panel.warm_up()
    wait_until(lambda: workers())
    panel.start()
    stopped = time.monotonic()
    panel.stop()
    wait_until(lambda: not panel.is_running)
    assert time.monotonic() - stopped < 1
    assert panel.comparison.results == []


@pytest.mark.long
def test_only_the_panel_shown_last_keeps_a_worker_waiting(make_panel, workers, wait_until):
    first, second = make_panel(), make_panel()
    first.warm_up()
    wait_until(lambda: first.warm._is_ready)
    second.warm_up()
    wait_until(lambda: second.warm._is_ready and len(workers()) == 1)


def test_a_panel_can_be_shown_and_has_a_short_text(make_panel):
    panel = make_panel(epochs=3)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "<ComparePanel: 3 lanes, not run yet>"
    assert json.dumps(bundle["application/vnd.jupyter.widget-view+json"])
    assert "make lab" in bundle["text/html"]  # its still face, for a page without a kernel


@pytest.mark.parametrize(
    ("method", "cause"),
    [
        ("refresh_buttons", lambda panel: setattr(panel.controls["batch_size"], "value", 16)),
        ("commit", lambda panel: panel._commit_button.click()),
        ("skip", lambda panel: panel._skip_button.click()),
        ("settings", lambda panel: panel.run_button.click()),
        ("work", lambda panel: panel.run_button.click()),
        ("_refresh_code", lambda panel: setattr(panel._show_code, "value", True)),
        ("_refresh_outcome", lambda panel: setattr(panel._show_recorded, "value", True)),
        ("_paint", lambda panel: panel.run_button.click()),
    ],
)
def test_an_exception_in_any_callback_is_kept_and_shown(
    make_panel, wait_until, monkeypatch, method, cause
):
    make_panel.trouble_is_expected = True

    def planted(*arguments):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(f"kfit_teach.front.panels.compare.ComparePanel.{method}", planted)
    monkeypatch.setattr("kfit_teach.front.panels.base.Panel._forget_trouble", lambda panel: None)
    try:
        panel = make_panel({"batch_size": (16, 32)}, functions="fit")
    except ZeroDivisionError:
        return  # it cannot even be made, which nobody overlooks
    panel.rows = []
    cause(panel)
    wait_until(lambda: panel.trouble is not None)
    assert panel.trouble["sentence"] == "ZeroDivisionError: planted"
    assert "planted" in panel.trouble_shown.value


@pytest.mark.long
def test_fifty_runs_and_stops_leave_nothing_behind(synthetic_cache):
    often = Path(__file__).with_name("run_and_stop_often.py")
    ran = subprocess.run([sys.executable, often], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    early, late = map(json.loads, ran.stdout.splitlines())
    for kind in ("threads", "children", "files"):
        assert late[kind] <= early[kind], kind
    assert late["objects"] < early["objects"] + 500  # a row that is made anew costs 70 a run
    assert late["mib"] - early["mib"] < 20
