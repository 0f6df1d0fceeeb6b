"""What time it is where the plants live: the wall clock, or the daemon's when that one runs differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ui.i18n.formatter import parse_timestamp

STAMPS = ("updated_at", "created_at", "finished_at")
TOLERANCE = timedelta(minutes=2)
"""A difference below this is the time a message took or a clock slightly off, not another time."""


class PlantClock:
    """Follows the daemon's clock by the stamps of rows that have just been written.

    A simulated greenhouse lives at another hour and faster; on a device both clocks agree and nothing happens.
    """

    def __init__(self, wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._wall = wall
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the moment now, aware, UTC."""
        return self._wall() + self._offset

    def observe(self, fresh: Iterable[Mapping[str, Any]]) -> None:
        """Learn from rows that were written this moment."""
        stamps = [parse_timestamp(row.get(name)) for row in fresh for name in STAMPS]
        newest = max((stamp for stamp in stamps if stamp), default=None)
        if newest is not None and not -TOLERANCE < newest - self.now() < TOLERANCE:
            self._offset = newest - self._wall()
