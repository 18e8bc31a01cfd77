"""Runs and stops a panel 65 times and prints what the process holds after 15 and after 65 of them.

It is a script of its own, since the memory of a process that has run other tests moves by itself.
"""

import gc
import json
import threading
import time

import psutil

from kfit_teach.front.panels.compare import ComparePanel


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("it never came about")
        time.sleep(0.01)


def held():
    gc.collect()
    process = psutil.Process()
    return {
        "threads": threading.active_count(),
        "files": process.num_fds(),
        "children": len(process.children()),
        "objects": len(gc.get_objects()),
        "mib": process.memory_info().rss / 2**20,
    }


def main():
    panel = ComparePanel(
        {}, library="keras", images="synthetic", image_size=16, images_per_epoch=160,
        functions="train_on_batch", epochs=1000,
    )  # fmt: skip
    for cycle in range(1, 66):
        panel.start()
        wait_until(lambda: any("starting" in row.text for row in panel._lanes.values()))
        panel.stop()
        wait_until(lambda: not panel.is_running)
        if cycle in (15, 65):
            print(json.dumps(held()))
    panel.close()


if __name__ == "__main__":
    main()
