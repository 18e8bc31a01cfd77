"""Which images are here, the real ones or the stand-in? One button fetches the real ones."""

import os
from pathlib import Path

import ipywidgets as widgets

from kfit_teach.common.flowers import IMAGES_VARIABLE, oxford, resolve_images, store
from kfit_teach.common.flowers.report import data_report
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.problems import BadInput
from kfit_teach.front.panels import pages
from kfit_teach.front.panels.base import Panel
from kfit_teach.front.panels.lane_row import LaneRow

MEGABYTE = 1_000_000
FETCH = "Fetch the photographs (60 MB)"
NO_LICENCE = (
    "The photographs carry no licence. So they do not come with this package: you fetch them for "
    "yourself, from the University of Oxford, and you do not pass them on."
)


class DataPanel(Panel):
    """Says in words which images a learner trains on, and fetches the real ones.

    `panel.run()` does what the button does, waits, and returns the path of the archive.

    Args:
        address: where the archive is fetched from; the official address unless told.
    """

    def __init__(self, address=None):
        super().__init__()
        self.address = address or oxford.OFFICIAL_ADDRESS
        self.sentence, self._at_hand = "", False
        self._name_buttons()
        self._found = widgets.HTML().add_class("kfit-data")
        self._row = LaneRow(oxford.ARCHIVE_NAME)
        self._row.box.layout.display = "none"
        buttons = [self.run_button, self.stop_button, self.status]
        self.view.children = [
            self._found,
            widgets.HTML(pages.section(pages.paragraph(NO_LICENCE))),
            widgets.Box(buttons, layout={"flex_flow": "row wrap"}),
            self.trouble_shown,
            self._row.box,
        ]
        self.look()
        self.refresh_buttons()

    def _name_buttons(self):
        """Make the panel's Run a button that says what it fetches, and from where."""
        self.run_button.description = FETCH
        self.run_button.tooltip = f"download {self.address} and check every photograph"
        self.run_button.layout.width = "auto"
        self.stop_button.tooltip = "end the download; nothing of it is kept"

    def look(self):
        """Look which images are here, check them, and say so."""
        self._at_hand = False
        try:
            report = data_report()
            self._at_hand = oxford.find_source(None, store.cache_folder()) is not None
            self.sentence = self._sentence(resolve_images(ImageSettings()).images)
        except BadInput as refusal:
            report, self.sentence = "", _without_home(f"Your images cannot be used: {refusal}")
        self._found.value = pages.section(
            pages.paragraph(self.sentence, strong=True),
            pages.folded("What was found, and how it was checked", _without_home(report)),
        )

    def _sentence(self, images):
        """Say which images kt.load_flowers() gives now."""
        if images == "oxford":
            return "You train on the real photographs of Flowers-17."
        if not self._at_hand:
            return "You train on the drawn stand-in. The real photographs are not here."
        return (
            "The real photographs are here, yet you train on the drawn stand-in, since "
            f'{IMAGES_VARIABLE} says so; kt.load_flowers("oxford") gives you the real ones.'
        )

    def refresh_buttons(self):
        """Lock the button while a download is on, and where nothing is left to fetch."""
        self.run_button.disabled = self.is_running or self._at_hand
        self.stop_button.disabled = not self.is_running

    def stop(self):
        """End the download, if one is on; nothing of it is kept."""
        if self.is_running:
            self.say("Stopping.")
        super().stop()

    def work(self):
        """Download the archive, check every photograph, and look again.

        Returns:
            The path of the archive; None where it was stopped.

        Raises:
            BadInput: nothing could be fetched, or what came is not Flowers-17.
        """
        self._row.begin(1, "connecting")
        self._row.box.layout.display = None
        bar = _DownloadBar(self._row, self.stop_asked, self._say_checking)
        self.say("Fetching.")
        try:
            archive = oxford.download(store.make_cache_folder(), self.address, bar)
        except _Stopped:
            self.say("Stopped. Nothing of it was kept.")
            return None
        finally:
            self._row.box.layout.display = "none"
        self.look()
        self.say(self._success())
        return archive

    def _say_checking(self):
        self.say("All of it is here. Now each photograph is checked.")

    def _success(self):
        """Say what is different now."""
        if resolve_images(ImageSettings()).images == "oxford":
            return "Done: all 1360 are the originals. kt.load_flowers() now gives you these."
        return "Done: all 1360 are the originals."

    def show_trouble(self):
        """Show what went wrong, without the name of the home folder."""
        self.trouble = {part: _without_home(text) for part, text in self.trouble.items()}
        super().show_trouble()

    def warm_up(self):
        """Keep no worker waiting: nothing is trained here."""

    def __repr__(self):
        return f"<DataPanel: {self.sentence}>"


class _Stopped(Exception):
    """The learner pressed Stop while bytes were coming."""


class _DownloadBar:
    """What a download counts its bytes with: it moves a row, one megabyte at a time.

    Bytes come a kilobyte at a time; a message to the browser for each would take longer than they.

    Args:
        row: LaneRow.
        stop_asked: threading.Event that ends the download.
        when_over: called once all bytes are here.
    """

    def __init__(self, row, stop_asked, when_over):
        self._row, self._stop_asked, self._when_over = row, stop_asked, when_over
        self._bytes, self._total = 0, 0

    @property
    def total(self):
        """How many bytes there are; 0 where the server does not say."""
        return self._total

    @total.setter
    def total(self, count):
        self._total = count
        self._row.begin(max(1, round(count / MEGABYTE)))
        self._tell(0)

    def update(self, count):
        """Count on."""
        if self._stop_asked.is_set():
            raise _Stopped
        self._bytes += count
        megabytes = round(min(self._bytes, self._total or self._bytes) / MEGABYTE)
        if megabytes != self._row.n:
            self._row.update(megabytes - self._row.n)
            self._tell(megabytes)

    def reset(self):
        """Count from the start; what follows is the whole."""
        self._bytes = 0

    def close(self):
        """Nothing more comes."""
        self._when_over()

    def _tell(self, megabytes):
        of_all = f" of {round(self._total / MEGABYTE)}" if self._total else ""
        self._row.set_postfix_str(f"{megabytes}{of_all} MB")


def _without_home(text):
    """Write paths below the home folder with ~, so that a shared screen names no person."""
    return text.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")
