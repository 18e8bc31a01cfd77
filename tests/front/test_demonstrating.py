"""Demonstrations of any kind, by call_times: a real worker, its pieces, its endings, its JSON."""

import json
import threading

import psutil
import pytest

import kfit_teach as kt
from kfit_teach.common import demonstrations, wire
from kfit_teach.common.problems import BadInput
from kfit_teach.common.progress import no_progress_bar
from kfit_teach.front.demonstrating import prepare_demonstration, run_demonstration
from kfit_teach.front.demonstrations import shown_as
from kfit_teach.front.results import load_result

SMALL = {"images": "synthetic", "image_size": 16}


def prepared(**settings):
    return prepare_demonstration("call_times", bar=no_progress_bar, **SMALL | settings)


@pytest.fixture(scope="module")
def shown():
    return kt.demonstrate("call_times", bar=no_progress_bar, sizes=(8, 4, 8), **SMALL)


def test_it_tells_its_pieces_and_where_it_ran(shown):
    assert [piece.images for piece in shown.pieces] == [8, 4, 8]
    assert shown.all_done and shown.has_results and shown.seconds > 0
    assert shown.machine.versions["keras"] in shown.report()
    assert "synthetic stand-in images" in shown.report()


def test_it_goes_to_a_file_and_back(shown, tmp_path):
    shown.save(tmp_path / "shown.json")
    assert load_result(tmp_path / "shown.json") == shown
    assert type(shown).load(tmp_path / "shown.json") == shown


def test_a_file_that_was_changed_is_refused_in_a_sentence(shown, tmp_path):
    told = json.loads(shown.model_dump_json())
    (tmp_path / "other.json").write_text(json.dumps(told | {"settings": {"sizes": [0]}}))
    with pytest.raises(BadInput, match="is not a result of “Which call is slow\\?”"):
        load_result(tmp_path / "other.json")
    (tmp_path / "none.json").write_text(json.dumps(told | {"demonstration": "../cli"}))
    with pytest.raises(BadInput, match=r"There is no demonstration '../cli'"):
        load_result(tmp_path / "none.json")


@pytest.mark.long
def test_what_was_told_before_a_stop_is_kept():
    shown, stop = prepared(sizes=range(1, 41)), threading.Event()

    def stop_after_the_first_piece(seen, event):
        if isinstance(event, wire.PieceMade):
            stop.set()

    run_demonstration(shown, stop_after_the_first_piece, stop, no_progress_bar)
    assert 1 <= len(shown.pieces) < 40 and not shown.all_done
    assert shown.runs[0].status == "stopped"
    assert shown.cards()[0].headline == "keras: stopped" and "1" in shown.report()


@pytest.mark.long
def test_a_worker_that_dies_is_told_of_and_its_pieces_are_kept():
    shown = prepared(sizes=range(1, 41))

    def kill_after_the_first_piece(seen, event):
        if isinstance(event, wire.PieceMade) and len(seen.pieces) == 1:
            for child in psutil.Process().children():
                if "kfit_teach.worker" in child.cmdline():
                    child.kill()

    run_demonstration(shown, kill_after_the_first_piece, bar=no_progress_bar)
    assert shown.runs[0].status == "failed" and shown.pieces
    assert "SIGKILL" in shown.cards()[0].detail


@pytest.mark.parametrize("name", demonstrations.names())
def test_before_anything_is_told_there_is_a_picture_and_a_report(name):
    shown = prepare_demonstration(name, bar=no_progress_bar, images="synthetic", image_size=16)
    assert shown.draw() is not None and len(shown.tell()) > 10
    assert "Nothing was measured." in shown.report() and not shown.all_done


@pytest.mark.parametrize("name", demonstrations.names())
def test_each_demonstration_says_what_it_is(name):
    settings, shown = demonstrations.demonstration(name).Settings, shown_as(name)
    assert settings.what and shown.title
    assert all(field.title and field.description for field in settings.model_fields.values())
    assert shown.model_fields["demonstration"].default == name


def test_a_demonstration_that_is_not_there_is_refused_with_the_nearest_name():
    with pytest.raises(BadInput, match="did you mean 'call_times'"):
        kt.demonstrate("call_time")
