"""The two libraries: Keras 3 (`keras`) and Keras 2 (`tf_keras`), both on TensorFlow."""

import importlib
import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import psutil

from kfit_teach.common.result import Machine

PACKAGES = ("tensorflow", "keras", "tf_keras", "numpy")
RECORDED_SETTINGS = ("TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def load_library(name: str) -> ModuleType:
    """Import "keras" or "tf_keras". Only one is ever imported in a process.

    Raises:
        ImportError: it is not installed.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    return importlib.import_module(name)


def describe_machine() -> Machine:
    """Describe this machine and its versions, for the result.

    >>> describe_machine().cores >= 1
    True
    """
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        processor=_processor_name() or platform.processor() or platform.machine(),
        cores=psutil.cpu_count(),
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        python=platform.python_version(),
        versions={name: version(name) for name in PACKAGES if find_spec(name)},
        # Recorded, never tuned: they change what is measured.
        settings={name: os.environ[name] for name in RECORDED_SETTINGS if name in os.environ},
    )


def _processor_name() -> str:
    """Read the processor's name where Linux tells it."""
    try:
        with Path("/proc/cpuinfo").open() as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        return ""
    return names[0] if names else ""
