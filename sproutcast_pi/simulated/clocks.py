"""Simulated clocks: one advanced by hand, one that runs N times as fast as real time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

_POLL_S = 0.002
"""Polling interval of waiting threads, in real seconds."""


class FakeClock:
    """Clock advanced by hand; its wall time can also be set wrong."""

    def __init__(self, now: datetime = datetime(2026, 6, 1, 8, tzinfo=UTC), *, trusted: bool = True) -> None:
        self._lock = Lock()
        self._now = now
        self._monotonic_s = 0.0
        self._trusted = trusted
        self.waited_for = Event()
        """Set once a thread waits; advancing the clock earlier would only shift its start."""

    def now(self) -> datetime:
        """Return the wall time, aware, UTC."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Return the total seconds advanced."""
        with self._lock:
            return self._monotonic_s

    def trusted(self) -> bool:
        """Whether the wall time is trusted."""
        return self._trusted

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or the clock was advanced by `seconds`; True when it was set."""
        end_s = self.monotonic() + seconds
        self.waited_for.set()
        while self.monotonic() < end_s:
            if event.wait(_POLL_S):
                return True
        return event.is_set()

    def advance(self, seconds: float = 0.0, **units: float) -> None:
        """Advance by 0 or more seconds and other units of `timedelta`, such as `hours` and `days`."""
        # In floating point: a timedelta rounds to microseconds, and a remainder below would never pass.
        passed_s = seconds + timedelta(**units).total_seconds()
        if passed_s < 0:
            raise ValueError("time does not run backwards; use jump")
        with self._lock:
            self._now += timedelta(seconds=passed_s)
            self._monotonic_s += passed_s

    def jump(self, now: datetime) -> None:
        """Set the wall time to `now` without advancing the monotonic time."""
        with self._lock:
            self._now = now.astimezone(UTC)

    def set_trusted(self, trusted: bool) -> None:
        """Set whether the wall time is trusted."""
        self._trusted = trusted


class SpeedClock:
    """Clock that begins at `start` and runs `speed` times as fast as real time.

    With `trusted_after_s` the wall time is wrong by `wrong_by` and untrusted for that many of its seconds, like a Pi
    that has not yet reached a time server. `real_monotonic` is the underlying clock.
    """

    def __init__(
        self,
        speed: float = 1.0,
        start: datetime | None = None,
        *,
        trusted_after_s: float = 0.0,
        wrong_by: timedelta = timedelta(0),
        real_monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed {speed} must be above 0")
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._real_monotonic = real_monotonic
        self._real_start_s = real_monotonic()
        self._trusted_after_s = trusted_after_s
        self._wrong_by = wrong_by

    def now(self) -> datetime:
        """Return the wall time, aware, UTC."""
        passed_s = self.monotonic()
        right = self._start + timedelta(seconds=passed_s)
        return right if passed_s >= self._trusted_after_s else right + self._wrong_by

    def monotonic(self) -> float:
        """Return the seconds of this clock since it began."""
        return (self._real_monotonic() - self._real_start_s) * self.speed

    def trusted(self) -> bool:
        """Whether the wall time is trusted."""
        return self.monotonic() >= self._trusted_after_s

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` of this clock have passed; True when it was set."""
        return event.wait(max(seconds, 0.0) / self.speed)
