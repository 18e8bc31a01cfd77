"""How epoch is shown: a row an epoch, a block a batch; beside it what the network then knows."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from kfit_teach.common.demonstrations.epoch import CallName, Piece, Settings
from kfit_teach.common.flowers.forms import numbers_in_order
from kfit_teach.common.flowers.manifest import CLASS_NAMES, PART_SIZES
from kfit_teach.common.measuring.statistics import share_interval
from kfit_teach.common.words import listed, say, say_counted, to_say, write_number
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures import coverage
from kfit_teach.front.figures.canvas import PAPER, legend_below, tidy, wide_figure
from kfit_teach.front.figures.style import LABEL_POINTS, LOOK_OF, SMALL_POINTS, TITLE_POINTS
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.report import Picture
from kfit_teach.front.telling.tables import Table

TEST_IMAGES, BLIND = PART_SIZES["test"], 1 / len(CLASS_NAMES)
INCHES_A_ROW, INCHES_A_CALL = 0.38, 0.8
LEAST_ROWS = 2  # of a strip, so that its heading has room
LEAST_INCHES = 3.4  # of all strips, so that the accuracies beside them have room
MOST_BLOCKS = 80  # of a row that are told apart by white lines between them
MOST_LETTERS_SAID = 170
NAME_OF_CALL = {"as written": to_say("as written"), "mended": to_say("mended")}


@dataclass(frozen=True)
class Call:
    """What is known of one call of fit.

    Args:
        name: "as written" or "mended".
        asked: its settings.
        epochs: those that have begun: a list of batches, each a list of image numbers.
        end: the piece told at its end, or None while it goes on.
    """

    name: CallName
    asked: Settings
    epochs: list[list[list[int]]]
    end: Piece | None

    @property
    def batches(self) -> list[int]:
        """How many batches each epoch trained."""
        return [len(epoch) for epoch in self.epochs]

    @property
    def trained(self) -> list[int]:
        """How many images each epoch trained on; one that came twice counts twice."""
        return [sum(map(len, epoch)) for epoch in self.epochs]

    @property
    def never(self) -> list[int]:
        """How many of the images each epoch never trained on."""
        return [self.asked.number_of_images - len({number for batch in epoch for number in batch})
                for epoch in self.epochs]  # fmt: skip

    @property
    def sees_each_once(self) -> bool:
        """Whether every epoch that was asked for trained on every image once."""
        whole = [self.asked.number_of_images] * self.asked.epochs
        return self.trained == whole and not any(self.never)

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends of the 95 % interval of its accuracy."""
        return share_interval(self.end.named_rightly, TEST_IMAGES)


