"""The download, from a real server on this machine: whole, refused, cut short, something else."""

import gc
import io
import os
import re
import socket
import subprocess
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tqdm import tqdm

from kfit_teach import load_flowers
from kfit_teach.common.flowers import oxford

# The downloader leaves the socket of an answer that it gave up on to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def _sockets_are_collected():
    yield
    gc.collect()


def letters_archive():
    """An archive of something else."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("letters/a.txt"))
    return file.getvalue()


@pytest.fixture
def server(monkeypatch):
    """The address of a server; `server.files` maps a path to (body, the length it tells)."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    files = {
        "/text": (b"Moved to another page.", None),
        "/letters.tgz": (letters_archive(), None),
        "/short.tgz": (bytes(1000), 60_000_000),
        "/slow.tgz": (bytes(400_000), None),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path not in files:
                self.send_error(404)
                return
            body, told = files[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(told or len(body)))
            self.end_headers()
            step = 100_000 if self.path == "/slow.tgz" else len(body)
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                if step < len(body):
                    time.sleep(0.15)  # longer than a progress bar waits before it is drawn anew

        def log_message(self, *told):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.files, running.address = files, f"http://127.0.0.1:{running.server_port}"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def closed_address():
    """An address where nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/17flowers.tgz"


def serve_real(server, real_archive):
    server.files["/17flowers.tgz"] = (real_archive.read_bytes(), None)
    return f"{server.address}/17flowers.tgz"


def test_a_download_is_checked_kept_and_used_from_then_on(server, real_archive, cache):
    address = serve_real(server, real_archive)
    archive = oxford.download(cache, address=address)
    assert archive == cache / "17flowers.tgz"
    assert archive.read_bytes() == server.files["/17flowers.tgz"][0]
    assert list(cache.iterdir()) == [archive]
    flowers = load_flowers("oxford", image_size=16)
    assert flowers.checked == "all 1360 originals match the sha256 in data/flowers17.csv"
    archive.unlink()


def test_the_command_downloads_and_says_how_it_was_checked(server, real_archive, cache, command):
    ended = command("data", "download", "--address", serve_real(server, real_archive))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        f"{cache / '17flowers.tgz'}: all 1360 originals match the sha256 in data/flowers17.csv\n"
    )
    (cache / "17flowers.tgz").unlink()


FAULTS = [
    ("/absent.tgz", "could not be fetched (404"),
    ("/short.tgz", "could not be fetched (the transfer was cut short)"),
    ("/text", "cannot be read as an archive"),
    ("/letters.tgz", "so it is not Flowers-17"),
]


@pytest.mark.parametrize(("path", "fault"), FAULTS)
def test_a_download_that_fails_is_told_in_one_sentence_and_leaves_nothing(
    path, fault, server, cache, refusal
):
    sentence = refusal(oxford.download, cache, address=server.address + path)
    assert server.address + path in sentence
    assert fault in sentence
    assert str(cache) not in sentence
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(("path", "fault"), FAULTS)
def test_the_command_exits_with_2_where_a_download_fails(path, fault, server, cache, command):
    ended = command("data", "download", "--address", server.address + path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("kfit-teach: ")
    assert ended.stderr.count("\n") == 1
    assert fault in ended.stderr
    assert list(cache.iterdir()) == []


def test_an_earlier_download_outlives_one_that_fails(server, cache, refusal):
    (cache / "17flowers.tgz").write_bytes(b"an earlier download")
    for path, _ in FAULTS:
        refusal(oxford.download, cache, address=server.address + path)
    assert (cache / "17flowers.tgz").read_bytes() == b"an earlier download"
    assert len(list(cache.iterdir())) == 1


def test_what_a_killed_download_left_is_removed_and_a_living_one_is_not(server, cache, refusal):
    left, living = cache / "fetched-17-1.tgz", cache / "fetched-17-2.tgz"
    for file in (left, living):
        file.write_bytes(b"half")
    long_ago = time.time() - 2 * oxford.LONG_DEAD_S
    os.utime(left, (long_ago, long_ago))
    refusal(oxford.download, cache, address=f"{server.address}/absent.tgz")
    assert list(cache.iterdir()) == [living]


def test_where_nobody_answers_the_sentence_names_the_address(closed_address, cache, refusal):
    sentence = refusal(oxford.download, cache, address=closed_address)
    assert f"{closed_address} could not be fetched (no connection); check the network" in sentence
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("address", ["17flowers.tgz", "file:///etc/passwd", "http://", "x://y"])
def test_an_address_that_is_none_is_refused(address, cache, refusal):
    assert f"{address} could not be fetched (" in refusal(oxford.download, cache, address=address)
    assert list(cache.iterdir()) == []


def test_a_progress_bar_counts_the_bytes(server, cache, refusal):
    drawn = io.StringIO()
    with tqdm(total=1, file=drawn, mininterval=0) as bar:
        refusal(oxford.download, cache, address=f"{server.address}/slow.tgz", bar=bar)
    assert "/400000" in drawn.getvalue()


def test_the_command_draws_the_progress_on_a_terminal(server, cache, command):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    terminal, end = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    program = command("--help").args[0]
    words = ["data", "download", "--address", f"{server.address}/slow.tgz"]
    with subprocess.Popen([program, *words], stdout=end, stderr=end, stdin=end) as process:
        os.close(end)
        drawn = b""
        try:
            while piece := os.read(terminal, 4096):
                drawn += piece
        except OSError:
            pass  # on Linux, the end of a terminal is an error
        os.close(terminal)
    assert process.returncode == 2
    assert re.search(rb"17flowers.tgz:.*[1-9][\d.]*k of 400k bytes", drawn)
