"""Runs the worker's training task again and again in one process, to spare the tests its start.

Each line of standard input is a task; each line of standard output is what came of it. What needs a
process of its own, memory above all, is not tested here.
"""

import gc
import json
import os
import sys
import time
import traceback

from kfit_teach.worker import TASKS
from kfit_teach.worker.training import libraries

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
for line in sys.stdin:
    task = json.loads(line)
    keras = libraries.load_library(task["experiment"]["library"])
    try:
        answer = TASKS["train"](task | {"started_s": time.monotonic()}, lambda event: None, None)
    except Exception:
        answer = {"traceback": traceback.format_exc()}
    answers.write(json.dumps(answer) + "\n")
    keras.backend.clear_session()
    gc.collect()
