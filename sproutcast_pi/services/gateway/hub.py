"""From the store's writer to the sockets: a commit at a time, each change encoded once for all who share it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from sproutcast_pi.services.gateway.live import ClientSubscription
from sproutcast_pi.services.gateway.steps import BatchEntry, CallResult, EncodingCache, FirstRows, Listener
from sproutcast_pi.store.engine import ReducerResult
from sproutcast_pi.store.messages import Message, QueryRows


class Broadcaster:
    """Gathers on the writer's thread, delivers on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.RLock()
        self._batch: list[BatchEntry] = []

    def add(self, entry: BatchEntry) -> None:
        """Add what has just happened; any thread."""
        self._batch.append(entry)

    def enqueue(self, listener: Listener, live: ClientSubscription, message: Message) -> threading.Event | None:
        """Add what the store has just said to a subscription; any thread.

        A piece of a long answer is carried over by itself: the event is set once the client has taken it.
        """
        if not isinstance(message, QueryRows) or message.done:
            self.add((listener, live, message))
            return None
        taken = threading.Event()
        if self._loop.is_closed():
            taken.set()
        else:
            self._loop.call_soon_threadsafe(self._deliver_chunk, listener, live, message, taken)
        return taken

    def flush(self) -> None:
        """Whatever belongs together has been put: carry it to the loop. Any thread."""
        with self._lock:
            # Cut off, not exchanged: another thread may be about to append to this very list.
            batch = self._batch[:]
            del self._batch[: len(batch)]
        if not batch:
            return
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, batch)

    def submit_call(
        self, listener: Listener, number: int, submit: Callable[[], Future[ReducerResult]]
    ) -> Future[ReducerResult]:
        """Submit a call so that its answer is put together with its own changes."""
        # Held until the answer's callback is in place, so that the writer can't carry the changes away without it.
        with self._lock:
            future = submit()
            future.add_done_callback(lambda done: self.add(CallResult(listener, number, done)))
        if future.done():
            self.flush()
        return future

    def _deliver_chunk(
        self, listener: Listener, live: ClientSubscription, rows: QueryRows, taken: threading.Event
    ) -> None:
        if listener.connected:
            listener.deliver([FirstRows(live, rows, taken)], EncodingCache())
        else:
            taken.set()

    def _deliver(self, batch: list[BatchEntry]) -> None:
        concerned: dict[Listener, list[BatchEntry]] = {}
        for entry in batch:
            listener = entry.listener if isinstance(entry, CallResult) else entry[0]
            concerned.setdefault(listener, []).append(entry)
        encoded = EncodingCache()
        for listener, entries in concerned.items():
            if not listener.connected:
                continue
            try:
                listener.deliver_batch(entries, encoded)
            except Exception as error:  # noqa: BLE001  one client's rows must not keep another's from it; `fail` logs it
                listener.fail(error)
