"""From the log: what somebody who holds the answer as of an earlier transaction has missed."""

from __future__ import annotations

import apsw

from sproutcast_pi.store import log
from sproutcast_pi.store.changes import coalesce
from sproutcast_pi.store.messages import Resumed
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.plain import PlainQuery

MOST = 5000
"""Transactions that are replayed; past it, reading the rows afresh is cheaper."""


def resume(
    connection: apsw.Connection, tables: dict[str, Table], query: PlainQuery, since: int, seq: int
) -> Resumed | None:
    """Return the net effect of the transactions after `since` up to `seq`; None when the log can't tell."""
    first, _ = log.bounds(connection)
    if not first - 1 <= since <= seq or seq - since > MOST or since < log.readable_since(connection):
        return None
    if query.table.name not in tables or query.table.name.startswith("_"):
        return None
    seen = [
        (change.table, change.old, change.new)
        for logged in log.read(connection, since, MOST)
        for change in log.rebuild((one for one in logged.diff if one.table == query.table.name), tables)
    ]
    diff = query.apply(seq, None, coalesce(seen))
    if diff is None:
        return Resumed(seq=seq)
    return Resumed(seq=seq, insert=diff.insert, update=diff.update, delete=diff.delete)
