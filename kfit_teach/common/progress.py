"""The progress bars of the house: one look, drawn by tqdm, on standard error."""

import sys

from tqdm import tqdm

from kfit_teach.common.words import say


def progress_bar(total: int, label: str, unit: str | None = None, shortened: bool = False) -> tqdm:
    """Start a progress bar on standard error; silent where that is no terminal and no notebook.

    What is counted is named in the plural, images unless given. Where the numbers are `shortened`
    they are written as thousands, millions and so on.
    """
    unit = say("images") if unit is None else unit
    look = {"total": total, "desc": label, "unit": unit, "unit_scale": shortened}
    if _is_in_notebook():
        from tqdm.notebook import tqdm as notebook_tqdm

        bar = notebook_tqdm(leave=False, **look)
        bar.rests = True  # it is a widget: nothing is sent to the page while a clock runs
        return bar
    # disable=None: tqdm asks whether there is a terminal
    return tqdm(bar_format=_look(), leave=False, disable=None, **look)


def _look() -> str:
    """Without tqdm's rate: it counts the start-up too, so it would contradict what is measured."""
    fields = {"done": "{n_fmt}", "total": "{total_fmt}", "units": "{unit}"}
    done = say("{done} of {total} {units}", **fields)
    return "{desc}: {percentage:3.0f}%|{bar}| " + done + " [{elapsed}{postfix}]"


def _is_in_notebook() -> bool:
    """Tell whether this process is a notebook's kernel, and not one that merely imported it."""
    ipython = sys.modules.get("IPython")
    return bool(ipython) and hasattr(ipython.get_ipython(), "kernel")


def no_progress_bar(total: int, label: str, unit: str | None = None) -> tqdm:
    """Stand in for `progress_bar` where nothing should be drawn."""
    return tqdm(total=total, desc=label, unit=unit or "", disable=True)


def tell(sentence: str) -> None:
    """Say something to the person who waits, on standard error, above the bars."""
    tqdm.write(sentence, file=sys.stderr)
