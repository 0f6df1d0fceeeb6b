"""A join or aggregate that somebody listens to: asked again when a table it reads changed, at a bounded rate."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.messages import QueryDiff, Row
from sproutcast_pi.store.subscriptions.live_query import LiveQuery, Threads, as_refusal
from sproutcast_pi.store.subscriptions.read_connection import QueryInfo, QueryResult, ReadConnection, TooLongError
from sproutcast_pi.store.subscriptions.subscription import QuerySubscription

MIN_INTERVAL_S = 0.1
"""The shortest time between two runs of one query."""
PAUSE_FACTOR = 5
"""A run is followed by a pause of at least this many times its own length."""
RUN_TIMEOUT_S = 1.0
MAX_ROWS = 10_000

_DIRTY = QueryDiff(seq=0, reducer=None)
"""Marks "query again"; never delivered."""


class RequeriedQuery(LiveQuery):
    """Keeps the last answer, every row with how often it occurs."""

    def __init__(self, sql: str, about: QueryInfo, threads: Threads) -> None:
        super().__init__(None)
        self.sql = sql
        self.tables = about.tables
        self._columns = about.columns
        self._threads = threads
        self._result: QueryResult | None = None
        self._running = False
        self._dirty = False
        self._not_before = 0.0

    def add_subscription(self, subscription: QuerySubscription, seq: int) -> None:
        """Give the last answer. The first one is computed aside: no such query may run on the writer's thread."""
        if self._result is None:
            self.pending.append(subscription)
            if not self._running:
                self._requery()
            return
        self.subscriptions.append(subscription)
        answer = self._result
        behind = self._running or self._dirty
        subscription.deliver(
            self.rows_message(answer.seq if behind else max(seq, answer.seq), self._to_rows(answer.rows))
        )

    def evaluate(self, seq: int, reducer: str, changes: list[NetChange]) -> QueryDiff | None:
        """One of its tables changed."""
        del seq, reducer, changes
        return _DIRTY

    def broadcast(self, diff: QueryDiff) -> int:
        """Ask again, now or as soon as may be."""
        del diff
        if not self._dirty and not self._running:
            wait = self._not_before - time.monotonic()
            if wait > 0:
                self._threads.run_later(wait, self._requery)
            else:
                self._requery()
                return 0
        self._dirty = True
        return 0

    def _requery(self) -> None:
        if not self._running and (self.subscriptions or self.pending or self._result is None):
            self._running, self._dirty = True, False
            owner = next((one.owner for one in (*self.pending, *self.subscriptions)), "")
            self._threads.rerunner.submit(self._read, owner)

    def _read(self, reading: ReadConnection) -> None:
        began = time.monotonic()
        try:
            answer = reading.fetch_all(self.sql, seconds=RUN_TIMEOUT_S, most=MAX_ROWS)
        except TooLongError as error:
            refusal = RefusedError(f"the query was stopped: {error}; narrow it with WHERE or LIMIT", code="unavailable")
            self._threads.run_on_writer(lambda: self._fail(refusal))
            return
        except Exception as error:  # noqa: BLE001 - any failure is an answer; as_refusal logs what is no refusal
            refused = as_refusal(error)
            self._threads.run_on_writer(lambda: self._fail(refused))
            return
        took = time.monotonic() - began
        self._threads.run_on_writer(lambda: self._apply_result(answer, took))

    def _apply_result(self, answer: QueryResult, took: float) -> None:
        before, self._result = self._result, answer
        self._running = False
        self._not_before = time.monotonic() + max(MIN_INTERVAL_S, PAUSE_FACTOR * took)
        if before is not None:
            old, new = Counter(map(_exact, before.rows)), Counter(map(_exact, answer.rows))
            insert = self._to_rows([row for row, _ in (new - old).elements()])
            delete = self._to_rows([row for row, _ in (old - new).elements()])
            if insert or delete:
                diff = QueryDiff(seq=answer.seq, reducer=None, insert=insert, delete=delete)
                super().broadcast(diff)
        self.deliver_first_rows(self.rows_message(answer.seq, self._to_rows(answer.rows)))
        if self._dirty:
            self._threads.run_later(self._not_before - time.monotonic(), self._requery)

    def _to_rows(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        return [dict(zip(self._columns, values, strict=True)) for values in rows]

    def _fail(self, error: RefusedError) -> None:
        self._running, self._dirty, self._result = False, False, None
        self.close_with_error(error)


def _exact(row: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[type, ...]]:
    """A row that differs from one with 1.0 where it has 1."""
    return row, tuple(map(type, row))
