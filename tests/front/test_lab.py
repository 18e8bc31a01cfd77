import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.alone

ADDRESS = r"http://127\.0\.0\.1:(\d+)/lab\S*\?token=(\w+)"
COMMAND = str(Path(sys.executable).parent / "kfit-teach")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A real JupyterLab, started as `make lab` starts it, with the address that it prints."""
    folder = tmp_path_factory.mktemp("lab")
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME")}
    printed = folder / "printed"
    with printed.open("w") as log:
        process = subprocess.Popen(
            [COMMAND, "lab", "--no-browser", "--port=0", "--allow-root"],
            stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **own},
        )  # fmt: skip
    address, end = None, time.monotonic() + 60
    while not address and time.monotonic() < end and process.poll() is None:
        time.sleep(0.2)
        address = re.search(ADDRESS, printed.read_text())
    assert address, printed.read_text()
    yield process, address
    for one in [*psutil.Process(process.pid).children(recursive=True), process]:
        one.terminate()
    process.wait(20)


def status_of(address):
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_it_opens_on_the_first_lesson(lab):
    assert "/lab/tree/notebooks/00_start_here.ipynb" in lab[1][0]


def test_it_listens_on_this_machine_only(lab):
    process, address = lab
    listening = [
        connection.laddr
        for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        for connection in one.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert int(address[1]) in {port for _, port in listening}
    assert {host for host, _ in listening} == {"127.0.0.1"}


def test_without_its_token_it_gives_nothing_away(lab):
    contents = f"http://127.0.0.1:{lab[1][1]}/api/contents/notebooks/00_start_here.ipynb"
    assert status_of(contents) == 403
    assert status_of(f"{contents}?token={lab[1][2]}") == 200
