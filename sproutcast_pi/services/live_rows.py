"""Thread-safe row cache of one query, kept current by a subscription of the store."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.row_cache import RowCache
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import Message, QueryRows, Row, SubscriptionEnded

if TYPE_CHECKING:
    from collections.abc import Callable


class LiveRows:
    """What `sql` answers right now. `changed` is set, and `on_change` called, after every change; neither may block."""

    def __init__(self, store: Store, sql: str, *, key: str = "id", on_change: Callable[[], None] | None = None) -> None:
        self.changed = threading.Event()
        self._rows: RowCache[Row] = RowCache(key)
        self._lock = threading.Lock()
        self._loaded = threading.Event()
        self._error: RefusedError | None = None
        self._on_change = on_change
        self._subscription = store.subscribe(sql, self._apply, caller=INTERNAL)
        self._loaded.wait()

    def rows(self) -> list[Row]:
        """The rows as they are; never change one. Raises RefusedError when the subscription has ended."""
        with self._lock:
            if self._error:
                raise self._error
            return list(self._rows)

    def get(self, key: Any) -> Row | None:
        """The row of that key. Raises RefusedError when the subscription has ended."""
        with self._lock:
            if self._error:
                raise self._error
            return self._rows.get(key)

    def one(self) -> Row | None:
        """The first row, where there is at most one."""
        rows = self.rows()
        return rows[0] if rows else None

    def close(self) -> None:
        """End the subscription."""
        self._subscription.close()

    def _apply(self, message: Message) -> None:
        with self._lock:
            if isinstance(message, SubscriptionEnded):
                self._error = message.error
            else:
                self._rows.apply(message)
        self.changed.set()
        if self._on_change:
            self._on_change()
        if not isinstance(message, QueryRows) or message.done:
            self._loaded.set()
