"""Discrete-event clock: time passes only while all its users wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Condition, Event

_POLL_S = 0.01
"""Polling interval in real seconds for events set by threads that are not users."""


class EventDrivenClock:
    """Clock shared by `users` threads; when all of them wait, it jumps to the earliest deadline.

    Work between two waits takes no simulated time, so a month runs as fast as its work, and deterministically.
    """

    def __init__(self, start: datetime, users: int) -> None:
        self._start = start.astimezone(UTC)
        self._users = users
        self._passed_s = 0.0
        self._turn = Condition()
        self._waiting: list[tuple[float, Event]] = []

    def now(self) -> datetime:
        """Return the wall time, aware, UTC."""
        return self._start + timedelta(seconds=self._passed_s)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self._passed_s

    def trusted(self) -> bool:
        """Always true."""
        return True

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` of this clock have passed; True when it was set."""
        with self._turn:
            entry = (self._passed_s + max(seconds, 0.0), event)
            self._waiting.append(entry)
            if any(waiting_for.is_set() for _, waiting_for in self._waiting):
                self._turn.notify_all()
            try:
                while self._passed_s < entry[0] and not event.is_set():
                    if self._all_wait():
                        self._passed_s = min(until_s for until_s, _ in self._waiting)
                        self._turn.notify_all()
                    else:
                        self._turn.wait(_POLL_S)
            finally:
                self._waiting.remove(entry)
        return event.is_set()

    def leave(self) -> None:
        """Deregister one user."""
        with self._turn:
            self._users -= 1
            self._turn.notify_all()

    def _all_wait(self) -> bool:
        return len(self._waiting) >= self._users and not any(
            event.is_set() or until_s <= self._passed_s for until_s, event in self._waiting
        )
