"""Trains once on so many images in one way, and tells what that needed."""

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import psutil

from kfit_teach.common.demonstrations.slope import Piece, Settings
from kfit_teach.common.measuring import memory
from kfit_teach.worker.demonstrating.stage import Stage
from kfit_teach.worker.demonstrating.ways import WayIn, light_network


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Compile the network, settle the base, take the data, train for one epoch."""
    name, images = settings.asked_of(stage.run)
    flowers = replace(stage.flowers, numbers=stage.flowers.numbers[:images])
    way = WayIn(name, keras, flowers, "float32")
    model = light_network(keras, settings.image_size, name == "uint8", settings.seed)
    base = stage.settle_base()
    free_mib = psutil.virtual_memory().available / memory.MIB
    way.take_data()
    way.train(model, epochs=1, batch_ended=lambda: None)
    needed_mib = memory.peak_mib() - base.resident_mib
    yield Piece(images=images, needed_mib=needed_mib, free_mib=free_mib)
