"""What demonstrations do: one module each, with `pieces(keras, settings, stage)`, a generator.

`keras` is the library, `settings` the demonstration's Settings, `stage` a Stage: what ties it to
whoever watches. It yields its Piece, one after the other, as soon as each is known.
"""

from collections.abc import Callable
from importlib import import_module

from kfit_teach.common import demonstrations, wire
from kfit_teach.common.demonstration import DemonstrationSettings


def demonstration_of(task: wire.Demonstrate) -> tuple[DemonstrationSettings, Callable]:
    """Find the settings of a task, and what makes its pieces."""
    settings_class = demonstrations.demonstration(task.demonstration).Settings
    module = import_module(f"kfit_teach.worker.demonstrating.{task.demonstration}")
    return settings_class.model_validate(task.settings), module.pieces
