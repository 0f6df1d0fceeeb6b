"""Who appears in these tests: callers of each role, and a clock that a test turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

from sproutcast_pi.store.engine import Caller

OWNER = Caller(name="Ada", role="owner")
CARER = Caller(name="Ben", role="carer")
VIEWER = Caller(name="page", role="viewer")


class FakeClock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
        self.is_trusted = True

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def trusted(self) -> bool:
        return self.is_trusted

    def wait(self, event: Event, seconds: float) -> bool:
        self.advance(seconds=seconds)
        return event.is_set()

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)
