"""WebSocket heartbeat: pings a silent connection, and ends one that sends no whole frame.

Any whole frame is a sign of life, single bytes are none: a frame that trickles in for ever keeps nobody's place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

GRACE = 0.5
"""Share of the interval a peer has to answer a ping."""


class Heartbeat:
    """Lives on the event loop, from `start` to `stop`."""

    def __init__(self, interval_s: float, ping: Callable[[], None], on_dead: Callable[[], None]) -> None:
        self._interval_s = interval_s
        self._ping = ping
        self._on_dead = on_dead
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._last_frame = 0.0

    def start(self) -> None:
        """Begin."""
        self.note_frame()
        self._timer = self._loop.call_later(self._interval_s, self._check)

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()

    def note_frame(self) -> None:
        """A whole frame has arrived."""
        self._last_frame = self._loop.time()

    def _check(self) -> None:
        silent_s = self._loop.time() - self._last_frame
        if silent_s >= self._interval_s * (1 + GRACE) * 0.99:
            self._on_dead()
            return
        wait = self._interval_s - silent_s
        if wait <= 0.01 * self._interval_s:
            self._ping()
            wait = self._interval_s * GRACE
        self._timer = self._loop.call_later(wait, self._check)
