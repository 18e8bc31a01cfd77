"""An error as an event: its first telling line, and whether memory had been refused."""

import traceback

from pydantic import ValidationError

from kfit_teach.common.endings import Raised
from kfit_teach.common.measuring.memory import resident_mib
from kfit_teach.common.wire import Failed

# TensorFlow's own allocator raises the first, oneDNN the second (docs/measuring.md).
_ERRORS_OF_REFUSED_MEMORY = ("ResourceExhaustedError", "AbortedError")
_WORDS_BEFORE_THE_MESSAGE = ("Graph execution error", "Detected at node", "<stack traces")


def failure(error: BaseException) -> Failed:
    """Tell of an error that is being handled, and of what is resident now."""
    refused = None
    if isinstance(error, MemoryError):
        refused = "MemoryError"
    elif type(error).__name__ in _ERRORS_OF_REFUSED_MEMORY:
        refused = "library error"
    problem = Raised(
        error=type(error).__name__, text=_first_line(error), traceback=traceback.format_exc()
    )
    return Failed(problem=problem, refused=refused, resident_mib=resident_mib())


def _first_line(error: BaseException) -> str:
    """Give the first telling line of an error's text, which in TensorFlow can have hundreds."""
    if isinstance(error, ValidationError):  # what is sent, or what was asked, has drifted
        first = error.errors()[0]
        where = ".".join(str(part) for part in (error.title, *first["loc"]))
        return f"{where}: {first['msg']}"[:300]
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(_WORDS_BEFORE_THE_MESSAGE)]
    return (telling or lines or ["(no message)"])[0][:300]
