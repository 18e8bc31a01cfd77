import time

import pytest

import kfit_teach as kt
from kfit_teach.common import wire
from kfit_teach.front.demonstrations.call_times import CallTimes
from kfit_teach.front.guesses import NumberQuestion
from kfit_teach.front.panels import demonstration

SMALL = {"images": "synthetic", "image_size": 16, "sizes": (8, 4, 8)}


def slow_calls(shown):
    return float(len(shown.slow_calls())) if shown.pieces else None


@pytest.fixture
def panel():
    question = NumberQuestion("How many calls are slow?", slow_calls, 0, 3, 1, subject="first")
    panel = kt.DemonstrationPanel("call_times", {"library": ()}, [question], **SMALL)
    yield panel
    panel.close()
    assert panel.trouble is None


def guess(panel, number):
    panel.rows[0].inputs[0].value = number
    panel.commit()


def test_a_guess_is_asked_for_and_laid_beside_what_was_measured(panel):
    assert panel.run_button.disabled
    guess(panel, 3)
    assert not panel.run_button.disabled
    shown = panel.run()
    assert shown.guesses[0].guess == 3 and shown.guesses[0].measured == slow_calls(shown)
    assert "You expected 3." in panel._outcome.value and "<img" in panel._outcome.value
    assert panel._picture.value == ""  # the live one has gone


@pytest.mark.long
def test_earlier_runs_stay_below_with_what_differs(panel):
    panel.skip()
    panel.run()
    assert panel._runs.value == ""
    panel.controls["library"].value = "tf_keras"
    panel.run()
    assert "Before: keras" in panel._runs.value and "tf_keras" in panel._outcome.value


def test_nothing_is_drawn_while_a_clock_runs(panel, monkeypatch):
    clocked, drawn = [], []
    run, draw = demonstration.run_demonstration, CallTimes.draw

    def noted_run(shown, watch, *more):
        def noted_watch(seen, event):
            watch(seen, event)
            if isinstance(event, wire.ClockRuns):
                clocked.append((time.monotonic(), event.runs))

        run(shown, noted_watch, *more)

    def noted_draw(self):
        start = time.monotonic()
        figure = draw(self)
        drawn.append((start, time.monotonic()))
        return figure

    monkeypatch.setattr(demonstration, "run_demonstration", noted_run)
    monkeypatch.setattr(CallTimes, "draw", noted_draw)
    monkeypatch.setattr(CallTimes, "is_seen_in_picture", lambda self, event: True)
    panel._settings["sizes"] = tuple(range(1, 41))
    panel.skip()
    panel.run()
    starts, ends = ([at for at, runs in clocked if runs is begun] for begun in (True, False))
    assert len(starts) == len(ends) == 40 and len(drawn) >= 3
    # When a clock has run out is known here a moment later, and by then a picture may have begun.
    clocks = [(start, end - 0.01) for start, end in zip(starts, ends, strict=True)]
    assert not [1 for a, b in drawn for start, end in clocks if a < end and start < b]


@pytest.mark.long
def test_stop_keeps_what_was_told(panel):
    panel._settings["sizes"] = tuple(range(1, 41))
    panel.skip()
    panel.start()
    while not (panel.result and panel.result.pieces):
        time.sleep(0.01)
    panel.stop()
    shown = panel.job.result()
    assert 1 <= len(shown.pieces) < 40 and "stopped" in panel._outcome.value
    assert "kept" in panel.status.value


@pytest.mark.long
def test_its_code_is_what_the_worker_runs_and_a_projector_shows_slides(panel):
    panel.skip()
    panel.page.projected = True
    panel.run()
    assert panel._large.value.count("kfit-slide") == 2  # the cards, the picture
    panel._show_code.value = True
    assert "model.train_on_batch(images, labels)" in panel._code.value
