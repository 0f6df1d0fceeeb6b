"""Simulated light that records its levels with their times."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from itertools import pairwise

from sproutcast_pi.ports import Clock

MAX_HISTORY = 100_000
"""Recorded changes: a month of ramps in one-second steps."""


class RecordingLight:
    """Light with a history of (time, level), one entry per change; a relay has only 0 and 1."""

    def __init__(self, clock: Clock, *, dimmable: bool = True) -> None:
        self._clock = clock
        self._dimmable = dimmable
        self._closed = False
        self._history: deque[tuple[datetime, float]] = deque([(clock.now(), 0.0)], maxlen=MAX_HISTORY)

    @property
    def level(self) -> float:
        """Current output level, 0.0 to 1.0."""
        return self._history[-1][1]

    @property
    def history(self) -> tuple[tuple[datetime, float], ...]:
        """All changes, oldest first; the first entry is the start, off."""
        return tuple(self._history)

    def set_level(self, level: float) -> None:
        """Set the output to `level`, 0.0 to 1.0; a relay is on from 0.5.

        Raises ValueError outside 0 to 1, OSError once closed.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"level {level} is not within 0 to 1")
        if self._closed:
            raise OSError("the simulated light is closed")
        self._record(level if self._dimmable else float(level >= 0.5))  # noqa: PLR2004 - the port's own rule

    def close(self) -> None:
        """Switch off and reject further levels; idempotent."""
        if not self._closed:
            self._record(0.0)
        self._closed = True

    def lit_seconds(self, begin: datetime, end: datetime) -> float:
        """Return the seconds between `begin` and `end` with a level above 0, within the recorded history."""
        entries = [*self._history, (end, 0.0)]
        return sum(
            max((min(until, end) - max(since, begin)).total_seconds(), 0.0)
            for (since, level), (until, _) in pairwise(entries)
            if level > 0
        )

    def _record(self, level: float) -> None:
        if level != self.level:
            self._history.append((self._clock.now(), level))
