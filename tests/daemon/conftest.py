"""Whole daemons in processes of their own, killed at the end of a test if they still live."""

import pytest

from tests.daemon.helpers import DaemonProcess


@pytest.fixture
def daemon(tmp_path):
    started = []

    def start(*options, config=None, folder=None, environment=None):
        one = DaemonProcess(folder or tmp_path, *options, config=config, environment=environment)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        if one.alive():
            one.kill()