class Epoch(Demonstrated):
    """One call of fit, and the same mended: which batches each epoch trained."""

    title: ClassVar[str] = to_say("When does an epoch end?")

    demonstration: Literal["epoch"] = "epoch"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    def calls(self) -> list[Call]:
        """Sort what was told by call, also of one that has not begun."""
        return [self._call(name, asked) for name, asked in self.settings.calls().items()]

    def _call(self, name, asked) -> Call:
        epochs, end = {}, None
        for piece in self.pieces:
            if piece.call != name:
                continue
            if not piece.epoch:
                end = piece
                continue
            batches = epochs.setdefault(piece.epoch, [])
            if piece.images:
                batches.append(piece.images)
        return Call(name, asked, list(epochs.values()), end)

    def batches_of_second_epoch(self) -> float | None:
        """Count the batches of the second epoch, as written; None where that is not known."""
        written = self.calls()[0]
        known = written.end and not written.end.endless and written.asked.epochs > 1
        return float(written.batches[1]) if known and len(written.epochs) > 1 else None

    # The picture

    def draw(self):
        """Draw a strip a call, and the accuracies beside them."""
        calls = self.calls()
        rows = [max(LEAST_ROWS, call.asked.epochs) for call in calls]
        heights = [INCHES_A_CALL + INCHES_A_ROW * number for number in rows]
        heights[-1] += max(0, LEAST_INCHES - sum(heights))
        figure = wide_figure(1.5 + sum(heights))
        figure.suptitle(self._message(), fontsize=TITLE_POINTS + 4, fontweight="bold")
        places = [[call.name, "accuracy"] for call in calls]
        panels = figure.subplot_mosaic(places, width_ratios=[2.6, 1], height_ratios=heights)
        most = max([self.settings.number_of_images, *(max(call.trained, default=0)
                                                      for call in calls)])  # fmt: skip
        for call, number in zip(calls, rows, strict=True):
            _draw_strip(panels[call.name], call, number)
            panels[call.name].set_xlim(0, most * 1.002)
        panels[calls[-1].name].set_xlabel(
            say("images trained on in an epoch; a block is a batch, {images} images are at hand",
                images=self.settings.number_of_images))  # fmt: skip
        _draw_accuracies(panels["accuracy"], calls)
        for panel in panels.values():
            tidy(panel)
        return figure

    def _message(self) -> str:
        """Say in plain words what the call as written did."""
        written = self.calls()[0]
        if not written.epochs:
            return say("Waiting for the first batch")
        if not written.end:
            return say("Epoch {epoch} of {epochs}: batch {batch}", epoch=len(written.epochs),
                       epochs=written.asked.epochs, batch=written.batches[-1])  # fmt: skip
        return _what_epochs_did(written)

    def tell(self) -> str:
        """Say what the picture shows."""
        return " ".join([
            say("Strips with a row an epoch and a block a batch; bars of accuracy. {message}.",
                message=self._message()),
            *(_call_in_words(call) for call in self.calls() if call.epochs),
        ])  # fmt: skip

    def more_pictures(self) -> list[Picture]:
        """Show which images each epoch of the call as written trained on."""
        written = self.calls()[0]
        if not written.end:
            return []
        seen = [np.concatenate([*epoch, []]).astype(int) for epoch in written.epochs]
        at_hand = np.unique(numbers_in_order(self.settings)[: self.settings.number_of_images])
        rows = coverage.times_seen(seen, at_hand)
        told = [say("epoch {epoch} {counts}", epoch=number, counts=coverage.counts_in_words(row))
                for number, row in enumerate(rows, 1)]  # fmt: skip
        words = say("Which images each epoch saw, as written: {told}.", told="; ".join(told))
        return [Picture(lambda: _draw_coverage(rows), words)]

    # In words

    def verdicts(self) -> list[Card]:
        """Say what the epochs held, and what it cost."""
        written, *mended = self.calls()
        if not written.epochs:
            return []
        detail = say_counted("Batches by epoch: {batches}. That is {number} update of the weights.",
                             "Batches by epoch: {batches}. Those are {number} updates of the "
                             "weights.", sum(written.batches),
                             batches=_listed(written.batches))  # fmt: skip
        if mended and mended[0].end:
            detail = say("{detail} Mended: {updates}.", detail=detail,
                         updates=sum(mended[0].batches))  # fmt: skip
        made = [Card("first", self._message(), detail)]
        if mended and mended[0].end and written.end:
            made.append(_card_of_accuracy(written, mended[0]))
        return made

    def table(self) -> Table | None:
        """Lay out the epochs."""
        calls = [call for call in self.calls() if call.epochs]
        if not calls:
            return None
        heads = [say("epoch")]
        for call in calls:
            name = say(NAME_OF_CALL[call.name])
            heads += [say("{call}: batches", call=name), say("images"), say("not seen")]
        columns = [column for call in calls for column in (call.batches, call.trained, call.never)]
        rows = [[str(number + 1), *(str(column[number]) if number < len(column) else "-"
                                    for column in columns)]
                for number in range(self.settings.epochs)]  # fmt: skip
        return Table(heads, rows, ["right"] * len(heads))

    def sentences(self) -> list[str]:
        """Say what the library warned of, and how sure the accuracies are."""
        told = []
        for call in self.calls():
            for said in call.end.library_said if call.end else []:
                told.append(say("{library} said ({call}): {said}", library=self.settings.library,
                                call=say(NAME_OF_CALL[call.name]),
                                said=_shortened(said)))  # fmt: skip
        if any(call.end for call in self.calls()):
            told.append(say("One run of each call, from one seed. The interval is that of "
                            "{images} test images.", images=TEST_IMAGES))  # fmt: skip
        return told

    def numbers(self) -> dict[str, float]:
        """Name what a class may compare."""
        written, *mended = self.calls()
        second = self.batches_of_second_epoch()
        named = {} if second is None else {say("batches of the second epoch"): second}
        for call in [written, *mended]:
            if call.end:
                name = say("test images named rightly, {call}", call=say(NAME_OF_CALL[call.name]))
                named[name] = float(call.end.named_rightly)
        return named


