"""The store: call a reducer, subscribe to a query, read. The only write connection lives on its writer's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import RefusedError, StoreError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.ports import Clock
from sproutcast_pi.store import log
from sproutcast_pi.store.callers import INTERNAL, Caller, require_role
from sproutcast_pi.store.database import open_reader, open_writer
from sproutcast_pi.store.messages import ReducerResult, Row
from sproutcast_pi.store.opening import OpenResult, open_database
from sproutcast_pi.store.reducer import SLICES_REMAIN, Reducer, find_reducer
from sproutcast_pi.store.reducers import all_reducers
from sproutcast_pi.store.schema import read_tables
from sproutcast_pi.store.subscriptions.live_queries import LiveQueries
from sproutcast_pi.store.subscriptions.subscription import Listener, QuerySubscription
from sproutcast_pi.store.writer import Writer

VACUUM_PAGES = 500
"""Free pages given back at a time: two megabytes, some milliseconds."""

__all__ = ["INTERNAL", "Caller", "QuerySubscription", "ReducerResult", "Store"]


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Counters for `/metrics`, since the store was opened."""

    calls: int
    refused: int
    transactions: int
    commits: int
    commit_s: float
    rows_changed: int
    messages: int
    queued: int
    seq: int
    live_queries: int
    subscriptions: int


