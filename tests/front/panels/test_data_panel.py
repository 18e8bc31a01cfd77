"""The panel that fetches the photographs, from a real server on this machine."""

import gc
import html
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kfit_teach import load_flowers
from kfit_teach.common.problems import BadInput
from kfit_teach.front.panels.data import FETCH, DataPanel

# The downloader leaves the socket of an answer that it gave up on to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

ALL, FIRST, PIECE = 60_000_000, 12_000_000, 1_000_000


class Server(ThreadingHTTPServer):
    """Serves what is in `files`, and at /held.tgz 60 MB, of which 48 wait for `go_on`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.go_on = {"/text.tgz": b"Moved."}, [], threading.Event()

    def address(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *told):
        """Say nothing of a client that has gone away."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/held.tgz":
            self.hold_back()
        elif self.path in self.server.files:
            self.begin(len(self.server.files[self.path]))
            self.wfile.write(self.server.files[self.path])
        elif self.path == "/short.tgz":
            self.begin(ALL)
            self.wfile.write(bytes(1000))
        else:
            self.send_error(404)

    def begin(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def hold_back(self):
        self.begin(ALL)
        for sent in range(0, ALL, PIECE):
            if sent == FIRST:
                self.server.go_on.wait(60)
            self.wfile.write(bytes(PIECE))

    def log_message(self, *told):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.go_on.set()
    running.shutdown()
    thread.join()
    running.server_close()
    gc.collect()


@pytest.fixture
def make_data_panel(nothing_at_hand, monkeypatch):
    """Makes panels where nothing is at hand; their threads must end with them."""
    monkeypatch.delenv("KFIT_TEACH_IMAGES", raising=False)
    made, before = [], set(threading.enumerate())

    def make(address=None):
        made.append(DataPanel(address))
        return made[-1]

    yield make
    for panel in made:
        panel.close()
    assert not [one for one in set(threading.enumerate()) - before if "kfit_teach" in one.name]


def text_of(panel):
    return html.unescape(panel._found.value)


def test_it_says_that_the_stand_in_is_used_and_that_no_licence_is_stated(make_data_panel):
    panel = make_data_panel()
    assert repr(panel) == (
        "<DataPanel: You train on the drawn stand-in. The real photographs are not here.>"
    )
    assert panel.sentence in text_of(panel)
    assert "Flowers-17: 1360 images, 17 classes" in text_of(panel)
    assert any("carry no licence" in getattr(part, "value", "") for part in panel.view.children)
    assert panel.run_button.description == FETCH
    assert not panel.run_button.disabled and panel.stop_button.disabled


def test_shown_in_a_cell_it_is_a_widget_and_starts_no_worker(make_data_panel, workers):
    panel = make_data_panel()
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(panel)
    assert workers() == [] and not panel.is_running


def test_progress_is_seen_a_second_click_does_nothing_and_stop_keeps_nothing(
    make_data_panel, server, wait_until, nothing_at_hand
):
    panel = make_data_panel(server.address("/held.tgz"))
    began = time.monotonic()
    panel.run_button.click()
    assert time.monotonic() - began < 0.5
    wait_until(lambda: panel._row.text == "12 of 60 MB")
    assert (panel._row._bar.value, panel._row._bar.max) == (12, 60)
    assert panel.run_button.disabled and not panel.stop_button.disabled
    panel.run_button.click()
    panel.start()
    assert server.asked == ["/held.tgz"]
    panel.stop_button.click()
    assert "Stopping" in panel.status.value
    server.go_on.set()
    wait_until(lambda: panel.stop_button.disabled and not panel.run_button.disabled)
    assert "Stopped. Nothing of it was kept." in panel.status.value
    assert panel.trouble is None
    assert list(nothing_at_hand.iterdir()) == []


def test_closing_it_ends_the_download(make_data_panel, server, wait_until, nothing_at_hand):
    panel = make_data_panel(server.address("/held.tgz"))
    panel.start()
    wait_until(lambda: panel._row.text == "12 of 60 MB")
    panel.stop()
    server.go_on.set()
    panel.close()
    assert list(nothing_at_hand.iterdir()) == []


def test_two_panels_that_fetch_at_once_write_to_files_of_their_own(
    make_data_panel, server, wait_until, nothing_at_hand
):
    panels = [make_data_panel(server.address("/held.tgz")) for _ in range(2)]
    for panel in panels:
        panel.start()
        wait_until(lambda panel=panel: panel._row.text == "12 of 60 MB")
    assert len(list(nothing_at_hand.iterdir())) == 2
    for panel in panels:
        panel.stop()
    server.go_on.set()
    wait_until(lambda: not any(panel.is_running for panel in panels))
    assert list(nothing_at_hand.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/absent.tgz", "could not be fetched (404"),
        ("/short.tgz", "could not be fetched (the transfer was cut short)"),
        ("/text.tgz", "cannot be read as an archive"),
    ],
)
def test_a_failure_is_told_in_one_sentence_and_leaves_nothing(
    path, fault, make_data_panel, server, nothing_at_hand
):
    panel = make_data_panel(server.address(path))
    with pytest.raises(BadInput, match=r"127\.0\.0\.1"):
        panel.run()
    assert fault in panel.trouble["sentence"]
    assert fault in html.unescape(panel.trouble_shown.value)
    assert "Traceback" not in panel.trouble_shown.value
    assert list(nothing_at_hand.iterdir()) == []
    assert panel._row.box.layout.display == "none"
    assert "not here" in repr(panel)


def test_after_a_failure_it_can_be_tried_again(make_data_panel, server, wait_until):
    panel = make_data_panel(server.address("/absent.tgz"))
    for count in (1, 2):
        panel.run_button.click()
        wait_until(lambda: not panel.run_button.disabled)
        assert panel.trouble and len(server.asked) == count


def test_no_path_of_the_home_folder_is_shown(synthetic_cache, make_data_panel, monkeypatch):
    home = synthetic_cache.parent
    monkeypatch.setenv("HOME", str(home))
    panel = make_data_panel()
    assert str(home) not in text_of(panel)
    assert f"~{os.sep}cache{os.sep}synthetic-16-recipe1.npy" in text_of(panel)
    (home / "a file").touch()
    monkeypatch.setenv("KFIT_TEACH_CACHE", str(home / "a file"))
    with pytest.raises(BadInput):
        panel.run()
    assert panel.trouble["sentence"].startswith(f"The cache folder ~{os.sep}a file cannot be used")


def test_images_that_cannot_be_used_are_told_in_its_sentence(make_data_panel, monkeypatch):
    monkeypatch.setenv("KFIT_TEACH_FLOWERS17", "nowhere.tgz")
    panel = make_data_panel()
    assert "Your images cannot be used: nowhere.tgz does not exist" in text_of(panel)
    assert panel.trouble is None and not panel.run_button.disabled


def serve_real(server, real_archive):
    server.files["/17flowers.tgz"] = real_archive.read_bytes()
    return server.address("/17flowers.tgz")


def test_what_was_fetched_is_what_you_train_on_from_then_on(
    real_archive, make_data_panel, server, nothing_at_hand
):
    panel = make_data_panel(serve_real(server, real_archive))
    archive = panel.run()
    assert list(nothing_at_hand.iterdir()) == [archive] == [nothing_at_hand / "17flowers.tgz"]
    assert "kt.load_flowers() now gives you these" in panel.status.value
    assert panel.sentence == "You train on the real photographs of Flowers-17."
    assert "all originals match the sha256" in text_of(panel)
    assert panel.run_button.disabled
    assert load_flowers(image_size=16).settings.images == "oxford"
    archive.unlink()


def test_where_the_stand_in_is_asked_for_it_says_how_to_get_the_photographs(
    real_archive, make_data_panel, server, monkeypatch
):
    panel = make_data_panel(serve_real(server, real_archive))
    monkeypatch.setenv("KFIT_TEACH_IMAGES", "synthetic")
    archive = panel.run()
    assert "since KFIT_TEACH_IMAGES says so" in panel.sentence
    assert "now gives you these" not in panel.status.value
    archive.unlink()
