"""All live queries and who listens to each."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import Change
from sproutcast_pi.store.messages import Diff, Message, Row, Rows

Listener = Callable[[Message], Any]

_logger = logging.getLogger(__name__)


class Subscription:
    """One listener of one query. `close` may be called from any thread, more than once."""

    def __init__(self, query: Query, listener: Listener) -> None:
        self.query = query
        self.listener: Listener | None = listener

    def close(self) -> None:
        """Hear no more."""
        self.listener = None


class Query:
    """One query, shared by all who asked it."""

    def __init__(self, sql: str, rows: list[Row]) -> None:
        self.sql = sql
        self.rows = rows
        self.subscriptions: list[Subscription] = []


class Delivery(msgspec.Struct, frozen=True):
    """A message for all listeners of a query."""

    query: Any
    message: Message


class Board:
    """Lives on the writer's thread."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._queries: dict[str, Query] = {}

    def subscribe(self, sql: str, listener: Listener, seq: int) -> Subscription:
        """Register `listener` and give it the rows as of `seq`."""
        query = self._queries.get(sql) or Query(sql, self._read(sql))
        self._queries[sql] = query
        subscription = Subscription(query, listener)
        query.subscriptions.append(subscription)
        listener(Rows(seq=seq, rows=query.rows))
        return subscription

    def evaluate(self, seq: int, reducer: str, changes: list[Change]) -> list[Delivery]:
        """Return what the transaction changes in each query, to be delivered once it is on disk."""
        deliveries = []
        for query in self._queries.values() if changes else ():
            before, query.rows = query.rows, self._read(query.sql)
            diff = _difference(before, query.rows)
            if diff[0] or diff[1]:
                deliveries.append(Delivery(query, Diff(seq=seq, reducer=reducer, insert=diff[0], delete=diff[1])))
        return deliveries

    def deliver(self, deliveries: list[Delivery]) -> int:
        """Tell the listeners; return how many messages went out."""
        told = 0
        for delivery in deliveries:
            for subscription in delivery.query.subscriptions:
                if subscription.listener is not None:
                    subscription.listener(delivery.message)
                    told += 1
        return told

    def undo(self) -> None:
        """The transaction came to nothing: read again what was evaluated within it."""
        for query in self._queries.values():
            query.rows = self._read(query.sql)

    def _read(self, sql: str) -> list[Row]:
        if not sql.lstrip().upper().startswith("SELECT"):
            raise RefusedError("only SELECT can be subscribed to")
        cursor = self._connection.execute(sql)
        names: list[str] = []
        rows: list[Row] = []
        for values in cursor:
            names = names or [name for name, *_ in cursor.description]
            rows.append(dict(zip(names, values, strict=True)))
        return rows


def _difference(before: list[Row], after: list[Row]) -> tuple[list[Row], list[Row]]:
    old, new = Counter(map(_key, before)), Counter(map(_key, after))
    return [dict(row) for row in (new - old).elements()], [dict(row) for row in (old - new).elements()]


def _key(row: Row) -> tuple[tuple[str, Any], ...]:
    return tuple(row.items())
