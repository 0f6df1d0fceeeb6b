"""Bridge between the protocol client's thread and the UI thread: live queries in, calls out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from ui.clock import PlantClock
from ui.queries import KEYS, QUERIES
from ui.row_cache import ScreenRowCache

Work = Callable[[], None]
ReplyCallback = Callable[[Any, Message | None], None]
"""Called with the reducer's value and None, or None and the error message."""


class SubscriptionHandle(Protocol):
    """Handle of a live query."""

    def close(self) -> None:
        """Unsubscribe."""


class DaemonConnection(Protocol):
    """Interface of the protocol client as the screen uses it; callbacks may run on any thread."""

    def start(self) -> None:
        """Connect, and reconnect whenever the connection is lost."""

    def stop(self) -> None:
        """Disconnect."""

    def subscribe(
        self, sql: str, on_message: Callable[[Any], None], on_error: Callable[[Any], None] | None = None
    ) -> SubscriptionHandle:
        """Subscribe to a query: first its rows, then each diff."""

    def call(self, name: str, args: Mapping[str, Any] | None = None) -> Future[Any]:
        """Call a reducer."""

    def on_state(self, callback: Callable[[str, Message | None], None]) -> None:
        """Register a callback for the connection state: ("connecting", "live" or "away", reason)."""


class DaemonBridge:
    """Queue of messages for the UI thread. `wake` schedules a call of `drain` there and is thread-safe."""

    def __init__(self, connection: DaemonConnection, row_cache: ScreenRowCache, clock: PlantClock, wake: Work) -> None:
        self._connection = connection
        self._live = row_cache
        self._clock = clock
        self._wake = wake
        self._work: deque[Work] = deque()

    def start(self) -> None:
        """Subscribe to the shared queries and connect."""
        self._connection.on_state(lambda link, reason: self.post(lambda: self._live.set_link(link, reason)))
        for name, sql in QUERIES.items():
            self.watch(name, sql, KEYS.get(name, "id"))
        self._connection.start()

    def stop(self) -> None:
        """Disconnect."""
        self._connection.stop()

    def watch(self, name: str, sql: str, key: str = "id") -> SubscriptionHandle:
        """Keep the named table filled from a query until the handle is closed."""
        self._live.table(name, key)
        return self._connection.subscribe(
            sql, lambda message: self.post(lambda: self._apply(name, message)), self._on_rejected
        )

    def call(self, name: str, args: Mapping[str, Any], answered: ReplyCallback | None = None) -> None:
        """Call a reducer; `answered` runs on the UI thread."""
        future = self._connection.call(name, dict(args))
        future.add_done_callback(lambda done: self.post(lambda: self._deliver(done, answered)))

    def post(self, work: Work) -> None:
        """Run `work` on the UI thread before its next frame."""
        self._work.append(work)
        self._wake()

    def drain(self) -> None:
        """Run the posted work, then notify the listeners of changed tables once."""
        while self._work:
            self._work.popleft()()
        self._live.notify()

    def _apply(self, name: str, message: Any) -> None:
        self._live.apply(name, message)
        if getattr(message, "rows", None) is None:
            self._clock.observe([*message.insert, *message.update])

    def _on_rejected(self, error: Any) -> None:
        """Show a rejected subscription as the state of the connection."""
        self.post(lambda: self._live.set_link("away", cause(error)))

    @staticmethod
    def _deliver(done: Future[Any], answered: ReplyCallback | None) -> None:
        if answered is None:
            return
        fault = done.exception()
        if fault is not None:
            answered(None, cause(fault))
        else:
            answered(getattr(done.result(), "value", done.result()), None)
