"""A query without LIMIT that somebody listens to, and the interface of every live query."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.messages import QueryDiff, QueryRows, Row
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import Select, has_like
from sproutcast_pi.store.subscriptions.read_connection import QueryResult, ReadConnection, TooLongError
from sproutcast_pi.store.subscriptions.reader_thread import ReaderThread
from sproutcast_pi.store.subscriptions.row_query import RowQuery
from sproutcast_pi.store.subscriptions.subscription import QuerySubscription, Waitable

_logger = logging.getLogger(__name__)

INLINE_S = 0.003
INLINE_ROWS = 1000
"""A first answer within these is read on the writer's thread; a longer one would hold up everybody's diffs."""
CHUNK_ROWS = 250
"""Rows a piece: under a millisecond's work, after which the loader looks whether the writer wants the interpreter."""
YIELD_S = 0.01
"""How long, after each piece, it lets the writer go first."""
LOAD_TIMEOUT_S = 30.0
POLL_S = 0.5
LISTENER_TIMEOUT_S = 30.0
"""How long a first answer waits for a listener that is slow to take it."""


class Threads(msgspec.Struct, frozen=True):
    """Where a live query has its work done."""

    inline_reader: ReadConnection
    """The writer thread's own read connection: between transactions it sees exactly what is committed."""
    loader: ReaderThread
    rerunner: ReaderThread
    run_on_writer: Callable[[Callable[[], Any]], Any]
    """Runs a function on the writer's thread between two transactions."""
    run_later: Callable[[float, Callable[[], None]], None]
    """The same, after a delay in seconds."""
    requery: Callable[[str], list[tuple[Any, ...]] | None]
    """Asks the write connection, in the midst of a transaction; None when it took too long."""
    idle: threading.Event
    """Set while the writer has nothing to commit."""
    on_rollback: Callable[[Callable[[], None]], None]
    """Registers what brings a query back to its state from before the transaction."""

    def read_inline(self, sql: str, select: Select, most: int) -> QueryResult | None:
        """A first answer read on the writer's thread; None when it has to be read aside.

        A query with LIKE always is: one match is one opcode, which the clock can't stop.
        """
        if has_like(select.where):
            return None
        try:
            return self.inline_reader.fetch_all(sql, seconds=INLINE_S, most=most)
        except TooLongError:
            return None


def as_refusal(error: Exception) -> RefusedError:
    """The answer to a query that failed; what is no refusal is a fault of ours and goes to the log."""
    if isinstance(error, RefusedError):
        return error
    _logger.error("a query failed", exc_info=error)
    return RefusedError("the query failed inside; the log has the details", code="internal")


class LiveQuery(ABC):
    """A query that somebody listens to."""

    def __init__(self, table: Table | None) -> None:
        self.table = "" if table is None else table.name
        self.key = () if table is None else tuple(table.columns[place] for place in table.key)
        self.subscriptions: list[QuerySubscription] = []
        self.pending: list[QuerySubscription] = []
        """Those who still wait for their first rows."""

    @abstractmethod
    def add_subscription(self, subscription: QuerySubscription, seq: int) -> None:
        """Give a new listener its first rows, as of `seq` or newer; diffs follow."""

    @abstractmethod
    def evaluate(self, seq: int, reducer: str, changes: list[NetChange]) -> QueryDiff | None:
        """Return what a transaction that is not yet on disk changes in the answer."""

    def broadcast(self, diff: QueryDiff) -> int:
        """Deliver a diff of a transaction that is on disk to all subscriptions; returns their number."""
        for subscription in self.subscriptions:
            subscription.deliver(diff)
        return len(self.subscriptions)

    def rows_message(
        self, seq: int, rows: list[Row], *, reset: bool = True, done: bool = True, encoded: bytes | None = None
    ) -> QueryRows:
        """Make the message that carries first rows."""
        return QueryRows(seq=seq, rows=rows, reset=reset, done=done, key=self.key, table=self.table, encoded=encoded)

    def remove_subscription(self, subscription: QuerySubscription) -> bool:
        """Remove a subscription; True when none is left."""
        for group in (self.subscriptions, self.pending):
            if subscription in group:
                group.remove(subscription)
        return not (self.subscriptions or self.pending)

    def close_with_error(self, error: RefusedError) -> None:
        """End all subscriptions with an error."""
        for subscription in [*self.subscriptions, *self.pending]:
            subscription.close_with_error(error)

    def deliver_first_rows(self, first: QueryRows) -> None:
        """Give those who waited their first rows."""
        for subscription in self.pending:
            if not subscription.closed:
                self.subscriptions.append(subscription)
                subscription.deliver(first)
        self.pending.clear()


