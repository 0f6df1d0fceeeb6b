"""Clock of the screen: the wall clock, or the daemon's if that one runs differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sproutcast_pi.messages.formatter import parse_timestamp

STAMPS = ("updated_at", "created_at", "finished_at")
TOLERANCE = timedelta(minutes=2)
"""Offsets below this are message latency or clock drift."""


class PlantClock:
    """Clock that follows the daemon's by the timestamps of newly written rows.

    A simulated daemon runs at another time and speed; on a device both clocks agree.
    """

    def __init__(self, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._wall = wall
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the current time, aware, UTC."""
        return self._wall() + self._offset

    def observe(self, fresh: Iterable[Mapping[str, Any]]) -> None:
        """Update the offset from rows that were written just now."""
        stamps = [parse_timestamp(row.get(name)) for row in fresh for name in STAMPS]
        newest = max((stamp for stamp in stamps if stamp), default=None)
        if newest is not None and not -TOLERANCE < newest - self.now() < TOLERANCE:
            self._offset = newest - self._wall()
