"""The one thread that writes: it takes what is queued, commits it together, and then notifies the listeners."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from itertools import count
from queue import Empty, SimpleQueue
from random import Random
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import RefusedError, StoreError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store import error_mapping, log
from sproutcast_pi.store.callers import Caller
from sproutcast_pi.store.changes import ChangeRecorder, NetChange
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.cross_check import CrossCheck
from sproutcast_pi.store.database import WriteDatabase
from sproutcast_pi.store.messages import ReducerResult
from sproutcast_pi.store.reducer import Reducer
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.live_queries import Delivery, LiveQueries
from sproutcast_pi.store.tables import Model
from sproutcast_pi.store.transaction import Transaction

MAX_BATCH = 256
"""Calls that share one commit at most: beyond it the first of them would wait for the last too long."""

_logger = logging.getLogger(__name__)


class WriterCounters(msgspec.Struct, kw_only=True):
    """What the writer has done since it started."""

    calls: int = 0
    refused: int = 0
    transactions: int = 0
    commits: int = 0
    commit_s: float = 0.0
    rows_changed: int = 0
    messages: int = 0


class _Call(msgspec.Struct, frozen=True):
    reducer: Reducer
    args: dict[str, Any]
    caller: Caller
    future: Future[ReducerResult]


class _Task(msgspec.Struct, frozen=True):
    function: Callable[[], Any]
    future: Future[Any]


class _Completed(msgspec.Struct, frozen=True):
    """How one call of a group went, delivered once the group is on disk."""

    call: _Call
    value: Any = None
    seq: int = 0
    error: RefusedError | None = None
    effects: list[Callable[[], object]] = []
    deliveries: list[Delivery] = []


class Writer:
    """Owns the write connection. Everything else asks it, by `submit` (reducers) and `run_on_writer` (other work)."""

    def __init__(
        self,
        *,
        connection: apsw.Connection,
        tables: dict[str, Table],
        reducers: Mapping[str, Reducer],
        board: LiveQueries,
        clock: Clock,
        seq: int,
        cross_check: bool,
    ) -> None:
        self.seq = seq
        self.counts = WriterCounters()
        self.connection = connection
        self.idle = threading.Event()
        """Set while nothing is being committed; who reads much beside us lets us go first."""
        self.idle.set()
        self._tables = tables
        self._reducers = reducers
        self._live_queries = board
        self._clock = clock
        self._random = Random()  # noqa: S311 - nothing secret is drawn from it
        self._queue: SimpleQueue[_Call | _Task | None] = SimpleQueue()
        self._deferred: _Call | _Task | None = None
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_ids = count()
        self._closed = False
        self._close_lock = threading.Lock()
        self._transaction = Transaction(connection, ChangeRecorder(connection, tables))
        self._cross_check = CrossCheck(connection, tables) if cross_check else None
        self._batch_callbacks: list[Callable[[], object]] = []
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is queued, refuse what comes later, and stop."""
        with self._close_lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def submit(self, reducer: Reducer, args: dict[str, Any], caller: Caller) -> Future[ReducerResult]:
        """Queue a call; the future is done when it is on disk, or refused."""
        future: Future[ReducerResult] = Future()
        self._enqueue(_Call(reducer, args, caller, future))
        return future

    def run_on_writer(self, function: Callable[[], Any]) -> Future[Any]:
        """Queue `function` to run on the writer's thread between two transactions."""
        future: Future[Any] = Future()
        self._enqueue(_Task(function, future))
        return future

    def run_later(self, seconds: float, function: Callable[[], None]) -> None:
        """Run `function` on the writer's thread between transactions, so much later; only that thread may ask."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._timer_ids), function))

    def on_batch_delivered(self, callback: Callable[[], object]) -> None:
        """Run `callback` on the writer's thread whenever listeners and futures of some work have all been notified.

        What belongs to one transaction is complete then; it must not block.
        """
        self._batch_callbacks.append(callback)

    @property
    def queued(self) -> int:
        """How many calls are queued."""
        return self._queue.qsize()

    def on_thread(self) -> bool:
        """Whether the asking thread is the writer's own, which must never wait for itself."""
        return threading.current_thread() is self._thread

    def _enqueue(self, job: _Call | _Task) -> None:
        with self._close_lock:
            if self._closed:
                raise StoreError(refusals.CLOSED())
            self._queue.put(job)

    def _run(self) -> None:
        database = WriteDatabase(self.connection)
        database.connect()
        Model._meta.database.obj = database  # noqa: SLF001 - binds the models on this thread only
        while True:
            job = self._deferred or self._next()
            self._deferred = None
            if job is None:
                break
            if isinstance(job, _Task):
                self._run_task(job)
            else:
                self.idle.clear()
                self._commit(self._collect_batch(job))
                self.idle.set()
            self._notify_batch_delivered()
        Model._meta.database.obj = None  # noqa: SLF001 - peewee's public way to a model's facts

    def _next(self) -> _Call | _Task | None:
        while True:
            if not self._timers:
                return self._queue.get()
            wait = self._timers[0][0] - time.monotonic()
            try:
                return self._queue.get(timeout=max(wait, 0)) if wait > 0 else self._queue.get_nowait()
            except Empty:
                pass
            while self._timers and self._timers[0][0] <= time.monotonic():
                _, _, function = heapq.heappop(self._timers)
                _run_safely("a timer", function)
                self._notify_batch_delivered()

    def _notify_batch_delivered(self) -> None:
        for callback in self._batch_callbacks:
            _run_safely("a listener of the writer", callback)

    def _collect_batch(self, first: _Call) -> list[_Call]:
        calls = [first]
        while len(calls) < MAX_BATCH:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            if isinstance(job, _Task):
                self._deferred = job
                break
            calls.append(job)
        return calls

    def _run_task(self, work: _Task) -> None:
        if not work.future.set_running_or_notify_cancel():
            return
        try:
            work.future.set_result(work.function())
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            work.future.set_exception(error)

    def _commit(self, calls: list[_Call]) -> None:
        before = self.seq
        started = time.perf_counter()
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            done = [self._execute(call) for call in calls]
            self.connection.execute("COMMIT")
        except (apsw.Error, error_mapping.TransactionRolledBack) as error:
            self._rollback(before)
            self._retry_individually(calls, error)
            return
        self._live_queries.commit()
        self.counts.commits += self.seq > before
        self.counts.commit_s += time.perf_counter() - started
        self._transaction.recorder.rollback(0)
        for one in done:
            self._deliver(one)

    def _rollback(self, seq: int) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.seq = seq
        self._transaction.recorder.rollback(0)
        self._transaction.effects.clear()
        self._live_queries.rollback()

    def _retry_individually(self, calls: list[_Call], error: Exception) -> None:
        """Nothing of the group is on disk. Try each alone, so that one that is too large spoils only itself."""
        if len(calls) > 1:
            for call in calls:
                self._commit([call])
            return
        _logger.error("%s could not be committed: %s", calls[0].reducer.name, error)
        self.counts.refused += 1
        calls[0].future.set_exception(error_mapping.to_refused_error(calls[0].reducer.name, error))

    def _execute(self, call: _Call) -> _Completed:
        transaction = self._transaction
        transaction.effects = []
        mark = transaction.recorder.mark()
        now = self._clock.now()
        context = Context(
            transaction=transaction,
            reducers=self._reducers,
            caller=call.caller,
            now=now,
            time_trusted=self._clock.trusted(),
            random=self._random,
        )
        if self._cross_check is not None:
            self._cross_check.begin()
        try:
            with transaction.savepoint():
                value = call.reducer.function(context, **call.args)
                changes = transaction.recorder.since(mark)
                if self._cross_check is not None:
                    self._cross_check.verify(changes)
                if changes:
                    self._log(to_text(now), call, changes)
        except Exception as error:
            if not self.connection.in_transaction:
                raise error_mapping.TransactionRolledBack(str(error)) from error
            return _Completed(call, error=error_mapping.to_refused_error(call.reducer.name, error))
        deliveries = self._live_queries.evaluate(self.seq, call.reducer.name, changes) if changes else []
        self.counts.rows_changed += len(changes)
        return _Completed(call, value, self.seq, None, transaction.effects, deliveries)

    def _log(self, at: str, call: _Call, changes: list[NetChange]) -> None:
        entry = (self.seq + 1, at, call.reducer.name, call.caller.name, log.encode(changes))
        self.connection.execute(log.INSERT, entry)
        changes.append(NetChange(self._tables["_tx"], None, entry))
        self.seq += 1
        self.counts.transactions += 1

    def _deliver(self, done: _Completed) -> None:
        self.counts.calls += 1
        if done.error is not None:
            self.counts.refused += 1
            done.call.future.set_exception(done.error)
            return
        self.counts.messages += self._live_queries.publish(done.deliveries)
        for effect in done.effects:
            _run_safely(f"an effect of {done.call.reducer.name}", effect)
        done.call.future.set_result(ReducerResult(done.value, done.seq))


def _run_safely(what: str, function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:
        _logger.exception("%s failed", what)
