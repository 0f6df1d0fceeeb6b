"""Write down what the light keeper reports, in its own time: the keeper itself waits for no disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.moments import to_text
from sproutcast_pi.services.light_keeper.memory import remember
from sproutcast_pi.services.light_keeper.record import LightReport
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
MOST_WAITING = 5000
"""Reports kept while the store can't take them: more than a week of days with ramps."""
TRY_AGAIN_S = 5.0


class LightClerk:
    """Takes reports from the keeper's thread and writes them from its own: the file first, then the store."""

    name = "light_clerk"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: deque[LightReport] = deque(maxlen=MOST_WAITING)
        self._trouble: tuple[str | None] | None = None
        self._store: Store | None = None
        self._wake = threading.Event()
        self._writing = threading.Lock()

    def report(self, report: LightReport) -> None:
        """Note a report; returns at once."""
        self._waiting.append(report)
        self._wake.set()

    def trouble(self, message: str | None) -> None:
        """Note that the output fails, or (None) works again; returns at once."""
        self._trouble = (message,)
        self._wake.set()

    def attach(self, store: Store | None) -> None:
        """Write into this store from now on; None: into the file alone, until there is one again."""
        self._store = store
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Write until `stop`, then what is left."""
        while not stop.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self.write():
                stop.wait(TRY_AGAIN_S)
                self._wake.set()
        self.write()

    def wake(self) -> None:
        """Look whether it is time to stop."""
        self._wake.set()

    def write(self) -> bool:
        """Write all that waits; False when the store or the disk refused, and the rest still waits. One at a time."""
        with self._writing:
            return self._write()

    def _write(self) -> bool:
        if self._waiting:
            try:
                remember(self._waiting[-1].memory, self._folder)
            except OSError as error:
                LOG.error("the lamp's memory can't be written: %s", error)  # noqa: TRY400 - one line is enough
        store = self._store
        if store is None:
            return True
        try:
            while self._waiting:
                store.call("record_light", _arguments(self._waiting[0]), caller=INTERNAL)
                self._waiting.popleft()
            if self._trouble is not None:
                (message,) = self._trouble
                self._trouble = None
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
