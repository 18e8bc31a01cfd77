"""Which images are here, the real ones or the stand-in? One button fetches the real ones."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets

from kfit_teach.common.flowers import IMAGES_VARIABLE, oxford, resolve_images, store
from kfit_teach.common.flowers.report import data_report
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import say, to_say
from kfit_teach.front.panels.base import Panel
from kfit_teach.front.panels.lane_row import LaneRow
from kfit_teach.front.telling import pages

MEGABYTE = 1_000_000
FETCH = to_say("Fetch the photographs (60 MB)")
NO_LICENCE = to_say(
    "The photographs carry no licence. So they do not come with this package: you fetch them for "
    "yourself, from the University of Oxford, and you do not pass them on."
)


class DataPanel(Panel):
    """Says in words which images a learner trains on, and fetches the real ones.

    `panel.run()` does what the button does, waits, and returns the path of the archive.

    Args:
        address: where the archive is fetched from; the official address unless told.
    """

    def __init__(self, address: str | None = None):
        super().__init__()
        self.address = address or oxford.OFFICIAL_ADDRESS
        self.sentence, self._at_hand = "", False
        self._name_buttons()
        self._found = widgets.HTML().add_class("kfit-data")
        self._row = LaneRow(oxford.ARCHIVE_NAME)
        self._row.box.layout.display = "none"
        buttons = [self.run_button, self.stop_button, self.status]
        self.view.children = [
            self.page,
            self._found,
            widgets.HTML(pages.section(pages.paragraph(say(NO_LICENCE)))),
            widgets.Box(buttons, layout={"flex_flow": "row wrap"}),
            self.trouble_shown,
            self._row.box,
        ]
        self.look()
        self.refresh_buttons()

    def _name_buttons(self) -> None:
        """Make the panel's Run a button that says what it fetches, and from where."""
        self.run_button.description = say(FETCH)
        self.run_button.tooltip = say("download {address} and check every photograph",
                                      address=self.address)  # fmt: skip
        self.run_button.layout.width = "auto"
        self.stop_button.tooltip = say("end the download; nothing of it is kept")

    def look(self) -> None:
        """Look which images are here, check them, and say so."""
        self._at_hand = False
        try:
            report = data_report()
            self._at_hand = oxford.find_source(None, store.cache_folder()) is not None
            self.sentence = self._sentence(resolve_images(ImageSettings()).images)
        except BadInput as refusal:
            sentence = say("Your images cannot be used: {refusal}", refusal=refusal)
            report, self.sentence = "", _without_home(sentence)
        self._found.value = pages.section(
            pages.paragraph(self.sentence, strong=True),
            pages.folded(say("What was found, and how it was checked"), _without_home(report)),
        )

    def _sentence(self, images: str) -> str:
        """Say which images kt.load_flowers() gives now."""
        if images == "oxford":
            return say("You train on the real photographs of Flowers-17.")
        if not self._at_hand:
            return say("You train on the drawn stand-in. The real photographs are not here.")
        return say(
            "The real photographs are here, yet you train on the drawn stand-in, since {variable} "
            'says so; kt.load_flowers("oxford") gives you the real ones.',
            variable=IMAGES_VARIABLE,
        )

    def refresh_buttons(self) -> None:
        """Lock the button while a download is on, and where nothing is left to fetch."""
        self.run_button.disabled = self.is_running or self._at_hand
        self.stop_button.disabled = not self.is_running

    def stop(self) -> None:
        """End the download, if one is on; nothing of it is kept."""
        if self.is_running:
            self.show_status(say("Stopping."))
        super().stop()

    def work(self) -> Path | None:
        """Download the archive, check every photograph, look again; None where it was stopped.

        Raises:
            BadInput: nothing could be fetched, or what came is not Flowers-17.
        """
        self._row.begin(1, say("connecting"))
        self._row.box.layout.display = None
        checking = say("All of it is here. Now each photograph is checked.")
        bar = _DownloadBar(self._row, self.stop_asked, lambda: self.show_status(checking))
        self.show_status(say("Fetching."))
        try:
            archive = oxford.download(store.make_cache_folder(), self.address, bar)
        except _Stopped:
            self.show_status(say("Stopped. Nothing of it was kept."))
            return None
        finally:
            self._row.box.layout.display = "none"
        self.look()
        self.show_status(self._success())
        return archive

    def _success(self) -> str:
        """Say what is different now."""
        if resolve_images(ImageSettings()).images != "oxford":
            return say("Done: all 1360 are the originals.")
        return say("Done: all 1360 are the originals. kt.load_flowers() now gives you these.")

    def show_trouble(self) -> None:
        """Show what went wrong, without the name of the home folder."""
        self.trouble = {part: _without_home(text) for part, text in self.trouble.items()}
        super().show_trouble()

    def warm_up(self) -> None:
        """Keep no worker waiting: nothing is trained here."""

    def __repr__(self) -> str:
        return f"<DataPanel: {self.sentence}>"


class _Stopped(Exception):
    """The learner pressed Stop while bytes were coming."""


class _DownloadBar:
    """What a download counts its bytes with: it moves a row, one megabyte at a time.

    Bytes come a kilobyte at a time; a message to the browser for each would take longer than they.
    The download sets `total`, 0 where the server does not say, and calls `close` once all is here.
    """

    def __init__(self, row: LaneRow, stop_asked: threading.Event, close: Callable):
        self._row, self._stop_asked, self.close = row, stop_asked, close
        self.total, self._bytes = 0, 0

    def update(self, count: int) -> None:
        """Count on."""
        if self._stop_asked.is_set():
            raise _Stopped
        if not self._bytes:
            self._row.begin(max(1, round(self.total / MEGABYTE)))
            self._tell(0)
        self._bytes += count
        megabytes = round(min(self._bytes, self.total or self._bytes) / MEGABYTE)
        if megabytes != self._row.n:
            self._row.update(megabytes - self._row.n)
            self._tell(megabytes)

    def reset(self) -> None:
        """Keep the count, though the download counts the whole once more: it is here already."""

    def _tell(self, megabytes: int) -> None:
        if not self.total:
            self._row.set_postfix_str(say("{megabytes} MB", megabytes=megabytes))
            return
        self._row.set_postfix_str(say("{megabytes} of {all} MB", megabytes=megabytes,
                                      all=round(self.total / MEGABYTE)))  # fmt: skip


def _without_home(text: str) -> str:
    """Write paths below the home folder with ~, so that a shared screen names no person."""
    return text.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")
