"""The daemon's clock: the wall clock where it can be trusted, else the most likely time."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event, Lock

from sproutcast_pi.model.time_estimate import initial_estimate, update_estimate
from sproutcast_pi.ports import Clock

BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that says an earlier moment is right: this program did not exist then."""


class TrustedClock:
    """Clock over another one that estimates the time while that can't be trusted."""

    def __init__(self, clock: Clock, last_known_at: datetime | None) -> None:
        """Begin from `last_known_at`, the newest moment the store remembers, when `clock` can't be trusted."""
        self._clock = clock
        self._lock = Lock()
        self._estimate = initial_estimate(
            clock.now(), clock.trusted(), clock.monotonic(), last_known_at=last_known_at, floor_at=BUILT_AT
        )

    def now(self) -> datetime:
        """The believed moment, aware, UTC."""
        with self._lock:
            self._estimate = update_estimate(
                self._estimate, self._clock.now(), self._clock.trusted(), self._clock.monotonic(), floor_at=BUILT_AT
            )
            return self._estimate.at

    def trusted(self) -> bool:
        """Whether the believed moment comes from a clock that can be trusted."""
        self.now()
        return self._estimate.trusted

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return self._clock.monotonic()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` of this clock have passed; True when it was set."""
        return self._clock.wait(event, seconds)
