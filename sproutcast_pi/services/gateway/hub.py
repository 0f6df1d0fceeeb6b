"""From the store's writer to the sockets: a commit at a time, each change encoded once for all who share it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.steps import Answered, Begun, Encoded, Entry, Listener
from sproutcast_pi.store.engine import CallResult
from sproutcast_pi.store.messages import Message, Rows


class Hub:
    """Gathers on the writer's thread, delivers on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.RLock()
        self._batch: list[Entry] = []

    def put(self, entry: Entry) -> None:
        """Add what has just happened; any thread."""
        self._batch.append(entry)

    def say(self, listener: Listener, live: Live, message: Message) -> threading.Event | None:
        """Add what the store has just said to a subscription; any thread.

        A piece of a long answer is carried over by itself: the event is set once the client has taken it.
        """
        if not isinstance(message, Rows) or message.done:
            self.put((listener, live, message))
            return None
        taken = threading.Event()
        if self._loop.is_closed():
            taken.set()
        else:
            self._loop.call_soon_threadsafe(self._deliver_piece, listener, live, message, taken)
        return taken

    def told(self) -> None:
        """Whatever belongs together has been put: carry it to the loop. Any thread."""
        with self._lock:
            # Cut off, not exchanged: another thread may be about to append to this very list.
            batch = self._batch[:]
            del self._batch[: len(batch)]
        if not batch:
            return
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, batch)

    def call(self, listener: Listener, number: int, submit: Callable[[], Future[CallResult]]) -> Future[CallResult]:
        """Submit a call so that its answer is put together with its own changes."""
        # Held until the answer's callback is in place, so that the writer can't carry the changes away without it.
        with self._lock:
            future = submit()
            future.add_done_callback(lambda done: self.put(Answered(listener, number, done)))
        if future.done():
            self.told()
        return future

    def _deliver_piece(self, listener: Listener, live: Live, rows: Rows, taken: threading.Event) -> None:
        if listener.here:
            listener.deliver([Begun(live, rows, taken)], Encoded())
        else:
            taken.set()

    def _deliver(self, batch: list[Entry]) -> None:
        concerned: dict[Listener, list[Entry]] = {}
        for entry in batch:
            listener = entry.listener if isinstance(entry, Answered) else entry[0]
            concerned.setdefault(listener, []).append(entry)
        encoded = Encoded()
        for listener, entries in concerned.items():
            if listener.here:
                listener.take(entries, encoded)
