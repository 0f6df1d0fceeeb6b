"""A thread that reads beside the writer: long first answers, and answers that are computed anew."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from sproutcast_pi.store.subscriptions.read_connection import ReadConnection

Task = Callable[[ReadConnection], None]

_logger = logging.getLogger(__name__)


class ReaderThread:
    """Runs tasks one after the other on its own thread and connection; both begin with the first task."""

    def __init__(self, name: str, reading: ReadConnection) -> None:
        self._reading = reading
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._starting = threading.Lock()
        self.stopping = threading.Event()

    def submit(self, task: Task) -> None:
        """Queue a task."""
        with self._starting:
            if not self._thread.is_alive() and not self.stopping.is_set():
                self._thread.start()
        self._queue.put(task)

    def close(self) -> None:
        """Stop after, or within, the current task."""
        self.stopping.set()
        self._queue.put(None)
        self._reading.interrupt()
        with self._starting:
            if self._thread.ident is not None:
                self._thread.join()

    def _run(self) -> None:
        while (task := self._queue.get()) is not None and not self.stopping.is_set():
            try:
                task(self._reading)
            except Exception:
                _logger.exception("a reading task failed")
        self._reading.close()
