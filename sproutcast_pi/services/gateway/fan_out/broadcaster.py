"""Broadcaster: collects changes on the writer's thread and dispatches them to sessions, a commit at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from sproutcast_pi.services.gateway.fan_out.batch import BatchEntry, CallResult, EncodingCache, FirstRows, Listener
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.store.engine import ReducerResult
from sproutcast_pi.store.messages import Message, QueryRows


class Broadcaster:
    """Queue between the store's threads and the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.RLock()
        self._batch: list[BatchEntry] = []

    def enqueue(self, entry: BatchEntry) -> None:
        """Add an entry to the next batch; any thread."""
        self._batch.append(entry)

    def publish(self, listener: Listener, subscription: ClientSubscription, message: Message) -> threading.Event | None:
        """Add a message for a subscription; any thread.

        A chunk of a long answer is dispatched by itself: the event is set once the client has accepted it.
        """
        if not isinstance(message, QueryRows) or message.done:
            self.enqueue((listener, subscription, message))
            return None
        delivered = threading.Event()
        if self._loop.is_closed():
            delivered.set()
        else:
            self._loop.call_soon_threadsafe(self._dispatch_chunk, listener, subscription, message, delivered)
        return delivered

    def flush(self) -> None:
        """Dispatch everything enqueued so far as one batch; any thread."""
        with self._lock:
            # Cut off, not exchanged: another thread may be about to append to this very list.
            batch = self._batch[:]
            del self._batch[: len(batch)]
        if not batch:
            return
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._dispatch, batch)

    def submit_call(
        self, listener: Listener, number: int, submit: Callable[[], Future[ReducerResult]]
    ) -> Future[ReducerResult]:
        """Submit a call so that its result is in the same batch as its own changes."""
        # Locked until the result's callback is in place, so that the writer can't flush the changes without it.
        with self._lock:
            future = submit()
            future.add_done_callback(lambda done: self.enqueue(CallResult(listener, number, done)))
        if future.done():
            self.flush()
        return future

    def _dispatch_chunk(
        self, listener: Listener, subscription: ClientSubscription, rows: QueryRows, delivered: threading.Event
    ) -> None:
        if listener.connected:
            listener.send_items([FirstRows(subscription, rows, delivered)], EncodingCache())
        else:
            delivered.set()

    def _dispatch(self, batch: list[BatchEntry]) -> None:
        concerned: dict[Listener, list[BatchEntry]] = {}
        for entry in batch:
            listener = entry.listener if isinstance(entry, CallResult) else entry[0]
            concerned.setdefault(listener, []).append(entry)
        encoded = EncodingCache()
        for listener, entries in concerned.items():
            if not listener.connected:
                continue
            try:
                listener.on_batch(entries, encoded)
            except Exception as error:  # noqa: BLE001 - one client's rows must not keep another's from it; `fail` logs it
                listener.fail(error)
