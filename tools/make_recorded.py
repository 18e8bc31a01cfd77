"""Makes the recorded results of the lessons again, always with the synthetic images.

    python tools/make_recorded.py

They are what a learner's own result is laid beside, and what is shown where none can be had. Run it
on a quiet machine.
"""

import os

from kfit_teach.lessons import start_here, three_doors
from kfit_teach.lessons.recorded import recorded_file

PANEL_OF = {
    "start_here": start_here.panel,
    "three_doors": three_doors.same_weights_panel,
    "order": three_doors.order_panel,
}


def main():
    """Run every panel and write its result."""
    os.environ.pop("KFIT_TEACH_FLOWERS17", None)
    os.environ["KFIT_TEACH_IMAGES"] = "synthetic"
    for name, make_panel in PANEL_OF.items():
        panel = make_panel()
        comparison = panel.run()
        panel.close()
        recorded_file(name).parent.mkdir(exist_ok=True)
        comparison.save(recorded_file(name))
        print(comparison.report(), "\n", flush=True)


if __name__ == "__main__":
    main()
