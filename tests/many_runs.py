"""Runs the worker's training task again and again in one process, to spare the tests its start.

Each line of standard input is a task; each line of standard output tells what came of it. What
needs a process of its own, memory above all, is not tested here.
"""

import gc
import os
import queue
import sys
import time

from kfit_teach.common.wire import Finished, Train, write_line
from kfit_teach.worker.failing import failure
from kfit_teach.worker.tasks import Link, train
from kfit_teach.worker.training import libraries

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
for line in sys.stdin:
    task = Train.model_validate_json(line)
    keras = libraries.load_library(task.experiment.library)
    now_s = time.monotonic()
    link = Link(lambda event: None, queue.SimpleQueue(), started_s=now_s, taken_s=now_s)
    try:
        answer = Finished(result=train(task, link))
    except Exception as error:
        answer = failure(error)
    answers.write(write_line(answer))
    keras.backend.clear_session()
    gc.collect()
