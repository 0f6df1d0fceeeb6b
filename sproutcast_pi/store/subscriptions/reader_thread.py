"""Reader thread: runs long reads beside the writer, in turn by caller."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from sproutcast_pi.store.subscriptions.read_connection import ReadConnection

Task = Callable[[ReadConnection], None]

_logger = logging.getLogger(__name__)


class ReaderThread:
    """Runs tasks one after the other on its own thread and connection; both begin with the first task.

    Callers take turns: however many long queries one of them has waiting, another's waits for one of them at most.
    """

    def __init__(self, name: str, reading: ReadConnection) -> None:
        self._reading = reading
        self._queues: dict[str, deque[Task]] = {}
        """By caller, the one whose turn it is first; a caller without tasks is not in it."""
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.stopping = threading.Event()

    def submit(self, task: Task, owner: str = "") -> None:
        """Queue a task of `owner`."""
        with self._changed:
            if self.stopping.is_set():
                return
            self._queues.setdefault(owner, deque()).append(task)
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Stop after, or within, the current task."""
        with self._changed:
            self.stopping.set()
            self._changed.notify()
            started = self._thread.ident is not None
        self._reading.interrupt()
        if started:
            self._thread.join()

    def _next(self) -> Task | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queues or self.stopping.is_set())
            if self.stopping.is_set():
                return None
            owner, tasks = next(iter(self._queues.items()))
            del self._queues[owner]
            task = tasks.popleft()
            if tasks:
                self._queues[owner] = tasks
            return task

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                task(self._reading)
            except Exception:
                _logger.exception("a reading task failed")
        self._reading.close()
