"""Write down what the light keeper reports, in its own time: the keeper itself waits for no disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.light_keeper.accounting import LightReport
from sproutcast_pi.services.light_keeper.state_file import save_state
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
MAX_QUEUED = 5000
"""Reports kept while the store can't take them: more than a week of days with ramps."""
RETRY_S = 5.0


class LightRecorder:
    """Takes reports from the keeper's thread and writes them from its own: the file first, then the store."""

    name = "light_clerk"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._queue: deque[LightReport] = deque(maxlen=MAX_QUEUED)
        self._output_error: tuple[str | None] | None = None
        self._store: Store | None = None
        self._wake = threading.Event()
        self._flush_lock = threading.Lock()

    def enqueue(self, report: LightReport) -> None:
        """Note a report; returns at once."""
        self._queue.append(report)
        self._wake.set()

    def set_output_error(self, message: str | None) -> None:
        """Note that the output fails, or (None) works again; returns at once."""
        self._output_error = (message,)
        self._wake.set()

    def set_store(self, store: Store | None) -> None:
        """Write into this store from now on; None: into the file alone, until there is one again."""
        self._store = store
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Write until `stop`, then what is left."""
        while not stop.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self.flush():
                stop.wait(RETRY_S)
                self._wake.set()
        self.flush()

    def wake(self) -> None:
        """Look whether it is time to stop."""
        self._wake.set()

    def flush(self) -> bool:
        """Write all that waits; False when the store or the disk refused, and the rest still waits. One at a time."""
        with self._flush_lock:
            return self._flush()

    def _flush(self) -> bool:
        if self._queue:
            try:
                save_state(self._queue[-1].memory, self._folder)
            except OSError as error:
                LOG.error("the lamp's memory can't be written: %s", error)  # noqa: TRY400 - one line is enough
        store = self._store
        if store is None:
            return True
        try:
            while self._queue:
                store.call("record_light", _arguments(self._queue[0]), caller=INTERNAL)
                self._queue.popleft()
            if self._output_error is not None:
                (message,) = self._output_error
                self._output_error = None
                store.call("set_health", _health(message), caller=INTERNAL)
        except RefusedError as error:
            LOG.warning("the lamp's history waits: %s", error)
            return False
        return True


def _arguments(report: LightReport) -> dict[str, Any]:
    return {
        "at": to_text(report.at),
        "level": report.level,
        "reason": report.reason,
        "next_change_at": to_text(report.next_change_at) if report.next_change_at else None,
        "on_seconds_today": report.memory.on_seconds,
        "dli_today": report.memory.dli_mol,
        "day_on": report.memory.day_on or None,
        "budget_left_s": report.budget_left_s,
    }


def _health(message: str | None) -> dict[str, Any]:
    if message is None:
        return {"part": "light", "state": "ok", "message": "The lamp's output answers."}
    advice = "Check the pin in the configuration and the wire to the lamp's driver, then restart from the screen."
    return {"part": "light", "state": "bad", "message": message, "advice": advice}
