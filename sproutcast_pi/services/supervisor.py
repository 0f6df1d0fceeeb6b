"""Supervisor of service threads: restarts with growing pauses, and heartbeats for the watchdog."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import system
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message

LOG = logging.getLogger(__name__)
MIN_BACKOFF_S = 1.0
MAX_BACKOFF_S = 60.0
"""A broken service tries again at least once a minute: often enough to heal, too seldom to heat."""
BACKOFF_RESET_S = 300.0
"""A service that ran this long before it failed begins again with the first pause."""


class Service(Protocol):
    """A loop in a thread of its own."""

    name: str

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; returning earlier, or raising, counts as a failure."""


@runtime_checkable
class Wakeable(Service, Protocol):
    """A service that sleeps until something comes, or until it is woken."""

    def wake(self) -> None:
        """Look at once whether to stop; any thread may call."""


class Supervisor:
    """Threads of services; `report(part, state, message)` is called when one fails and when it works again."""

    def __init__(self, services: Sequence[Service], report: Callable[[str, str, Message], None]) -> None:
        self._services = services
        self._report = report
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start every service."""
        for service in self._services:
            thread = threading.Thread(target=self._run_service, args=(service,), name=service.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def request_stop(self) -> None:
        """Ask every service to end; returns at once."""
        self._stop.set()

    def stop(self, within_s: float) -> list[str]:
        """Ask every service to end; the names of those that had not after `within_s` seconds."""
        self._stop.set()
        end = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _run_service(self, service: Service) -> None:
        pause = MIN_BACKOFF_S
        failed = False
        while not self._stop.is_set():
            started = time.monotonic()
            if failed:
                self._report(service.name, "ok", system.WORKS_AGAIN())
            try:
                service.run(self._stop)
                reason = system.ENDED_BY_ITSELF()
            except Exception as error:
                LOG.exception("%s failed", service.name)
                reason = (
                    error.message
                    if isinstance(error, SproutcastError)
                    else verbatim(f"{type(error).__name__}: {error}")
                )
            if self._stop.is_set():
                return
            if time.monotonic() - started > BACKOFF_RESET_S:
                pause = MIN_BACKOFF_S
            failed = True
            self._report(service.name, "bad", system.STOPPED_WORKING(reason=reason, seconds=pause))
            self._stop.wait(pause)
            pause = min(pause * 2, MAX_BACKOFF_S)


class Heartbeats:
    """Deadlines of the parts that have to show signs of life; the watchdog is fed only while all are met."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._limits: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def expect(self, part: str, within_s: float) -> None:
        """From now on `part` must beat at least every `within_s` seconds."""
        self._limits[part] = within_s
        self._last[part] = self._monotonic()

    def beat(self, part: str) -> None:
        """`part` is alive."""
        self._last[part] = self._monotonic()

    def overdue(self) -> list[str]:
        """The parts that should have shown themselves and have not."""
        now = self._monotonic()
        return [part for part, limit in self._limits.items() if now - self._last[part] > limit]
