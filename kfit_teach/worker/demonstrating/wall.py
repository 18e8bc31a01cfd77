"""Trains in one way, and tells when its data was there, its first batch, its end, and the peak."""

from collections.abc import Iterator
from types import ModuleType

from kfit_teach.common.demonstrations.wall import Piece, Settings
from kfit_teach.common.measuring import memory
from kfit_teach.worker.demonstrating.stage import Stage
from kfit_teach.worker.demonstrating.ways import WayIn, light_network


def pieces(keras: ModuleType, settings: Settings, stage: Stage) -> Iterator[Piece]:
    """Compile the network, settle the base, take the data, train."""
    way = WayIn(settings.way_of(stage.run), keras, stage.flowers, settings.dtype)
    model = light_network(keras, settings.image_size, way.name == "uint8", settings.seed)
    base = stage.settle_base()

    def moment(name: str) -> Piece:
        peak_mib = memory.peak_mib()
        return Piece(moment=name, at_s=stage.now_s(), peak_mib=peak_mib - base.resident_mib,
                     counted=base.counts(peak_mib))  # fmt: skip

    yield moment("base")
    stage.begin("data")
    way.take_data()
    yield moment("data")
    stage.begin("first batch")
    first = []
    way.train(model, settings.epochs, lambda: first or first.append(moment("step")))
    yield first[0]
    yield moment("end")
