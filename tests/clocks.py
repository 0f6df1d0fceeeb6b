"""Clocks of the tests beside `simulated.clocks.FakeClock`: those whose waits don't block."""

from __future__ import annotations

from datetime import datetime
from threading import Event

from sproutcast_pi.simulated.clocks import FakeClock


class AutoAdvancingClock(FakeClock):
    """Clock that a wait advances, so that one thread can run a loop; `broken` makes reading it fail."""

    broken = False

    def now(self) -> datetime:
        if self.broken:
            raise OSError(24, "Too many open files")
        return super().now()

    def advance_to(self, moment: datetime) -> None:
        self.advance((moment - self.now()).total_seconds())

    def wait(self, event: Event, seconds: float) -> bool:
        """Return at once, `seconds` later."""
        self.advance(seconds)
        return event.is_set()


class NoSleepClock(FakeClock):
    """Clock whose waits fail unless their event is set already: nothing may sleep once it was asked to stop."""

    def wait(self, event: Event, seconds: float) -> bool:
        assert event.is_set(), "it sleeps although it was asked to stop"
        return True
