"""For tests and for hunting: watch the same changes by another way, and fail the transaction when the two disagree.

The other way is TEMP triggers that write into a TEMP table, which SQLite rolls back together with savepoints by itself.
(A session would do too, but SQLite crashes when a session and a preupdate hook share a connection.)
"""

from __future__ import annotations

from typing import Any

import apsw

from sproutcast_pi.errors import StoreError
from sproutcast_pi.store.changes import NetChange, Values
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.sql import quoted

_SEPARATOR = "char(31)"

Net = dict[tuple[str, str], tuple[str | None, str | None]]


class CrossCheck:
    """Installs its triggers on one connection."""

    def __init__(self, connection: apsw.Connection, tables: dict[str, Table]) -> None:
        self._connection = connection
        connection.execute("PRAGMA recursive_triggers = ON").fetchall()  # else REPLACE removes rows unseen
        connection.execute("CREATE TEMP TABLE seen (n INTEGER PRIMARY KEY, name, old_key, old, new_key, new)")
        for table in tables.values():
            if not table.name.startswith("_"):
                self._watch(table)

    def begin(self) -> None:
        """A call begins."""
        self._connection.execute("DELETE FROM temp.seen")

    def verify(self, changes: list[NetChange]) -> None:
        """Compare with what the call changed; raises StoreError with both when they differ."""
        captured: Net = {
            (change.table.name, self._key(change)): (self._text(change.old), self._text(change.new))
            for change in changes
        }
        seen = self._net()
        if captured != seen:
            wrong = {key for key in captured.keys() | seen.keys() if captured.get(key) != seen.get(key)}
            differences = [(key, captured.get(key), seen.get(key)) for key in sorted(wrong)[:5]]
            raise StoreError(f"the two ways of watching changes disagree (key, hook, triggers): {differences}")

    def _watch(self, table: Table) -> None:
        name = quoted(table.name)
        for event, old, new in (("INSERT", False, True), ("UPDATE", True, True), ("DELETE", True, False)):
            values = ", ".join(
                _quote(table, which, places) if there else "NULL"
                for which, there in (("OLD", old), ("NEW", new))
                for places in (table.key, range(len(table.columns)))
            )
            trigger = quoted(f"seen_{event}_{table.name}")
            insert = f"INSERT INTO seen (name, old_key, old, new_key, new) VALUES ('{table.name}', {values})"  # noqa: S608 - ours
            self._connection.execute(f"CREATE TEMP TRIGGER {trigger} AFTER {event} ON main.{name} BEGIN {insert}; END")

    def _net(self) -> Net:
        net: Net = {}
        for name, old_key, old, new_key, new in self._connection.execute(
            "SELECT name, old_key, old, new_key, new FROM temp.seen ORDER BY n"
        ):
            if old_key is not None:
                before, _ = net.get((str(name), str(old_key)), (old, None))
                net[str(name), str(old_key)] = (before, None)
            if new_key is not None:
                before, _ = net.get((str(name), str(new_key)), (None, None))
                net[str(name), str(new_key)] = (before, new)
        return {key: both for key, both in net.items() if both[0] != both[1]}

    def _key(self, change: NetChange) -> str:
        values = change.new if change.old is None else change.old
        assert values is not None
        text = self._text(tuple(values[place] for place in change.table.key))
        assert text is not None
        return text

    def _text(self, values: Values | None) -> str | None:
        if values is None:
            return None
        marks = f" || {_SEPARATOR} || ".join("quote(?)" for _ in values)
        ((text,),) = self._connection.execute(f"SELECT {marks}", values).fetchall()  # marks only
        return str(text)


def _quote(table: Table, which: str, places: Any) -> str:
    return f" || {_SEPARATOR} || ".join(f"quote({which}.{quoted(table.columns[place])})" for place in places)
