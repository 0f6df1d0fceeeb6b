"""Frame pacing: an interruptible sleep of the event loop, long when idle."""

from __future__ import annotations

import threading
import time
from typing import Any

MIN_FRAME_S = 1 / 30
"""Minimum seconds between two frames."""


class FramePacer:
    """Replacement of the Kivy clock's sleep that another thread can interrupt."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._woken = threading.Event()
        clock.idle = self._idle

    def wake(self) -> None:
        """End the current sleep; thread-safe."""
        self._woken.set()

    def _idle(self) -> float:
        """Sleep until the next frame is due or `wake` is called; returns the clock's time."""
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
