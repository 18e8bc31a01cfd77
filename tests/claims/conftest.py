"""Asks both libraries once, each in a process of its own, what they do (see probe.py)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).parent / "probe.py"
collect_ignore = ["probe.py", "probes"]  # scripts


class Found:
    """What one installed library did."""

    def __init__(self, library, told):
        self.library, self.version, self._found = library, told["version"], told["found"]

    def answer(self, question):
        """What was answered; a question that ended in an error fails the test with that error."""
        found = self._found[question]
        assert found["error"] is None, f"{self.library} {self.version}: {found['error']}"
        return found["answer"]

    def error(self, question):
        """The error that the question ended in, as "Kind: text"."""
        found = self._found[question]
        assert found["error"], f"{self.library} {self.version} answered {found['answer']}"
        return ": ".join(found["error"])

    def warnings(self, question):
        """What was warned of on the way, as one text."""
        return "\n".join(self._found[question]["warned"])


@pytest.fixture(scope="session")
def both():
    """What keras and tf_keras do: a dict of two Found."""
    asked = {
        library: subprocess.Popen(
            [sys.executable, str(PROBE), library], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for library in ("keras", "tf_keras")
    }  # fmt: skip
    told = {library: process.communicate(timeout=200) for library, process in asked.items()}
    for library, process in asked.items():
        assert process.returncode == 0, told[library][1][-2000:]
    return {library: Found(library, json.loads(line)) for library, (line, _) in told.items()}


@pytest.fixture
def keras(both):
    """Keras 3 as it is installed."""
    return both["keras"]


@pytest.fixture
def tf_keras(both):
    """tf_keras as it is installed."""
    return both["tf_keras"]


@pytest.fixture(params=["keras", "tf_keras"])
def either(request, both):
    """Each of the two, for what both do alike."""
    return both[request.param]
