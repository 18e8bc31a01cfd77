"""Keeps a result as a file: where it goes, a button, and beside it what came of that."""

import html
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets

from kfit_teach.common.files import writable_path
from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import say

FILE_NAME = "my_result.json"


class SaveRow:
    """A file's name, Save result, and a sentence; a file that is there is replaced only when asked.

    Args:
        make_button: takes kind, text, action, style and tooltip; gives a button.
        result: gives what is saved, which has `save(path)`.
    """

    def __init__(self, make_button: Callable, result: Callable):
        self._result, self._to_replace = result, None
        self.file = widgets.Text(
            FILE_NAME, description=say("file"), tooltip=say("where it is saved")
        )
        self.button = make_button("save-result", say("Save result"), self.save,
                                  tooltip=say("write it as JSON"))  # fmt: skip
        self.told = widgets.HTML().add_class("kfit-saved")

    @property
    def widgets(self) -> list[widgets.Widget]:
        """What is shown, from left to right."""
        return [self.file, self.button, self.told]

    def forget(self) -> None:
        """Begin anew: another result is at hand."""
        self._to_replace, self.told.value = None, ""

    def save(self) -> None:
        """Write the result; a file that is there already is replaced when asked again."""
        try:
            path = writable_path(self.file.value.strip() or FILE_NAME, (".json",))
            if path.exists() and path != self._to_replace:
                self._to_replace = path
                self._tell(say("{file} is there already. Press again to replace it, or give "
                               "another name.", file=_shown(path)))  # fmt: skip
                return
            self._result().save(path)
        except BadInput as refusal:
            self._tell(str(refusal))
        else:
            self._to_replace = None
            self._tell(say("Saved as {file}.", file=_shown(path)))

    def _tell(self, sentence: str) -> None:
        self.told.value = f'<span role="status">{html.escape(sentence)}</span>'


def _shown(path: Path) -> str:
    """Write a path in full, without the name of the home folder."""
    whole = path.resolve()
    return (
        f"~/{whole.relative_to(Path.home())}" if whole.is_relative_to(Path.home()) else str(whole)
    )
