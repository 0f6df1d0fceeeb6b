"""What the screen knows: rows of live queries, kept up to date by messages, and whether the daemon is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
Rows = Iterable[Row]


class CachedTable:
    """The rows of one live query by their key; first whole, then changed row by row."""

    def __init__(self, key: str = "id") -> None:
        self.key = key
        self._rows: dict[Any, Row] = {}

    def replace(self, rows: Iterable[Row]) -> None:
        """Take a whole answer."""
        self._rows = {row[self.key]: row for row in rows}

    def change(self, *, insert: Rows = (), update: Rows = (), delete: Rows = ()) -> None:
        """Apply one difference. Deletions first: a row that moved is deleted and inserted in one message."""
        for row in delete:
            self._rows.pop(row[self.key], None)
        for row in (*insert, *update):
            self._rows[row[self.key]] = {**self._rows.get(row[self.key], {}), **row}

    def __iter__(self) -> Any:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: Any) -> Row | None:
        """Return one row, or None."""
        return self._rows.get(key)


class ScreenRowCache:
    """Named tables and those who look at them.

    Everything runs on one thread: whoever brings messages from elsewhere hands them over there first. Listeners hear
    the names of the tables that changed, once for all messages handed over together.
    """

    def __init__(self) -> None:
        self.tables: dict[str, CachedTable] = {}
        self.link = "connecting"
        """connecting, live or away."""
        self.link_message = ""
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._changed: set[str] = set()

    def table(self, name: str, key: str = "id") -> CachedTable:
        """Return the named table, empty at first."""
        return self.tables.setdefault(name, CachedTable(key))

    def add_listener(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `listener` with the names that changed; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def rows(self, name: str, rows: Iterable[Row]) -> None:
        """Take a whole answer for `name`."""
        self.table(name).replace(rows)
        self._changed.add(name)

    def diff(self, name: str, *, insert: Rows = (), update: Rows = (), delete: Rows = ()) -> None:
        """Take a difference for `name`."""
        self.table(name).change(insert=insert, update=update, delete=delete)
        self._changed.add(name)

    def set_link(self, link: str, message: str = "") -> None:
        """Say whether the daemon is there; the tables keep what they last held."""
        if (link, message) != (self.link, self.link_message):
            self.link, self.link_message = link, message
            self._changed.add("link")

    def notify(self) -> None:
        """Tell the listeners what changed since the last time; silent when nothing did."""
        if self._changed:
            changed, self._changed = frozenset(self._changed), set()
            for listener in list(self._listeners):
                listener(changed)
