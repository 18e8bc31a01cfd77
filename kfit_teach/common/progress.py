"""The progress bars of the house: one look, drawn by tqdm, on standard error."""

import sys

from tqdm import tqdm

# Without tqdm's rate: it counts the start-up too, so it would contradict what is measured.
_LOOK = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt} {unit} [{elapsed}{postfix}]"


def progress_bar(total, label, unit="images"):
    """Start a progress bar on standard error, where a person can see it.

    Args:
        total: how many units will be done.
        label: what is being done.
        unit: what is counted, in the plural.

    Returns:
        A tqdm bar, a context manager with `update(count)`. It stays silent where standard error
        is neither a terminal nor a notebook.
    """
    look = {"total": total, "desc": label, "unit": unit, "unit_scale": unit == "bytes"}
    if _is_in_notebook():
        from tqdm.notebook import tqdm as notebook_tqdm

        return notebook_tqdm(leave=False, **look)
    # disable=None: tqdm asks whether there is a terminal
    return tqdm(bar_format=_LOOK, leave=False, disable=None, **look)


def _is_in_notebook():
    """Tell whether this process is a notebook's kernel, and not one that merely imported it."""
    ipython = sys.modules.get("IPython")
    return bool(ipython) and hasattr(ipython.get_ipython(), "kernel")


def no_progress_bar(total, label, unit="images"):
    """Stand in for `progress_bar` where nothing should be drawn."""
    return tqdm(total=total, desc=label, unit=unit, disable=True)


def tell(sentence):
    """Say something to the person who waits, on standard error, above the bars."""
    tqdm.write(sentence, file=sys.stderr)
