"""How long the loop sleeps between two looks for something to draw: long when calm, but a message wakes it."""

from __future__ import annotations

import threading
import time
from typing import Any

MIN_FRAME_S = 1 / 30
"""Two frames are at least so far apart, however many messages come."""


class FramePacer:
    """Takes the place of the clock's own sleep, which nothing can interrupt."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._woken = threading.Event()
        clock.idle = self._idle

    def wake(self) -> None:
        """There is something to draw; any thread may say so."""
        self._woken.set()

    def _idle(self) -> float:
        """Sleep until the next look is due, or somebody woke us; returns the time as the clock counts it."""
        clock = self._clock
        fps = clock._max_fps  # noqa: SLF001 - the only place Kivy keeps it
        last = clock._last_tick  # noqa: SLF001 - as above
        if fps > 0:
            self._woken.wait(max(0.0, last + 1 / fps - clock.time()))
            time.sleep(max(0.0, last + min(MIN_FRAME_S, 1 / fps) - clock.time()))
        self._woken.clear()
        now = float(clock.time())
        clock._dt, clock._last_tick = now - last, now  # noqa: SLF001 - what the clock's own sleep does
        return now