SHOWN = Epoch


def _what_epochs_did(call: Call) -> str:
    """Find the sentence that fits the epochs of a call that has ended."""
    counts, asked = call.batches, call.asked
    if call.end.endless:
        return say("Epoch {epoch} did not end: it was stopped after {batches} batches",
                   epoch=len(counts), batches=counts[-1])  # fmt: skip
    if not counts[-1]:
        return say("Epoch {epoch} trained nothing, and training was over", epoch=len(counts))
    if len(counts) < asked.epochs:
        return say("Training ended in epoch {epoch} of {epochs}", epoch=len(counts),
                   epochs=asked.epochs)  # fmt: skip
    if call.sees_each_once:
        return say("Every epoch trained on every image once")
    odd, even = set(counts[::2]), set(counts[1::2])
    if len(counts) > 3 and len(odd) == len(even) == 1 and max(even) < max(odd):
        return say_counted("Every second epoch trained one batch",
                           "Every second epoch trained {number} batches", max(even))  # fmt: skip
    if len(counts) > 2 and len(set(counts[1:])) == 1 and counts[1] < counts[0]:
        return say_counted("After the first epoch, each trained one batch",
                           "After the first epoch, each trained {number} batches",
                           counts[1])  # fmt: skip
    if len(set(counts)) == len(set(call.never)) == 1:
        return say("Every epoch left out {never} of {images} images", never=call.never[0],
                   images=asked.number_of_images)  # fmt: skip
    if len(set(counts)) == 1 and all(call.never):
        return say("No epoch trained on every image")
    return say("The epochs trained {batches} batches", batches=_listed(counts))


def _listed(numbers):
    return listed([str(number) for number in numbers])


def _shortened(text):
    if len(text) <= MOST_LETTERS_SAID:
        return text
    return text[:MOST_LETTERS_SAID].rsplit(" ", 1)[0] + " …"


def code_of(asked: Settings) -> str:
    """Write the call that settings ask for, as Python.

    >>> code_of(Settings())
    'fit(aug.flow(images, labels, batch_size=32), steps_per_epoch=1020 // 32, epochs=6)'
    """
    size, number = asked.batch_size, asked.number_of_images
    sequence = "PyDataset" if asked.library == "keras" else "Sequence"
    source = {
        "flow": f"aug.flow(images, labels, batch_size={size})",
        "arrays": f"images, labels, batch_size={size}",
        "sequence": say("{sequence} of batches of {size}", sequence=sequence, size=size),
        "finite_generator": say("generator of one pass, batches of {size}", size=size),
        "infinite_generator": say("generator without end, batches of {size}", size=size),
        "tf_data": f"tf.data.Dataset.batch({size})",
        "tf_data_repeat": f"tf.data.Dataset.batch({size}).repeat()",
    }[asked.source]
    steps = {"none": None, "floor": f"{number} // {size}", "ceil": f"ceil({number} / {size})"}
    return f"fit({source}, steps_per_epoch={steps[asked.steps]}, epochs={asked.epochs})"


def _draw_strip(panel, call, rows):
    """Draw one call: a row an epoch, its counts in words beside it."""
    images = call.asked.number_of_images
    for epoch, batches in enumerate(call.epochs, start=1):
        panel.barh(epoch, images, 0.7, color="0.94", edgecolor="0.75", linewidth=0.8)
        sizes = [len(batch) for batch in batches]
        lines = 1.2 if len(sizes) <= MOST_BLOCKS else 0
        panel.barh([epoch] * len(sizes), sizes, 0.7, left=np.cumsum([0, *sizes])[:-1],
                   color=LOOK_OF["fit"].colour, edgecolor="white", linewidth=lines)  # fmt: skip
        _write_beside(panel, epoch, _row_in_words(call, epoch))
    # Unseen, so that the strip keeps its width while it grows.
    _write_beside(panel, 1, _counts_in_words(len(str(images)) * 10, images), color="none")
    panel.axvline(images, color="black", linestyle="--", linewidth=1.2)
    epochs = range(1, call.asked.epochs + 1)
    panel.set_yticks(epochs, [say("epoch {epoch}", epoch=epoch) for epoch in epochs])
    panel.set_ylim(rows + 0.5, 0.5)
    panel.tick_params(axis="y", length=0)
    code = say("{call}: {code}", call=say(NAME_OF_CALL[call.name]), code=code_of(call.asked))
    panel.set_title(code, loc="left", fontsize=LABEL_POINTS)


