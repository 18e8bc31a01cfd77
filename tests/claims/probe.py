"""Asks an installed library what it does, and prints the answers as JSON.

    python tests/claims/probe.py keras

Each public function of the modules in probes/ is one question, asked of the library given. An
answer is what the function returned, or the error that it ended with, and what was warned of.
"""

import importlib
import inspect
import json
import os
import sys
import time
import warnings
from pathlib import Path

TOPICS = ("names", "epochs", "inputs", "validating", "compiling", "stepping", "images")


def questions():
    """Yield (name, function) of every probe; helpers of a module begin with an underscore."""
    for topic in TOPICS:
        module = importlib.import_module(f"probes.{topic}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            takes = list(inspect.signature(function).parameters)
            if takes == ["keras"] and function.__module__ == module.__name__ and name[0] != "_":
                yield f"{topic}.{name}", function


def ask(function, keras):
    """Ask one question: its answer, its error as (kind, text), the warnings."""
    answer, error, started = None, None, time.perf_counter()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            answer = function(keras)
        except Exception as problem:
            error = [type(problem).__name__, str(problem)]
    return {"answer": answer, "error": error, "seconds": time.perf_counter() - started,
            "warned": sorted({str(one.message)[:300] for one in warned})}  # fmt: skip


def main(library):
    """Ask the library everything, and print one line of JSON."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints does not come between
    sys.path.insert(0, str(Path(__file__).parent))
    keras = importlib.import_module(library)
    told = {name: ask(function, keras) for name, function in questions()}
    out.write(json.dumps({"version": keras.__version__, "found": told}, default=str) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
