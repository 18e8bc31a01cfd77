"""Widgets swallow what their callbacks raise; here it is kept and shown instead."""

import functools
from collections.abc import Callable

from kfit_teach.front.telling import pages


def guarded(panel, function: Callable) -> Callable:
    """Wrap a callback so that nothing it raises is lost.

    It goes to `panel.trouble` (a dict with "sentence" and "traceback"), and `panel.show_trouble()`.
    """

    @functools.wraps(function)
    def wrapped(*arguments):
        try:
            return function(*arguments)
        except Exception as error:
            panel.trouble = pages.trouble_of(error)
            panel.show_trouble()

    return wrapped