class LiveRowQuery(LiveQuery):
    """Knows no rows; each listener reads its own first ones."""

    def __init__(self, query: RowQuery, threads: Threads) -> None:
        super().__init__(query.table)
        self.query = query
        self._threads = threads

    def add_subscription(self, subscription: QuerySubscription, seq: int) -> None:
        """Read the first rows at once when they are few, else on the loader's thread while diffs are held."""
        self.subscriptions.append(subscription)
        answer = self._threads.read_inline(self.query.sql, self.query.select, INLINE_ROWS)
        if answer is None:
            subscription.buffer()
            self._threads.loader.submit(lambda reading: self._load(reading, subscription), subscription.owner)
            return
        subscription.deliver(self.rows_message(max(seq, answer.seq), self._to_rows(answer.rows)))

    def resume(self, subscription: QuerySubscription, since: int, missed: list[QueryDiff]) -> None:
        """Give a listener that holds the answer as of `since` what it missed."""
        self.subscriptions.append(subscription)
        subscription.deliver(self.rows_message(since, [], reset=False))
        for diff in missed:
            subscription.deliver(diff)

    def evaluate(self, seq: int, reducer: str, changes: list[NetChange]) -> QueryDiff | None:
        """Judge each changed row by itself."""
        return self.query.apply(seq, reducer, changes)

    def _to_rows(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        return [self.query.view.row(values) for values in rows]

    def _load(self, reading: ReadConnection, subscription: QuerySubscription) -> None:
        seq = 0
        try:
            for piece in self._chunks(reading, as_json=subscription.as_json):
                if subscription.closed or self._threads.loader.stopping.is_set():
                    return
                seq = piece.seq
                wait = subscription.deliver(piece)
                self._threads.idle.wait(YIELD_S)
                if wait is not None and not piece.done:
                    self._wait_for_listener(wait, subscription)
        except TooLongError as error:
            refusal = RefusedError(f"the first rows could not be sent: {error}", code="unavailable")
            self._threads.run_on_writer(lambda: subscription.close_with_error(refusal))
            return
        except Exception as error:  # noqa: BLE001 - any failure is an answer; as_refusal logs what is no refusal
            refused = as_refusal(error)
            self._threads.run_on_writer(lambda: subscription.close_with_error(refused))
            return
        self._threads.run_on_writer(lambda: subscription.flush(seq))

    def _chunks(self, reading: ReadConnection, *, as_json: bool) -> Iterator[QueryRows]:
        first = True
        if as_json and self.query.json is not None:
            for seq, text, done in reading.fetch_json_chunks(self.query.json, seconds=LOAD_TIMEOUT_S):
                yield self.rows_message(seq, [], reset=first, done=done, encoded=text)
                first = False
            return
        for seq, rows in reading.fetch_chunks(self.query.sql, seconds=LOAD_TIMEOUT_S, size=CHUNK_ROWS):
            yield self.rows_message(seq, self._to_rows(rows), reset=first, done=len(rows) < CHUNK_ROWS)
            first = False

    def _wait_for_listener(self, wait: Waitable, subscription: QuerySubscription) -> None:
        until = time.monotonic() + LISTENER_TIMEOUT_S
        while not (subscription.closed or wait.wait(POLL_S)):
            if self._threads.loader.stopping.is_set() or time.monotonic() > until:
                raise TooLongError("the listener took too long")
