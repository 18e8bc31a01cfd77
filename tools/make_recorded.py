"""Makes the recorded results of the lessons again, always with the synthetic images.

    python tools/make_recorded.py [PANEL ...]

They are what a learner's own result is laid beside, and what is shown where none can be had. Run it
on a quiet machine.
"""

import os
import sys

from kfit_teach.lessons.lesson import all_lessons
from kfit_teach.lessons.recorded import recorded_file


def main():
    """Run every panel and write its result."""
    os.environ.pop("KFIT_TEACH_FLOWERS17", None)
    os.environ["KFIT_TEACH_IMAGES"] = "synthetic"
    os.environ["KFIT_TEACH_RECORD"] = "off"
    panels = {name: make for lesson in all_lessons() for name, make in lesson.panels.items()}
    for name in sys.argv[1:] or panels:
        panel = panels[name]()
        result = panel.run()
        panel.close()
        recorded_file(name).parent.mkdir(exist_ok=True)
        result.save(recorded_file(name))
        print(result.report(), "\n", flush=True)


if __name__ == "__main__":
    main()
