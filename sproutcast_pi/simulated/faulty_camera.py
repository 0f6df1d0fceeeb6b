"""Fault-injecting camera for tests and demonstrations."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Literal, NoReturn, get_args

from sproutcast_pi.errors import CameraError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.ports import CameraSettings, TakenPhoto

Fault = Literal["hang", "crash", "babble", "refuse", "half", "leak"]
FAULTS: tuple[str, ...] = get_args(Fault)
BABBLE = b'{"capture": 12, "file":\x00\xff the lens sees nothing\n' * 200
LEAK_STEP = 16 * 1024 * 1024


class FaultyCamera:
    """Camera that hangs, crashes, floods stdout, refuses, writes half a file, or exhausts memory."""

    def __init__(self, fault: str) -> None:
        if fault not in FAULTS:
            raise CameraError(cameras.NO_FAULT(name=fault, known=", ".join(FAULTS)))
        self._fault = fault

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Fail as configured; with `half`, the file at `path` is a truncated JPEG."""
        if self._fault == "hang":
            threading.Event().wait()
        if self._fault == "crash":
            os.abort()
        if self._fault == "babble":
            _flood_output()
        if self._fault == "leak":
            _leak()
        if self._fault == "half":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01")
            return TakenPhoto(path=str(path), width=640, height=480, settings=settings)
        raise CameraError(cameras.REFUSES_AS_SET())

    def preview_frame(self, settings: CameraSettings) -> NoReturn:
        """Fail as configured."""
        self.take(settings, Path(os.devnull))
        raise CameraError(cameras.SHOWS_NOTHING_AS_SET())

    def close(self) -> None:
        """Nothing to release."""


def _flood_output() -> NoReturn:
    """Write garbage to every descriptor that may be read as an answer, then exit."""
    sys.stdout.flush()
    for descriptor in range(1, 16):
        try:
            os.write(descriptor, BABBLE)
        except OSError:
            continue
    os._exit(0)


def _leak() -> NoReturn:
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1)) * LEAK_STEP)
