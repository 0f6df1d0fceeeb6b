"""All live queries and who listens to each; lives on the writer's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import RefusedError, StoreError
from sproutcast_pi.store.callers import Caller
from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.messages import QueryDiff
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import Select
from sproutcast_pi.store.subscriptions.index import Demand, TableIndex, demand_of
from sproutcast_pi.store.subscriptions.live_query import INLINE_S, LiveQuery, LiveRowQuery, Threads
from sproutcast_pi.store.subscriptions.live_window import LiveWindow
from sproutcast_pi.store.subscriptions.parse import NotIncrementalError, parse
from sproutcast_pi.store.subscriptions.read_connection import (
    LONG_PROGRESS_STEPS,
    PROGRESS_STEPS,
    QueryInfo,
    ReadConnection,
)
from sproutcast_pi.store.subscriptions.reader_thread import ReaderThread
from sproutcast_pi.store.subscriptions.requeried import RequeriedQuery
from sproutcast_pi.store.subscriptions.resume import missed_since
from sproutcast_pi.store.subscriptions.row_query import RowQuery
from sproutcast_pi.store.subscriptions.subscription import Listener, QuerySubscription
from sproutcast_pi.store.subscriptions.tokens import Token, tokenize
from sproutcast_pi.store.subscriptions.window import RowWindow
from sproutcast_pi.store.tables import PRIVATE

UNTRACKED = frozenset({"_meta", "_follower"})
"""Tables whose changes are not followed, so no query may read them."""

MAX_REQUERIED = 50
"""Joins and aggregates of one caller: each is run again when one of its tables changes."""

MAX_CHUNK_BYTES = 64_000_000
"""Bytes; far more than a thousand of our rows."""

_logger = logging.getLogger(__name__)

RunOnWriter = Callable[[Callable[[], Any]], Any]
RunLater = Callable[[float, Callable[[], None]], None]


class ParsedQuery(msgspec.Struct, frozen=True):
    """A query that has been read and may be asked: `select` when it can be followed row by row."""

    sql: str
    key: Select | str
    """Equal for queries that are the same."""
    select: Select | None
    info: QueryInfo | None
    """What a query that SQLite must run reads and answers."""


class Delivery(msgspec.Struct, frozen=True):
    """A message for all listeners of a query."""

    live: Any
    diff: QueryDiff


class LiveQueries:
    """Evaluates every transaction against the queries it concerns."""

    def __init__(self, path: Path, connection: apsw.Connection, tables: dict[str, Table]) -> None:
        self._connection = connection
        self._tables = {name: table for name, table in tables.items() if name not in UNTRACKED}
        self._inline_reader = ReadConnection(path, self._tables, most_bytes=MAX_CHUNK_BYTES)
        self._examiner = ReadConnection(path, self._tables)
        self._examining = threading.Lock()
        # It is asked for whole rows only, however long they are.
        aside = ReadConnection(path, self._tables, most_bytes=MAX_CHUNK_BYTES, steps=LONG_PROGRESS_STEPS)
        self._loader = ReaderThread("store-loader", aside)
        self._rerunner = ReaderThread("store-rerun", ReadConnection(path, self._tables))
        self._live: dict[Select | str, LiveQuery] = {}
        self._index: dict[str, TableIndex[LiveQuery]] = {}
        self._reruns: dict[str, list[RequeriedQuery]] = {}
        self._rollbacks: list[Callable[[], None]] = []
        self._threads: Threads | None = None

    def attach(self, run_on_writer: RunOnWriter, run_later: RunLater, idle: threading.Event) -> None:
        """Learn how to have work done on the writer's thread."""
        self._threads = Threads(
            inline_reader=self._inline_reader,
            loader=self._loader,
            rerunner=self._rerunner,
            run_on_writer=lambda function: _unless_closed(lambda: run_on_writer(function)),
            run_later=run_later,
            idle=idle,
            requery=self._requery,
            on_rollback=self._rollbacks.append,
        )

    def parse_query(self, sql: str, caller: Caller) -> ParsedQuery:
        """Read a query, on any thread; raises RefusedError that says which part is refused and why."""
        tokens = tokenize(sql)
        if tokens[0].value != "SELECT":
            raise RefusedError(f"only SELECT can be asked, not {tokens[0].raw or 'nothing'}", field="sql")
        second = next((token for token, after in pairwise(tokens) if token.raw == ";" and after.kind != "end"), None)
        if second is not None:
            raise RefusedError(f"one query at a time: something follows the ; at character {second.place}", field="sql")
        try:
            select = parse(tokens, self._tables)
        except NotIncrementalError:
            _reject_current_time(tokens)
            private = caller.role in ("owner", "internal")
            with self._examining:
                info = self._examiner.examine(sql, private=private)
            return ParsedQuery(sql, " ".join(token.raw for token in tokens), None, info)
        if select.table in PRIVATE and caller.role not in ("owner", "internal"):
            raise RefusedError(f"{select.table} is for owners only", code="forbidden", field="sql")
        return ParsedQuery(sql, select, select, None)

    def subscribe(
        self, asked: ParsedQuery, listener: Listener, caller: Caller, *, seq: int, since: int | None, as_json: bool
    ) -> QuerySubscription:
        """Register a listener and give it its first rows, or what it missed after `since`."""
        if asked.select is None:
            self._check_quota(caller)
        live = self._live.get(asked.key) or self._create_live_query(asked)
        if isinstance(live, RequeriedQuery) and live.tables & PRIVATE and caller.role not in ("owner", "internal"):
            raise RefusedError(f"{min(live.tables & PRIVATE)} is for owners only", code="forbidden", field="sql")
        subscription = QuerySubscription(
            sql=asked.sql,
            key=live.key,
            incremental=asked.select is not None,
            listener=listener,
            as_json=as_json,
            owner=f"{caller.role} {caller.name}",
        )
        subscription.on_close(lambda: self._schedule_unsubscribe(asked.key, subscription))
        if since is not None and isinstance(live, LiveRowQuery):
            missed = missed_since(self._connection, self._tables, live.query, since, seq)
            if missed is not None:
                live.resume(subscription, since, missed)
                return subscription
        try:
            live.add_subscription(subscription, seq)
        except BaseException:
            # Nothing may be left behind that nobody listens to.
            subscription.on_close(lambda: None)
            subscription.close()
            self._unsubscribe(asked.key, subscription)
            raise
        return subscription

    def _check_quota(self, caller: Caller) -> None:
        owner = f"{caller.role} {caller.name}"
        held = sum(
            one.owner == owner
            for live in self._live.values()
            if isinstance(live, RequeriedQuery)
            for one in (*live.subscriptions, *live.pending)
        )
        if held >= MAX_REQUERIED and caller.role != "internal":
            raise RefusedError(
                f"{caller.name} has {held} queries with joins or aggregates open; end one first", code="rate_limited"
            )

    def evaluate(self, seq: int, reducer: str, changes: list[NetChange]) -> list[Delivery]:
        """Return what the transaction changes in each query, to be delivered once it is on disk."""
        concerned: dict[LiveQuery, list[NetChange]] = {}
        for change in changes:
            index = self._index.get(change.table.name)
            if index is not None:
                for live in index.candidates(change):
                    concerned.setdefault(live, []).append(change)
            for rerun in self._reruns.get(change.table.name, ()):
                concerned[rerun] = []
        deliveries = []
        for live, its in concerned.items():
            try:
                diff = live.evaluate(seq, reducer, its)
            except Exception:
                _logger.exception("a live query could not be evaluated")
                self._fail(live)
                continue
            if diff is not None:
                deliveries.append(Delivery(live, diff))
        return deliveries

    def publish(self, deliveries: list[Delivery]) -> int:
        """Deliver to the listeners; returns the number of messages."""
        return sum(delivery.live.broadcast(delivery.diff) for delivery in deliveries)

    def commit(self) -> None:
        """The transactions are on disk: nothing of them will be undone."""
        self._rollbacks.clear()

    def rollback(self) -> None:
        """The transactions came to nothing: bring every query back, newest first."""
        while self._rollbacks:
            self._rollbacks.pop()()

    @property
    def queries(self) -> int:
        """How many different queries are live."""
        return len(self._live)

    @property
    def listeners(self) -> int:
        """How many subscriptions there are."""
        return sum(len(live.subscriptions) for live in list(self._live.values()))

    def close(self) -> None:
        """Stop the helpers; the writer's thread has ended."""
        self._loader.close()
        self._rerunner.close()
        self._inline_reader.close()
        with self._examining:
            self._examiner.close()

    def _create_live_query(self, asked: ParsedQuery) -> LiveQuery:
        assert self._threads is not None
        live: LiveQuery
        if asked.select is None:
            assert asked.info is not None
            rerun = RequeriedQuery(asked.sql, asked.info, self._threads)
            for name in rerun.tables:
                self._reruns.setdefault(name, []).append(rerun)
            live = rerun
        else:
            table = self._tables[asked.select.table]
            limited = asked.select.limit is not None
            live = (
                LiveWindow(RowWindow(asked.select, table), self._threads)
                if limited
                else LiveRowQuery(RowQuery(asked.select, table), self._threads)
            )
            self._index.setdefault(table.name, TableIndex()).add(live, self._demand(asked.select))
        self._live[asked.key] = live
        return live

    def _demand(self, select: Select) -> Demand | None:
        return demand_of(select.where, self._tables[select.table])

    def _schedule_unsubscribe(self, key: Select | str, subscription: QuerySubscription) -> None:
        assert self._threads is not None
        self._threads.run_on_writer(lambda: self._unsubscribe(key, subscription))

    def _unsubscribe(self, key: Select | str, subscription: QuerySubscription) -> None:
        live = self._live.get(key)
        if live is None:
            return
        if live.remove_subscription(subscription):
            self._remove(key, live)

    def _remove(self, key: Select | str, live: LiveQuery) -> None:
        del self._live[key]
        if isinstance(live, RequeriedQuery):
            for name in live.tables:
                self._reruns[name].remove(live)
        elif isinstance(key, Select):
            self._index[key.table].remove(live, self._demand(key))

    def _fail(self, live: LiveQuery) -> None:
        """A query of ours that fails must not fail the transaction; its listeners may ask again."""
        error = RefusedError("the live query failed inside; the log has the details", code="internal")
        live.close_with_error(error)

    def _requery(self, sql: str) -> list[tuple[Any, ...]] | None:
        until = time.monotonic() + INLINE_S
        self._connection.set_progress_handler(lambda: time.monotonic() > until, PROGRESS_STEPS)
        try:
            return self._connection.execute(sql).fetchall()
        except apsw.InterruptError:
            return None
        finally:
            self._connection.set_progress_handler(None)


def _reject_current_time(tokens: list[Token]) -> None:
    for token in tokens:
        if (token.kind == "text" and token.value.strip().lower() == "now") or token.value.startswith("CURRENT_"):
            raise RefusedError(
                f"{token.raw} (character {token.place}): a live answer can't follow the clock; write the moment itself",
                field="sql",
            )


def _unless_closed(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except StoreError:
        return None