def _write_beside(panel, epoch, words, **looks):
    panel.annotate(words, (1.01, epoch), va="center", xycoords=("axes fraction", "data"),
                   annotation_clip=False, fontsize=SMALL_POINTS, **looks)  # fmt: skip


def _row_in_words(call, epoch):
    return _counts_in_words(call.batches[epoch - 1], call.never[epoch - 1])


def _counts_in_words(batches, never):
    told = say_counted("{number} batch", "{number} batches", batches)
    return say("{told}, {never} not seen", told=told, never=never) if never else told


def _call_in_words(call):
    rows = [say("epoch {epoch} {row}", epoch=epoch, row=_row_in_words(call, epoch))
            for epoch in range(1, len(call.epochs) + 1)]  # fmt: skip
    told = say("{call}, {code}: {rows}.", call=say(NAME_OF_CALL[call.name]),
               code=code_of(call.asked), rows="; ".join(rows))  # fmt: skip
    if not call.end:
        return told
    low, high = call.interval
    return say("{told} Accuracy {accuracy:.2f} [{low:.2f}, {high:.2f}].", told=told, low=low,
               high=high, accuracy=call.end.named_rightly / TEST_IMAGES)  # fmt: skip


def _draw_accuracies(panel, calls):
    """Draw a bar a call that has ended, with its interval, over the line of blind guessing."""
    highest = 0.25
    for place, call in enumerate(calls):
        if not call.end:
            continue
        accuracy, (low, high) = call.end.named_rightly / TEST_IMAGES, call.interval
        panel.bar(place, accuracy, 0.6, color=LOOK_OF["fit"].colour, edgecolor="white")
        panel.errorbar(place, accuracy, [[accuracy - low], [high - accuracy]], fmt="none",
                       ecolor="black", elinewidth=2.5, capsize=8, capthick=2.5)  # fmt: skip
        panel.annotate(write_number(accuracy, ".2f"), (place, high), (0, 8), ha="center",
                       textcoords="offset points", fontsize=LABEL_POINTS)  # fmt: skip
        highest = max(highest, high)
    panel.axhline(BLIND, color="black", linestyle=":", linewidth=2.5)
    panel.annotate(say("guessing blindly: {blind:.2f}", blind=BLIND), (0.5, BLIND), (0, -4),
                   xycoords=("axes fraction", "data"), textcoords="offset points", ha="center",
                   va="top", fontsize=SMALL_POINTS, bbox=PAPER)  # fmt: skip
    panel.set(xlim=(-0.6, len(calls) - 0.4), ylim=(0, min(1.05, 1.18 * highest)),
              ylabel=say("share of the test images\nnamed rightly, 95 % interval"))  # fmt: skip
    panel.set_xticks(range(len(calls)), [say(NAME_OF_CALL[call.name]) for call in calls])


def _card_of_accuracy(written, mended):
    """Say what was lost, if the two can be told apart."""
    words = {"written": written.end.named_rightly, "mended": mended.end.named_rightly}
    detail = say("Of {images} new flowers it names {written} as written, {mended} mended.",
                 images=TEST_IMAGES, **words)  # fmt: skip
    (_, high), (low, _) = sorted([written.interval, mended.interval])
    if low <= high:
        return Card("accuracy", say("The two networks cannot be told apart by accuracy"), detail)
    if words["mended"] > words["written"]:
        return Card("accuracy", say("Mended, the same call names more flowers rightly"), detail)
    return Card("accuracy", say("Mended, the same call names fewer flowers rightly"), detail)


def _draw_coverage(rows):
    """Draw how often each epoch saw each image, sorted by number."""
    figure = wide_figure(2.0 + 0.42 * len(rows))
    panel = figure.subplots()
    coverage.draw_strip(panel, rows)
    panel.set(xlim=(0, rows.shape[1]),
              xlabel=say("the {images} images at hand, sorted by number (and so by class)",
                         images=rows.shape[1]))  # fmt: skip
    figure.suptitle(say("Which images each epoch saw, as written"), fontsize=TITLE_POINTS)
    tidy(panel)
    legend_below(figure, coverage.signs_of_times_seen(), 4,
                 title=say("in one epoch an image was seen"))  # fmt: skip
    return figure
