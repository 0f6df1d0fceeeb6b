"""One listener of one live query."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import Protocol

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.messages import Message, QueryDiff, SubscriptionEnded

MAX_BUFFERED_ROWS = 50_000
"""Changed rows that may wait while the first rows are still on their way."""

_logger = logging.getLogger(__name__)


class Waitable(Protocol):
    """Such as a threading.Event."""

    def wait(self, timeout: float | None = None) -> bool:
        """Return True once it has happened, False when `timeout` seconds have passed."""


Listener = Callable[[Message], Waitable | None]
"""Takes messages, and must not block. For a piece of a large answer (`QueryRows` with `done` False) it may return
something to wait for before the next piece is sent; nothing else is held up by that."""


class QuerySubscription:
    """Diffs arrive at the listener until `close`, which may be called from any thread, more than once."""

    def __init__(
        self,
        *,
        sql: str,
        key: tuple[str, ...],
        incremental: bool,
        listener: Listener,
        as_json: bool,
        owner: str = "",
    ) -> None:
        self.sql = sql
        self.key = key
        """The columns that identify a row; empty: only the whole row does, and equal rows may occur."""
        self.incremental = incremental
        """False: SQLite is asked again, at a bounded rate, when a table of the query changed."""
        self.owner = owner
        """The caller, whose long queries wait for each other and not for other callers'."""
        self.as_json = as_json
        """Whether pieces of a long first answer may come as JSON."""
        self._listener: Listener | None = listener
        self._buffered: list[QueryDiff] | None = None
        self._buffered_rows = 0
        self._settled = Event()
        self._settled.set()
        self._on_close: Callable[[], None] | None = None

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return self._listener is None

    def on_close(self, act: Callable[[], None]) -> None:
        """Have `act` run once when the subscription is closed."""
        self._on_close = act

    def close(self) -> None:
        """End the subscription."""
        self._listener = None
        act, self._on_close = self._on_close, None
        if act is not None:
            act()

    def deliver(self, message: Message) -> Waitable | None:
        """Give the listener a message, diffs only after the first rows are all there."""
        if self._buffered is not None and isinstance(message, QueryDiff):
            self._append_to_buffer(message)
            return None
        listener = self._listener
        if listener is None:
            return None
        try:
            return listener(message)
        except Exception:
            _logger.exception("a listener of %s failed", self.sql)
            return None

    def wait_settled(self, timeout_s: float) -> bool:
        """Wait until no diff is kept back: from then on each arrives before its caller's answer. Not for the writer."""
        return self._settled.wait(timeout_s)

    def close_with_error(self, error: RefusedError) -> None:
        """Deliver an error, then close."""
        self._buffered = None
        self._settled.set()
        self.deliver(SubscriptionEnded(error=error))
        self.close()

    def buffer(self) -> None:
        """Keep diffs back from now on."""
        self._settled.clear()
        self._buffered, self._buffered_rows = [], 0

    def flush(self, seq: int) -> None:
        """Give the diffs kept back that are newer than `seq`, and hold no more."""
        held, self._buffered = self._buffered or [], None
        for diff in held:
            if diff.seq > seq:
                self.deliver(diff)
        self._settled.set()

    def _append_to_buffer(self, diff: QueryDiff) -> None:
        assert self._buffered is not None
        self._buffered.append(diff)
        self._buffered_rows += len(diff.insert) + len(diff.update) + len(diff.delete)
        if self._buffered_rows > MAX_BUFFERED_ROWS:
            self.close_with_error(
                RefusedError(
                    "so much changed while the first rows were on their way that we gave up; subscribe again",
                    code="unavailable",
                )
            )
