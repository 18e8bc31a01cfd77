"""Which cell shows which panel: a cell that is run again ends the panel that it showed before."""

import sys
import weakref

_SHOWN = {}  # cell id -> (count of the execution, weak reference to the panel)


def replaced_by(panel):
    """Note that the cell that runs now shows this panel; give the panel that it showed before.

    None where there was none, where the same execution shows several panels, and outside of a
    notebook that tells its cells apart.
    """
    cell, execution = _running_cell()
    if cell is None:
        return None
    before, reference = _SHOWN.get(cell, (execution, lambda: None))
    _SHOWN[cell] = (execution, weakref.ref(panel))
    old = reference()
    return old if before != execution and old is not panel else None


def _running_cell() -> tuple[str | None, int]:
    """Say which cell of the notebook runs, by the id that JupyterLab sends, and its count."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if not hasattr(shell, "get_parent"):
        return None, 0
    return shell.get_parent().get("metadata", {}).get("cellId"), shell.execution_count
