"""Executes the notebooks and stores their outputs, always with the synthetic images.

    python tools/make_notebooks.py

It stores no widget state, no timestamps and no progress bars, so that a notebook reads well
without a kernel and a change in it shows what changed. Each code cell keeps the sha256 of the
source that its outputs came from, so that a test can tell outputs that are older than their cell.
Each notebook finds an empty record of guesses, and your own is left alone.

Viewers that do not trust a page take the pictures out of its HTML. So each picture is stored as an
output of its own, with its description, between the HTML before it and the HTML behind it.
"""

import hashlib
import html
import itertools
import os
import tempfile
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, PageElement, Tag
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_output

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
PNG = "data:image/png;base64,"


def execute(path: Path) -> None:
    """Run one notebook from top to bottom and write it back."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    client = NotebookClient(notebook, timeout=600, record_timing=False)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KFIT_TEACH_RECORD"] = str(Path(folder) / "record.json")
        client.execute(cwd=str(NOTEBOOKS))
    os.environ["KFIT_TEACH_RECORD"] = "off"
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.metadata["source_sha256"] = hashlib.sha256(cell.source.encode()).hexdigest()
            cell.outputs = kept_outputs(cell.outputs)
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    nbformat.write(notebook, path)


def kept_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Give what a reader without a kernel can use: no bars, no widgets, pictures of their own."""
    kept = []
    for output in outputs:
        data = output.get("data", {})
        is_widget = data.pop(WIDGET, None) is not None
        if output.get("name") == "stderr" or (is_widget and set(data) <= {"text/plain"}):
            continue
        is_html = PNG in data.get("text/html", "")
        kept += pictures_apart(data["text/html"], data["text/plain"]) if is_html else [output]
    return kept


def pictures_apart(page: str, text: str) -> list[NotebookNode]:
    """Store HTML with pictures in it as several outputs.

    Args:
        page: the HTML.
        text: the same as text, which goes with the first HTML that is left.

    Returns:
        In the order of the page: HTML, with every element in it ended; and each picture as a PNG
        with its description, behind it the description as folded text, since JupyterLab shows a
        stored PNG without any.
    """
    soup = BeautifulSoup(page, "html.parser")
    for picture in soup.find_all(_is_picture):
        _unfold(picture)
        _lift(picture)
    outputs = []
    for is_picture, parts in itertools.groupby(soup.contents, _is_picture):
        parts = list(parts)
        if is_picture:
            outputs += [output for picture in parts for output in _outputs_of(picture)]
        elif any(part.get_text(strip=True) for part in parts):
            data = {"text/html": "".join(map(str, parts))} | ({"text/plain": text} if text else {})
            outputs.append(new_output("display_data", data))
            text = ""
    return outputs


def _is_picture(part: PageElement) -> bool:
    return isinstance(part, Tag) and part.name == "img" and part.get("src", "").startswith(PNG)


def _unfold(picture: Tag) -> None:
    """Open the folds around a picture: outside of them it could not be folded away with the rest.

    A summary becomes a line of bold text.
    """
    for fold in picture.find_parents("details"):
        if fold.summary:
            fold.summary.wrap(Tag(name="p"))
            fold.summary.name = "b"
        fold.unwrap()


def _lift(picture: Tag) -> None:
    """Take a picture out of all elements around it; each is cut in two, before and behind it."""
    while picture.parent.parent is not None:
        behind = picture.parent
        before = Tag(name=behind.name, attrs=dict(behind.attrs))
        before.extend(list(picture.previous_siblings)[::-1])
        behind.insert_before(before, picture)


def _outputs_of(picture: Tag) -> list[NotebookNode]:
    """Make a picture's output, and that of its description."""
    png, alt = picture["src"].removeprefix(PNG), picture.get("alt", "")
    data = {"image/png": png, "text/plain": alt}
    folded = f"<details><summary>The picture in words</summary><p>{html.escape(alt)}</p></details>"
    return [
        new_output("display_data", data, metadata={"image/png": {"alt": alt}}),
        new_output("display_data", {"text/html": folded}),
    ]


def main() -> None:
    """Execute every notebook."""
    os.environ.pop("KFIT_TEACH_FLOWERS17", None)
    os.environ["KFIT_TEACH_IMAGES"] = "synthetic"
    os.environ["TQDM_DISABLE"] = "1"
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        execute(path)


if __name__ == "__main__":
    main()
