"""Writer thread for the light keeper's reports: state file, light history and health. The keeper never blocks."""

from __future__ import annotations

import logging
import threading
from collections import deque
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import lamp
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.health import HealthReport, HealthReporter
from sproutcast_pi.services.light_keeper.accounting import LightReport
from sproutcast_pi.services.light_keeper.state_file import save_state
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
MAX_QUEUED = 5000
"""Reports kept while the store can't take them: more than a week of days with ramps."""
RETRY_S = 5.0


class LightRecorder:
    """Queue of reports from the keeper's thread, written from its own: the file first, then the store."""

    name = "light_recorder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._queue: deque[LightReport] = deque(maxlen=MAX_QUEUED)
        self._saved: LightReport | None = None
        self._faults: dict[str, Message | None] = {"output": None, "schedule": None}
        self._health_due = False
        self._store: Store | None = None
        self._wake = threading.Event()
        self._flush_lock = threading.Lock()
        self._save_lock = threading.Lock()

    def enqueue(self, report: LightReport) -> None:
        """Note a report; returns at once."""
        self._queue.append(report)
        self._wake.set()

    def set_output_error(self, message: Message | None) -> None:
        """Note that the output fails, or (None) works again; returns at once."""
        self._set_fault("output", message)

    def set_schedule_fault(self, message: Message | None) -> None:
        """Note that the stored schedule can't be followed, or (None) can; returns at once."""
        self._set_fault("schedule", message)

    def set_store(self, store: Store | None) -> None:
        """Write into this store from now on; None: into the file alone, until there is one again.

        What it says of the light's health from an earlier run is brought up to date.
        """
        if store is not None:
            known = store.query("SELECT 1 FROM health WHERE part = 'light'")
            self._health_due = bool(known) or any(self._faults.values())
        self._store = store
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Write until `stop`, then what is left."""
        while not stop.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self._try_flush():
                stop.wait(RETRY_S)
                self._wake.set()
        self._try_flush()

    def wake(self) -> None:
        """Look whether it is time to stop."""
        self._wake.set()

    def flush(self) -> bool:
        """Write all that waits; False when the store or the disk refused, and the rest still waits. One at a time."""
        with self._flush_lock:
            return self._flush()

    def save_newest(self) -> None:
        """Save the newest report's state in the file, once; the store, which may be stalled, is left alone."""
        with self._save_lock:
            newest = self._queue[-1] if self._queue else None
            if newest is None or newest is self._saved:
                return
            self._saved = newest
            try:
                save_state(newest.memory, self._folder)
            except OSError as error:
                LOG.error("the lamp's memory can't be written: %s", error)  # noqa: TRY400 - one line is enough

    def _set_fault(self, kind: str, message: Message | None) -> None:
        self._faults[kind] = message
        self._health_due = True
        self._wake.set()

    def _try_flush(self) -> bool:
        """Flush; also False when something failed that nobody foresaw: without this thread no budget is saved."""
        try:
            return self.flush()
        except Exception:
            LOG.exception("the lamp's reports could not be written")
            return False

    def _flush(self) -> bool:
        self.save_newest()
        store = self._store
        if store is None:
            return True
        try:
            while self._queue:
                # Also one that came while the store was busy: after this loop nothing of it would be left to save.
                self.save_newest()
                store.call("record_light", _arguments(self._queue[0]), caller=INTERNAL)
                self._queue.popleft()
            if self._health_due:
                self._health_due = False
                self._write_health(store)
        except SproutcastError as error:
            LOG.warning("the lamp's history waits: %s", error)
            return False
        return True

    def _write_health(self, store: Store) -> None:
        try:
            HealthReporter(store).write(_health(self._faults))
        except SproutcastError:
            self._health_due = True
            raise


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


_ADVICE = {
    "output": lamp.CHECK_PIN(),
    "schedule": lamp.SET_SCHEDULE(),
}


def _health(faults: dict[str, Message | None]) -> HealthReport:
    found = {kind: message for kind, message in faults.items() if message is not None}
    if not found:
        return HealthReport(part="light", state="ok", message=lamp.RESPONDING())
    advice = sentences(*(_ADVICE[kind] for kind in found))
    return HealthReport(part="light", state="bad", message=sentences(*found.values()), advice=advice)
