"""Executes the notebooks and stores their outputs, always with the synthetic images.

    python tools/make_notebooks.py

It stores no widget state, no timestamps and no progress bars, so that a notebook reads well
without a kernel and a change in it shows what changed. Each code cell keeps the sha256 of the
source that its outputs came from, so that a test can tell outputs that are older than their cell.
"""

import hashlib
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(path):
    """Run one notebook from top to bottom and write it back."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    client = NotebookClient(notebook, timeout=600, record_timing=False)
    client.execute(cwd=str(NOTEBOOKS))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.metadata["source_sha256"] = hashlib.sha256(cell.source.encode()).hexdigest()
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:  # of a panel, its text stays
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    nbformat.write(notebook, path)


def main():
    """Execute every notebook."""
    os.environ.pop("KFIT_TEACH_FLOWERS17", None)
    os.environ["KFIT_TEACH_IMAGES"] = "synthetic"
    os.environ["TQDM_DISABLE"] = "1"
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        execute(path)


if __name__ == "__main__":
    main()
