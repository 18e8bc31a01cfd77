"""How much faster is our reader of the CSV than the one of the 2018 tutorial?

    python bench/csv_readers.py [--rounds N] [--image-size PX] [--batch-size N]

Both read the same batches of the stand-in, as many as an epoch has, from the same file and in one
process. They take turns in random order. It prints the images/s of each (the median round), and
the ratio with its 95 % interval.
"""

import argparse
import random
import time

import numpy as np

from kfit_teach import load_flowers
from kfit_teach.common.flowers.forms import CsvReader, csv_batches_as_published, prepare_form
from kfit_teach.common.measuring.statistics import ratio_interval


def main():
    """Prepare the file, let both readers take turns, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=14)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=32)
    options = parser.parse_args()
    flowers = load_flowers("synthetic", options.image_size)
    start = time.perf_counter()
    file = prepare_form("csv", flowers)
    seconds = time.perf_counter() - start
    print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB, there after {seconds:.2f} s")
    readers = {
        "as published": batches_as_published(file, options),
        "CsvReader": batches_of_reader(file, options),
    }
    steps = len(flowers) // options.batch_size
    seconds = {name: [] for name in readers}
    for _ in range(options.rounds):
        sums = {}
        for name in random.sample(list(readers), len(readers)):
            start = time.perf_counter()
            batches = [next(readers[name]) for _ in range(steps)]
            seconds[name].append(time.perf_counter() - start)
            sums[name] = sum(int(batch.sum()) for batch in batches)
        assert len(set(sums.values())) == 1, "the readers gave different pixels"
    for name, of_reader in seconds.items():
        speed = steps * options.batch_size / np.median(of_reader)
        print(f"  {name:15} {speed:7.0f} images/s")
    known = ratio_interval(np.divide(seconds["as published"], seconds["CsvReader"]))
    told = f"{known.ratio:.2f} [{known.low:.2f}, {known.high:.2f}]"
    print(f"  CsvReader over as published: {told}, {known.pairs} rounds")


def batches_as_published(file, options):
    """Yield the published reader's batches, without end."""
    for images, _ in csv_batches_as_published(file, options.batch_size, options.image_size):
        yield images


def batches_of_reader(file, options):
    """Yield the same batches by our reader: they, too, run over the end of the file."""
    reader, first = CsvReader(file, options.image_size), 0
    while True:
        rows = np.arange(first, first + options.batch_size) % len(reader)
        yield reader.read(rows)[0]
        first += options.batch_size


if __name__ == "__main__":
    main()
