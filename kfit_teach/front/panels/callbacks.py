"""Widgets swallow what their callbacks raise; here it is kept and shown instead."""

import functools

from kfit_teach.front.telling import pages


def guarded(panel, function):
    """Wrap a callback so that nothing it raises is lost.

    Args:
        panel: has `trouble`, and `show_trouble()`.
        function: the callback.

    Returns:
        A function that does the same; an exception goes to `panel.trouble` (a dict with "sentence"
        and "traceback") and is shown in the panel.
    """

    @functools.wraps(function)
    def wrapped(*arguments):
        try:
            return function(*arguments)
        except Exception as error:
            panel.trouble = pages.trouble_of(error)
            panel.show_trouble()

    return wrapped
