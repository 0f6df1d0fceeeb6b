"""The touchscreen as a child of the daemon, for a desk; on the appliance it is a unit of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import system

POLL_S = 0.5
STOP_TIMEOUT_S = 3.0


class ScreenProcess:
    """Child process `sproutcast screen`; one that ends with an error is started again."""

    name = "screen_child"

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def run(self, stop: threading.Event) -> None:
        """Keep the window open; closing it is no error. Raises SproutcastError when it ends badly."""
        environment = {**os.environ, "SPROUTCAST_SOCKET": str(self._socket)}
        child = subprocess.Popen([sys.executable, "-m", "sproutcast_pi", "screen"], env=environment)
        try:
            while child.poll() is None and not stop.wait(POLL_S):
                pass
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.terminate()
                child.wait(STOP_TIMEOUT_S)
            child.kill()
            child.wait()
        if not stop.is_set() and child.returncode:
            raise SproutcastError(system.SCREEN_ENDED(status=child.returncode))
        stop.wait()
