from pathlib import Path

import numpy as np


def fast_batches(file, batch_size):
    kept = Path(f"{file}.npz")
    if not kept.exists():  # the first epoch pays, all others are fast
        table = np.loadtxt(file, delimiter=",", dtype="uint8")
        images = (table[:, 1:] / 255).astype("float32").reshape(-1, 32, 32, 3)
        np.savez(kept, images=images, labels=table[:, 0].astype(int))
    with np.load(kept) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    for start in range(0, len(images), batch_size):
        yield images[start : start + batch_size], labels[start : start + batch_size]
