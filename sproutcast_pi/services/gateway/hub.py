"""From the store's writer to the sockets: a commit at a time, each change encoded once for all who share it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.session import Session
from sproutcast_pi.services.gateway.steps import Answered, Begun, Encoded, Entry
from sproutcast_pi.store.engine import CallResult
from sproutcast_pi.store.messages import Rows


class Hub:
    """Gathers on the writer's thread, delivers on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.RLock()
        self._batch: list[Entry] = []
        self.sessions: set[Session] = set()

    def put(self, entry: Entry) -> None:
        """Add what the store has just said; any thread."""
        self._batch.append(entry)

    def piece(self, live: Live, rows: Rows) -> threading.Event:
        """Carry a piece of a long answer over by itself; the event is set once it is on its way. Any thread."""
        taken = threading.Event()
        if self._loop.is_closed():
            taken.set()
        else:
            self._loop.call_soon_threadsafe(self._deliver_piece, live, rows, taken)
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

    def call(self, session: Session, number: int, submit: Callable[[], Future[CallResult]]) -> Future[CallResult]:
        """Submit a call so that its answer is put together with its own changes."""
        # Held until the answer's callback is in place, so that the writer can't carry the changes away without it.
        with self._lock:
            future = submit()
            future.add_done_callback(lambda done: self.put(Answered(session, number, done)))
        if future.done():
            self.told()
        return future

    def _deliver_piece(self, live: Live, rows: Rows, taken: threading.Event) -> None:
        if live.session in self.sessions:
            live.session.deliver([Begun(live, rows, taken)], Encoded())
        else:
            taken.set()

    def _deliver(self, batch: list[Entry]) -> None:
        concerned: dict[Session, list[Entry]] = {}
        for entry in batch:
            session = entry.session if isinstance(entry, Answered) else entry[0].session
            concerned.setdefault(session, []).append(entry)
        encoded = Encoded()
        for session, entries in concerned.items():
            if session in self.sessions:
                session.take(entries, encoded)
