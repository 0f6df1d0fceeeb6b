"""Every row a transaction changes, seen by SQLite's preupdate hook and reduced to its net effect."""

from __future__ import annotations

from typing import Any

import apsw

from sproutcast_pi.store.schema import Table

Values = tuple[Any, ...]


class NetChange:
    """One row's net effect: `old` None: inserted, `new` None: deleted, else updated. Rows are made once, for all."""

    __slots__ = ("_new_row", "_old_row", "new", "old", "table")

    def __init__(self, table: Table, old: Values | None, new: Values | None) -> None:
        self.table = table
        self.old = old
        self.new = new
        self._old_row: dict[str, Any] | None = None
        self._new_row: dict[str, Any] | None = None

    @property
    def old_row(self) -> dict[str, Any]:
        """The row as it was, by column."""
        if self._old_row is None:
            assert self.old is not None
            self._old_row = self.table.row(self.old)
        return self._old_row

    @property
    def new_row(self) -> dict[str, Any]:
        """The row as it is now, by column."""
        if self._new_row is None:
            assert self.new is not None
            self._new_row = self.table.row(self.new)
        return self._new_row


class ChangeRecorder:
    """Listens to one connection; `mark` and `rollback` go with savepoints, for SQLite does not say what it undoes."""

    def __init__(self, connection: apsw.Connection, tables: dict[str, Table]) -> None:
        self._tables = {name: table for name, table in tables.items() if not name.startswith("_")}
        self._recorded: list[tuple[Table, Values | None, Values | None]] = []
        connection.preupdate_hook(self._on_preupdate, id="changes")

    def mark(self) -> int:
        """Return where we are, for `rollback`."""
        return len(self._recorded)

    def rollback(self, mark: int) -> None:
        """Forget everything since `mark`."""
        del self._recorded[mark:]

    def since(self, mark: int) -> list[NetChange]:
        """Return the net changes since `mark`, in the order rows were first touched."""
        return coalesce(self._recorded[mark:])

    def _on_preupdate(self, update: Any) -> None:
        table = self._tables.get(update.table_name)
        if table is not None and update.database_name == "main":
            self._recorded.append((table, update.old, update.new))


def coalesce(seen: list[tuple[Table, Values | None, Values | None]]) -> list[NetChange]:
    """Reduce to first old and last new by primary key; a row that ends as it began is left out."""
    first: dict[tuple[str, Values], tuple[Table, Values | None]] = {}
    last: dict[tuple[str, Values], Values | None] = {}
    for table, old, new in seen:
        old_key = None if old is None else (table.name, tuple(old[place] for place in table.key))
        new_key = None if new is None else (table.name, tuple(new[place] for place in table.key))
        if old_key is not None:
            first.setdefault(old_key, (table, old))
            last[old_key] = None
        if new_key is not None:
            first.setdefault(new_key, (table, None))
            last[new_key] = new
    return [NetChange(table, old, last[key]) for key, (table, old) in first.items() if not identical(old, last[key])]


def identical(old: Values | None, new: Values | None) -> bool:
    """Whether two rows hold the same values of the same types: 1 and 1.0 differ on the wire."""
    return old == new and (old is None or new is None or all(type(a) is type(b) for a, b in zip(old, new, strict=True)))
