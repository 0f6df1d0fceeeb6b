"""From the log: what somebody who holds the answer as of an earlier transaction has missed."""

from __future__ import annotations

import apsw

from sproutcast_pi.store import log
from sproutcast_pi.store.messages import QueryDiff
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.row_query import RowQuery

MAX_REPLAYED = 1000
"""Transactions that are replayed, in about 15 ms; past it the rows are read afresh, beside the writer."""


def missed_since(
    connection: apsw.Connection, tables: dict[str, Table], query: RowQuery, since: int, seq: int
) -> list[QueryDiff] | None:
    """Return what each transaction after `since` up to `seq` changed; None when the log can't provide it."""
    first, _ = log.bounds(connection)
    if not first - 1 <= since <= seq or seq - since > MAX_REPLAYED or since < log.readable_since(connection):
        return None
    if query.table.name.startswith("_"):
        return None
    missed = []
    for logged in log.read(connection, since, MAX_REPLAYED):
        changes = log.rebuild((one for one in logged.diff if one.table == query.table.name), tables)
        diff = query.apply(logged.seq, logged.reducer, changes)
        if diff is not None:
            missed.append(diff)
    return missed
