"""How much faster is a batch transformed at once than image by image?

    python bench/augmentation.py LIBRARY [--rounds N] [--image-size PIXELS]

ImageDataGenerator.flow, its own apply_transform image by image, and the whole batch at once take
turns in random order, all drawing their parameters anew. It prints the images/s of each and the
ratio to flow, with its 95 % interval, and how far the images of the last two lie apart.
"""

import argparse
import random
import time

import numpy as np

from kfit_teach.common.measuring.statistics import ratio_interval
from kfit_teach.worker.training.augmentation import (
    draw_parameters,
    image_data_generator,
    transform_batch,
    transform_one_by_one,
)
from kfit_teach.worker.training.libraries import load_library

BATCH = 32
BATCHES_A_TURN = 4


def main():
    """Let the ways take turns, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=["keras", "tf_keras"])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--image-size", type=int, default=64)
    options = parser.parse_args()
    generator = image_data_generator(load_library(options.library))
    images = np.random.default_rng(17).random((BATCH, *[options.image_size] * 2, 3), np.float32)
    seconds = take_turns(ways_to_transform(generator, images), options.rounds)
    print(f"{options.library}: {options.rounds} rounds, {BATCH} images of {options.image_size} px")
    for name, of_way in seconds.items():
        known = ratio_interval(seconds["flow"] / of_way)
        told = f"{known.ratio:5.2f} [{known.low:.2f}, {known.high:.2f}]"
        speed = BATCH * BATCHES_A_TURN / np.median(of_way)
        print(f"  {name:20} {speed:7.0f} images/s, over flow's {told}")
    print(f"  largest mean absolute difference of an image: {difference(generator, images):.1e}")


def ways_to_transform(generator, images):
    """Give the three ways by name: functions that make one batch."""
    flow = generator.flow(images, batch_size=BATCH)
    numbers = np.random.default_rng(17)

    def drawn():
        return draw_parameters(numbers, BATCH, images.shape[1])

    return {
        "flow": lambda: next(flow),
        "transform_one_by_one": lambda: transform_one_by_one(generator, images, drawn()),
        "transform_batch": lambda: transform_batch(images, drawn()),
    }


def take_turns(ways, rounds):
    """Time the ways in random order, round after round; the first round is to warm up.

    Returns:
        dict of name to seconds, arrays of shape (rounds,).
    """
    seconds = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name in random.sample(list(ways), len(ways)):
            start = time.perf_counter()
            for _ in range(BATCHES_A_TURN):
                ways[name]()
            seconds[name].append(time.perf_counter() - start)
    return {name: np.array(of_way[1:]) for name, of_way in seconds.items()}


def difference(generator, images, batches=20):
    """Find the image that the two ways make most differently, in shares of the value range."""
    numbers, largest = np.random.default_rng(18), 0.0
    for _ in range(batches):
        drawn = draw_parameters(numbers, BATCH, images.shape[1])
        apart = transform_batch(images, drawn) - transform_one_by_one(generator, images, drawn)
        largest = max(largest, np.abs(apart).mean(axis=(1, 2, 3)).max())
    return largest


if __name__ == "__main__":
    main()
