"""No test, of a module or of a notebook, writes into the record of whoever runs it."""

import os

from kfit_teach.front.record import RECORD_VARIABLE


def pytest_configure():
    """Keep no record; a test of the record names a file of its own."""
    os.environ[RECORD_VARIABLE] = "off"
