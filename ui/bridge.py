"""Between the protocol client's thread and the screen's: live queries in, calls out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message
from ui.clock import PlantClock
from ui.queries import KEYS, QUERIES
from ui.row_cache import ScreenRowCache

Work = Callable[[], None]
ReplyCallback = Callable[[Any, Message | None], None]
"""Gets the reducer's value and None, or None and the message why it was refused."""


class SubscriptionHandle(Protocol):
    """A running live query."""

    def close(self) -> None:
        """End it."""


class DaemonConnection(Protocol):
    """What the screen needs from the protocol's client; callbacks may come on any thread."""

    def start(self) -> None:
        """Connect, and again whenever it is lost."""

    def stop(self) -> None:
        """Disconnect."""

    def subscribe(
        self, sql: str, on_message: Callable[[Any], None], on_error: Callable[[Any], None] | None = None
    ) -> SubscriptionHandle:
        """Hear the rows of a query and every change."""

    def call(self, name: str, args: Mapping[str, Any] | None = None) -> Future[Any]:
        """Call a reducer."""

    def on_state(self, callback: Callable[[str, str], None]) -> None:
        """Hear whether the daemon is there: (connecting, live or away; the reason)."""


class DaemonBridge:
    """Carries messages over to the screen's thread. `wake` asks that thread to call `drain` soon; any thread may."""

    def __init__(self, connection: DaemonConnection, live: ScreenRowCache, clock: PlantClock, wake: Work) -> None:
        self._connection = connection
        self._live = live
        self._clock = clock
        self._wake = wake
        self._work: deque[Work] = deque()

    def start(self) -> None:
        """Subscribe to everything the whole screen shows, and connect."""
        self._connection.on_state(lambda link, reason: self.post(lambda: self._live.set_link(link, reason)))
        for name, sql in QUERIES.items():
            self.watch(name, sql, KEYS.get(name, "id"))
        self._connection.start()

    def stop(self) -> None:
        """Disconnect."""
        self._connection.stop()

    def watch(self, name: str, sql: str, key: str = "id") -> SubscriptionHandle:
        """Fill the named table with a query until closed."""
        self._live.table(name, key)
        return self._connection.subscribe(
            sql, lambda message: self.post(lambda: self._apply(name, message)), self._on_rejected
        )

    def call(self, name: str, args: Mapping[str, Any], answered: ReplyCallback | None = None) -> None:
        """Call a reducer; `answered` runs on the screen's thread."""
        future = self._connection.call(name, dict(args))
        future.add_done_callback(lambda done: self.post(lambda: self._deliver(done, answered)))

    def post(self, work: Work) -> None:
        """Have `work` done on the screen's thread before its next frame."""
        self._work.append(work)
        self._wake()

    def drain(self) -> None:
        """Do what has been posted, then tell everyone who looks at changed tables, once."""
        while self._work:
            self._work.popleft()()
        self._live.notify()

    def _apply(self, name: str, message: Any) -> None:
        self._live.apply(name, message)
        if getattr(message, "rows", None) is None:
            self._clock.observe([*message.insert, *message.update])

    def _on_rejected(self, error: Any) -> None:
        """A query of ours was refused: say so where the state of the link is said."""
        self.post(lambda: self._live.set_link("away", str(error)))

    @staticmethod
    def _deliver(done: Future[Any], answered: ReplyCallback | None) -> None:
        if answered is None:
            return
        fault = done.exception()
        if fault is not None:
            answered(None, fault.message if isinstance(fault, SproutcastError) else verbatim(str(fault)))
        else:
            answered(getattr(done.result(), "value", done.result()), None)
