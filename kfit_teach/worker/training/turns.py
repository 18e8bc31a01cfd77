"""Training in turns: a live worker that trains some epochs whenever it is asked, then waits.

Workers that take turns in random order share the machine's mood within a block, so their ratios
are far steadier than those of separate runs (docs/measuring.md). The function that trains is the
real one; what paces it is a callback at the end of its epochs.
"""

import queue
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from kfit_teach.common.experiment import Experiment
from kfit_teach.common.flowers import open_flowers
from kfit_teach.common.measuring.timing import gaps_between_epochs, queued_seconds, take_stamp
from kfit_teach.common.wire import Event, Ready, TurnTaken
from kfit_teach.worker.training.ceiling import BareStep
from kfit_teach.worker.training.recorder import Notes, Recorder
from kfit_teach.worker.training.run import compiled_model, prepared_call


def train_in_turns(
    keras: ModuleType,
    experiment: Experiment,
    store: Path,
    turns: int,
    lines: queue.SimpleQueue,
    send: Callable[[Event], None],
) -> None:
    """Run one experiment, paced.

    A turn is one epoch that is not clocked, for the caches and for what a library does while it
    waits (keras's fit over arrays pauses longer the longer it has waited), then as many clocked
    epochs as the experiment has beyond its first, then the bare step for half a second.

    Each of the `lines` asks for one turn; Ready is sent, then TurnTaken once a turn.
    """
    clocked_epochs = max(1, experiment.epochs - 1)
    epochs = 1 + turns * (1 + clocked_epochs)
    settings = experiment.model_copy(update={"epochs": epochs})
    model, notes = compiled_model(keras, experiment)  # the notes have room for one epoch or more
    flowers = open_flowers(settings, store, checked="")
    recorder = type("Paced", (PacedRecorder, keras.callbacks.Callback), {})(
        lambda: BareStep(model, notes, flowers, settings), notes, clocked_epochs, lines, send
    )
    prepared_call(keras, model, flowers, settings, recorder)[0]()


class PacedRecorder(Recorder):
    """Clocks a turn's epochs, tells of them, and waits for the next turn.

    The bare step is made once the first epoch is over; the notes are rewound each epoch.
    """

    def __init__(
        self,
        make_bare_step: Callable[[], BareStep],
        notes: Notes,
        clocked_epochs: int,
        lines: queue.SimpleQueue,
        send: Callable[[Event], None],
    ):
        super().__init__(report=lambda epoch, batch: None)
        self._make_bare_step, self._notes = make_bare_step, notes
        self._clocked_epochs, self._lines, self._send = clocked_epochs, lines, send
        self._bare_step, self._images = None, []

    def on_epoch_end(self, epoch, logs=None):
        """Begin to clock, clock on, or end the turn, as the epoch's place in the turn says."""
        super().on_epoch_end(epoch, logs)
        self._images.append(self._notes.images_noted)
        self._notes.rewind()
        place = epoch % (1 + self._clocked_epochs)
        if epoch == 0:
            self._bare_step = self._make_bare_step()
            self._send(Ready())
            self._wait()
        elif place == 1:
            self.batch_ends, self._images = self.batch_ends[-1:], []
            self._queued_s, self._begun = queued_seconds(), take_stamp()
        elif place == 0:
            self._send(self._turn())
            self._wait()

    def _turn(self) -> TurnTaken:
        """Work out one turn."""
        ended, queued_s = take_stamp(), queued_seconds()
        wall = ended.wall_s - self._begun.wall_s
        return TurnTaken(
            images=sum(self._images),
            wall_s=wall,
            cpu_s=ended.cpu_s - self._begun.cpu_s,
            pauses_s=sum(gaps_between_epochs(self.batch_ends)),
            contention=None if queued_s is None else (queued_s - self._queued_s) / wall,
            ceiling_images_per_s=self._bare_step.clock()[0],
        )

    def _wait(self) -> None:
        """Wait for the next turn; the clock is not running."""
        self._lines.get()
