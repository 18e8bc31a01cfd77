"""The progress bars of the house: one look, drawn by tqdm, on standard error."""

import sys

from tqdm import tqdm


def progress_bar(total, label, unit="image"):
    """Start a progress bar on standard error, where a person can see it.

    Args:
        total: how many units will be done.
        label: what is being done.
        unit: what is counted.

    Returns:
        A tqdm bar, a context manager with `update(count)`. It stays silent where standard error
        is neither a terminal nor a notebook.
    """
    in_notebook = "ipykernel" in sys.modules
    hidden = None if not in_notebook else False  # None: tqdm asks whether there is a terminal
    return tqdm(total=total, desc=label, unit=f" {unit}s", leave=False, disable=hidden)


def no_progress_bar(total, label, unit="image"):
    """Stand in for `progress_bar` where nothing should be drawn."""
    return tqdm(total=total, desc=label, unit=f" {unit}s", disable=True)
