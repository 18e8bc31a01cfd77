"""kfit_teach: Keras `fit`, `fit_generator` or `train_on_batch`? Measured, on your machine.

Importing this package is cheap: the names below are loaded when they are first used, and
TensorFlow is loaded only in the worker processes that train.

    >>> import kfit_teach as kt
    >>> [name for name in kt.__all__ if name[0].islower()]
    ['compare', 'demonstrate', 'gather', 'grow', 'load_flowers', 'record']
"""

import importlib

_HOME_OF = {
    "AdvisorPanel": "kfit_teach.front.panels.advisor",
    "ComparePanel": "kfit_teach.front.panels.compare",
    "Comparison": "kfit_teach.front.comparison",
    "DataPanel": "kfit_teach.front.panels.data",
    "DemonstrationPanel": "kfit_teach.front.panels.demonstration",
    "Experiment": "kfit_teach.common.experiment",
    "Record": "kfit_teach.front.record",
    "Result": "kfit_teach.common.result",
    "compare": "kfit_teach.front.comparing",
    "demonstrate": "kfit_teach.front.demonstrating",
    "gather": "kfit_teach.front.gathering",
    "grow": "kfit_teach.front.growth",
    "load_flowers": "kfit_teach.common.flowers",
    "record": "kfit_teach.front.record",
}
__all__ = sorted(_HOME_OF)
__version__ = "0.1.0"


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'kfit_teach' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__():
    return [*__all__, "__version__"]