class Store:
    """One database and everything that happens in it. Safe to use from every thread; `close` it at the end."""

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Clock,
        device: str,
        reducers: Mapping[str, Reducer] | None = None,
        cross_check: bool = False,
    ) -> None:
        """Open `path`, which is made when missing and set aside when damaged (`opened` says so).

        `cross_check` watches changes a second way and fails a call when the two differ, at some cost. Raises StoreError
        when the database was written by a newer program.
        """
        self.path = Path(path)
        self.device = device
        self.reducers: Mapping[str, Reducer] = all_reducers() if reducers is None else reducers
        self.opened: OpenResult = open_database(self.path, device, clock)
        self.epoch: str = self.opened.epoch
        connection = open_writer(self.path)
        tables = read_tables(connection)
        self._live_queries = LiveQueries(self.path, connection, tables)
        self._writer = Writer(
            connection=connection,
            tables=tables,
            reducers=self.reducers,
            board=self._live_queries,
            clock=clock,
            seq=log.bounds(connection)[1],
            cross_check=cross_check,
        )
        self._live_queries.attach(self._writer.run_on_writer, self._writer.run_later, self._writer.idle)
        self._connection = connection
        self._reader = open_reader(self.path)
        self._reader_lock = Lock()
        self._writer.start()

    def submit(self, name: str, args: Mapping[str, Any] | None = None, *, caller: Caller) -> Future[ReducerResult]:
        """Queue a call of reducer `name`; the future is done when it is on disk.

        Its exception is a RefusedError: `invalid`, `not_found`, `forbidden`, `conflict`, `unavailable` or `internal`.
        Subscribers receive the change before the future is done.
        """
        try:
            reducer = find_reducer(self.reducers, name)
            require_role(name, caller, reducer.role)
            bound = reducer.bind(args or {})
        except RefusedError as refused:
            future: Future[ReducerResult] = Future()
            future.set_exception(refused)
            return future
        if reducer.sliced:
            return self._submit_sliced(reducer, bound, caller)
        return self._writer.submit(reducer, bound, caller)

    def _submit_sliced(self, reducer: Reducer, bound: dict[str, Any], caller: Caller) -> Future[ReducerResult]:
        """Call a reducer until nothing remains; whoever else calls gets in between."""
        whole: Future[ReducerResult] = Future()

        def step() -> None:
            self._writer.submit(reducer, bound, caller).add_done_callback(done)

        def done(part: Future[ReducerResult]) -> None:
            error = part.exception()
            if error is None and part.result().value is SLICES_REMAIN:
                try:
                    step()
                except StoreError as closed:
                    whole.set_exception(RefusedError(closed.message, code="unavailable"))
            elif error is not None:
                whole.set_exception(error)
            else:
                whole.set_result(part.result())

        step()
        return whole

    def call(self, name: str, args: Mapping[str, Any] | None = None, *, caller: Caller) -> ReducerResult:
        """Call reducer `name` and wait until it is on disk; raises RefusedError. Not for the writer's own thread."""
        self._reject_writer_thread("call")
        return self.submit(name, args, caller=caller).result()

    def subscribe(
        self,
        sql: str,
        listener: Listener,
        *,
        caller: Caller,
        since: int | None = None,
        epoch: str | None = None,
        as_json: bool = False,
    ) -> QuerySubscription:
        """Give `listener` the rows of `sql`, then each change; see `messages`. Raises RefusedError for refused SQL.

        The listener runs on the writer's thread right after the commit and must not block. `since` resumes after that
        transaction when the log still reaches back to it in the same `epoch`; otherwise the rows come afresh.
        `as_json`: pieces of a long first answer may come encoded, which is several times as fast.
        """
        self._reject_writer_thread("subscribe")
        asked = self._live_queries.parse_query(sql, caller)
        known = since if epoch in (None, self.epoch) else None
        answered: Future[QuerySubscription] = self._writer.run_on_writer(
            lambda: self._live_queries.subscribe(
                asked, listener, caller, seq=self._writer.seq, since=known, as_json=as_json
            )
        )
        return answered.result()

    def subscribe_all(self, queries: Sequence[tuple[str, Listener]], *, caller: Caller) -> list[QuerySubscription]:
        """Subscribe to several queries between the same two transactions, or to none.

        Those whose rows are few are answered as of one transaction; each answer says as of which. Raises RefusedError.
        """
        self._reject_writer_thread("subscribe")
        parsed = [(self._live_queries.parse_query(sql, caller), listener) for sql, listener in queries]

        def begin() -> list[QuerySubscription]:
            begun: list[QuerySubscription] = []
            try:
                for query, listener in parsed:
                    seq = self._writer.seq
                    begun.append(
                        self._live_queries.subscribe(query, listener, caller, seq=seq, since=None, as_json=False)
                    )
            except BaseException:
                for subscription in begun:
                    subscription.close()
                raise
            return begun

        answered: Future[list[QuerySubscription]] = self._writer.run_on_writer(begin)
        return answered.result()

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Return the whole answer of a SELECT of ours, read beside the writer; raises RefusedError for bad SQL."""
        rows: list[Row] = []
        names: list[str] = []
        with self._reader_lock:
            try:
                cursor = self._reader.execute(sql, parameters)
                for values in cursor:
                    names = names or [name for name, *_ in cursor.get_description()]
                    rows.append(dict(zip(names, values, strict=True)))
            except apsw.Error as error:
                raise RefusedError(refusals.QUERY_FAILED(reason=str(error))) from error
        return rows

    def run_on_writer(self, function: Callable[[], Any]) -> Any:
        """Run `function` on the writer's thread between two transactions and return its result."""
        self._reject_writer_thread("wait")
        return self._writer.run_on_writer(function).result()

    def ping(self) -> Future[None]:
        """Queue a write transaction that changes nothing: answered when the writer gets to it, or StoreError.

        Any thread may call; it does not wait.
        """

        def try_to_write() -> None:
            try:
                self._connection.execute("BEGIN IMMEDIATE; ROLLBACK")
            except apsw.Error as error:
                raise StoreError(refusals.NOT_WRITABLE(reason=str(error))) from error

        return self._writer.run_on_writer(try_to_write)

    def run_maintenance(self, *, log_keep_h: float = 72.0, log_keep_bytes: int = 64_000_000) -> None:
        """Shorten the log to its bounds, give free space back, fold the log file in; for now and then, on any thread.

        Each step is short, so that no call waits for long.
        """
        bounds = {"keep_h": log_keep_h, "keep_bytes": log_keep_bytes}
        while self.call("prune_log", bounds, caller=INTERNAL).value:
            pass
        for step in (
            f"PRAGMA incremental_vacuum({VACUUM_PAGES})",
            "PRAGMA optimize",
            "PRAGMA wal_checkpoint(PASSIVE)",
        ):
            self.run_on_writer(lambda step=step: self._connection.execute(step).fetchall())  # type: ignore[misc]  # bound now

    def on_batch_delivered(self, callback: Callable[[], object]) -> None:
        """Run `callback` on the writer's thread whenever listeners and futures of some work have all been notified."""
        self._writer.on_batch_delivered(callback)

    @property
    def seq(self) -> int:
        """The newest transaction on disk."""
        return self._writer.seq

    def stats(self) -> Stats:
        """Counters since the store was opened."""
        counts = msgspec.structs.asdict(self._writer.counts)
        return Stats(
            **counts,
            queued=self._writer.queued,
            seq=self._writer.seq,
            live_queries=self._live_queries.queries,
            subscriptions=self._live_queries.listeners,
        )

    def close(self) -> None:
        """Finish what is queued, tidy the log file away, close the files. Safe to call twice."""
        self._writer.close()
        self._live_queries.close()
        with self._reader_lock:
            self._reader.close()
        self._connection.close()

    def _reject_writer_thread(self, what: str) -> None:
        if self._writer.on_thread():
            raise RuntimeError(f"a listener or effect may not {what}: the store's writer would wait for itself")
