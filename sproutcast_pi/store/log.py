"""The transaction log: what each transaction changed, kept beside the rows, to resume from, to follow, to audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apsw
import msgspec

from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.tables import HIDDEN

INSERT = "INSERT INTO _tx (seq, at, reducer, caller, diff) VALUES (?, ?, ?, ?, ?)"


class LoggedChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row's change: `new` whole; `old` whole when deleted, only the columns that differ when updated."""

    table: str
    new: dict[str, Any] | None = None
    old: dict[str, Any] | None = None


class LoggedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction."""

    seq: int
    at: str
    reducer: str
    caller: str
    diff: list[LoggedChange]


_decoder = msgspec.json.Decoder(list[LoggedChange])


def encode(changes: Iterable[NetChange]) -> str:
    """Return the changes as JSON text; columns that must never leave are left out."""
    return msgspec.json.encode([_entry(change) for change in changes]).decode()


def decode(text: str) -> list[LoggedChange]:
    """Return what `encode` was given, in its written form."""
    return _decoder.decode(text)


def rebuild(entries: Iterable[LoggedChange], tables: dict[str, Table]) -> list[NetChange]:
    """Return the changes that were logged; a column that was hidden or is new since is None."""
    changes = []
    for entry in entries:
        table = tables.get(entry.table)
        if table is not None:
            changes.append(NetChange(table, _values(table, _old_values(entry)), _values(table, entry.new)))
    return changes


def read(connection: apsw.Connection, since: int, limit: int) -> Iterator[LoggedTransaction]:
    """Yield the transactions after `since`, oldest first."""
    for seq, at, reducer, caller, diff in connection.execute(
        "SELECT seq, at, reducer, caller, diff FROM _tx WHERE seq > ? ORDER BY seq LIMIT ?", (since, limit)
    ):
        yield LoggedTransaction(seq=seq, at=at, reducer=reducer, caller=caller, diff=decode(diff))


def bounds(connection: apsw.Connection) -> tuple[int, int]:
    """Return the first and last `seq` the log still holds; (1, 0) when nothing was ever written."""
    ((first, last),) = connection.execute("SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM _tx").fetchall()
    return int(str(first)), int(str(last))


def readable_since(connection: apsw.Connection) -> int:
    """Return the transaction before which entries were written for other columns than today's, so can't be replayed."""
    row = connection.execute("SELECT value FROM _meta WHERE name = 'log_readable_since'").fetchone()
    return 0 if row is None else int(str(row[0]))


def _entry(change: NetChange) -> LoggedChange:
    hidden = HIDDEN.get(change.table.name, frozenset())
    new = None if change.new is None else _without_hidden(change.new_row, hidden)
    if change.old is None:
        return LoggedChange(change.table.name, new)
    old = _without_hidden(change.old_row, hidden)
    if new is not None:
        old = {name: value for name, value in old.items() if value != new[name] or type(value) is not type(new[name])}
    return LoggedChange(change.table.name, new, old)


def _without_hidden(row: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in hidden} if hidden else row


def _old_values(entry: LoggedChange) -> dict[str, Any] | None:
    if entry.old is None or entry.new is None:
        return entry.old
    return entry.new | entry.old


def _values(table: Table, row: dict[str, Any] | None) -> tuple[Any, ...] | None:
    return None if row is None else tuple(row.get(column) for column in table.columns)
