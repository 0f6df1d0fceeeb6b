"""Row caches of the screen's live queries, the state of the connection, and listeners for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sproutcast_pi.messages.message import Message
from sproutcast_pi.protocol.row_cache import ChangesMessage, Row, RowCache, RowsMessage


class ScreenRowCache:
    """Named tables and their listeners.

    Everything runs on one thread; messages of other threads are posted to it first. Listeners get the names of the
    tables that changed, once for all messages posted together.
    """

    def __init__(self) -> None:
        self.tables: dict[str, RowCache[Row]] = {}
        self.link = "connecting"
        """connecting, live or away."""
        self.link_message: Message | None = None
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._changed: set[str] = set()

    def table(self, name: str, key: str = "id") -> RowCache[Row]:
        """Return the named table, empty at first."""
        return self.tables.setdefault(name, RowCache(key))

    def add_listener(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `listener` with the names that changed; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def apply(self, name: str, message: RowsMessage | ChangesMessage) -> None:
        """Apply a message of the named table's query."""
        self.table(name).apply(message)
        self._changed.add(name)

    def rows(self, name: str, rows: Iterable[Row]) -> None:
        """Replace the rows of the named table."""
        self.table(name).load(rows)
        self._changed.add(name)

    def diff(
        self, name: str, *, insert: Sequence[Row] = (), update: Sequence[Row] = (), delete: Sequence[Row] = ()
    ) -> None:
        """Apply a difference to the named table."""
        self.table(name).change(insert=insert, update=update, delete=delete)
        self._changed.add(name)

    def set_link(self, link: str, message: Message | None = None) -> None:
        """Set the state of the connection; the tables keep their last rows."""
        if (link, message) != (self.link, self.link_message):
            self.link, self.link_message = link, message
            self._changed.add("link")

    def notify(self) -> None:
        """Call the listeners with what changed since the last call, if anything did."""
        if self._changed:
            changed, self._changed = frozenset(self._changed), set()
            for listener in list(self._listeners):
                listener(changed)
