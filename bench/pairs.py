"""Every legal pair of training function and loader, in both libraries: one run each.

    python bench/pairs.py [--write]

It prints one table (does it work, the same weights, images/s, share of the ceiling, peak memory).
With --write the table goes into docs/measuring.md, between its two marks. The figures of one run
each are an illustration; `kfit-teach compare --measure` measures.
"""

import argparse
import re
from collections import Counter
from datetime import date
from pathlib import Path

from tabulate import tabulate

from kfit_teach.common.experiment import LIBRARIES, Experiment
from kfit_teach.common.flowers import open_flowers
from kfit_teach.common.flowers.forms import prepare_form
from kfit_teach.common.flowers.store import prepare_images
from kfit_teach.common.loaders import LOADERS, TRAINING_FUNCTIONS, is_legal
from kfit_teach.common.progress import progress_bar
from kfit_teach.front.running.runner import run_experiment

PAGE = Path(__file__).parent.parent / "docs" / "measuring.md"
BEGIN, END = "<!-- pairs: begin -->", "<!-- pairs: end -->"
# 680 images are 20 full batches of 34, so that the tutorial's reader can do the same work too.
SETTINGS = {"images": "synthetic", "image_size": 64, "batch_size": 34, "epochs": 3}
HEADS = ["loader", "training function", "works", "same weights", "images/s", "of the ceiling",
         "peak MiB over the base"]  # fmt: skip


def main():
    """Run every pair, print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/measuring.md")
    options = parser.parse_args()
    text = "\n\n".join(section(library) for library in LIBRARIES)
    print(text)
    if options.write:
        page = PAGE.read_text()
        pattern = f"{re.escape(BEGIN)}.*{re.escape(END)}"
        PAGE.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page, flags=re.S))


def section(library):
    """Run the pairs of one library; give their table in Markdown, with its heading."""
    results = list(run_pairs(library))
    machine = next(result.machine for result in results if result.machine)
    hashes = Counter(result.weights_sha256 for result in results if result.weights_sha256)
    usual = hashes.most_common(1)[0][0]
    rows = [row_of(result, usual) for result in results]
    return (
        f"**{library} {machine.versions[library]}**, small network, 680 images of the stand-in at "
        f"{SETTINGS['image_size']} px, batches of {SETTINGS['batch_size']}, {SETTINGS['epochs']} "
        f"epochs, one run each on {date.today()} ({machine.processor}, {machine.cores} cores):\n\n"
        + tabulate(rows, HEADS, "pipe", disable_numparse=True)
    )


def run_pairs(library):
    """Run each legal pair once, in a fresh process.

    Yields:
        Result.
    """
    stored, checked = prepare_images(SETTINGS["images"], SETTINGS["image_size"])
    pairs = [(f, loader) for loader in LOADERS for f in TRAINING_FUNCTIONS if is_legal(f, loader)]
    with progress_bar(len(pairs), library, "pairs") as bar:
        for function, loader in pairs:
            experiment = Experiment(
                training_function=function, library=library, loader=loader, **SETTINGS
            )
            if LOADERS[loader].form:
                flowers = open_flowers(experiment, stored, checked)
                prepare_form(LOADERS[loader].form, flowers)
            yield run_experiment(experiment, stored)
            bar.update(1)


def row_of(result, usual):
    """Make one row of the table."""
    experiment = result.experiment
    name = [experiment.loader, experiment.label]
    if result.status != "done":
        return [*name, result.problem.sentence, "", "", "", ""]
    same = (
        "yes" if result.weights_sha256 == usual else "no: JPEG files of the stand-in lose a little"
    )
    return [
        *name, "yes", same, f"{result.timing.images_per_s:.0f}",
        f"{100 * result.ceiling.share:.0f} %", f"{result.memory.peak_extra_mib:.0f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
