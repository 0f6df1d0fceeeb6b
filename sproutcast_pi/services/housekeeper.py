"""Keep the card from filling and the owner informed: pictures go in time, logs are pruned, the parts are looked at."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from sproutcast_pi.config.settings import StorageOptions
from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import system
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.photo_retention import PhotoRetention
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.photo_sweep import PhotoSweep
from sproutcast_pi.services.photo_usage import PhotoUsage
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.store.daily_backup import save_daily_backup
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
INTERVAL_S = 600.0
HISTORY_INTERVAL_S = 6 * 3600.0
HISTORY = timedelta(days=400)
"""A year and a little of the lamp's history and of notifications, so that two summers can be compared."""
COPY_RETRY_S = 3600.0
"""After a daily copy that failed."""
WARN_ABOVE_C = 75.0


class Housekeeper:
    """Looks round every ten minutes."""

    name = "housekeeper"

    def __init__(
        self, *, store: Store, clock: Clock, board: Board, pictures: PhotoStore, storage: StorageOptions, data: Path
    ) -> None:
        self._store = store
        self._health = HealthReporter(store)
        self._clock = clock
        self._board = board
        self._photos = pictures
        self._storage = storage
        self._data = data
        self._usage = PhotoUsage(pictures.folder)
        self._sweep = PhotoSweep(store, pictures, self._usage, clock)
        self._retention = PhotoRetention(store, pictures, self._usage, storage)
        self._history_due = self._copy_due = clock.monotonic()
        self._copy_failed = False
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look round at once; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Look round until `stop`."""
        while keep_going(self._wake, stop):
            self.run_once()
            self._report_recovery()
            self._clock.wait(self._wake, INTERVAL_S)

    def run_once(self) -> None:
        """Do everything once."""
        now = self._clock.now()
        self._usage.refresh()
        self._sweep.advance()
        self._retention.apply(now)
        self._prune_history(now)
        self._prune_database_copies()
        self._save_copy(now)
        self._store.call("wake_notifications", {}, caller=INTERNAL)
        self._report_disk()
        self._report_clock()
        self._report_board()

    def _prune_history(self, now: datetime) -> None:
        self._store.run_maintenance(
            log_keep_h=self._storage.log_keep_h, log_keep_bytes=int(self._storage.log_max_mb * 1e6)
        )
        if self._clock.monotonic() < self._history_due:
            return
        self._history_due = self._clock.monotonic() + HISTORY_INTERVAL_S
        before = self._retention.lived_before(now, HISTORY)
        if before is None:
            return
        for reducer in ("prune_light_changes", "prune_notifications"):
            while self._store.call(reducer, {"before": to_text(before)}, caller=INTERNAL).value:
                pass

    def _prune_database_copies(self) -> None:
        """Keep the newest database that was set aside, of each kind, while there is room; older ones go."""
        floor = self._storage.free_floor_mb * 1e6
        for kind in ("damaged", "before-restore"):
            copies = sorted(self._data.glob(f"*.{kind}-*[0-9]"), key=lambda path: path.stat().st_mtime)
            while copies and (len(copies) > 1 or self._photos.free_bytes() < floor):
                oldest = copies.pop(0)
                discard(oldest, *self._data.glob(f"{oldest.name}-*"))

    def _save_copy(self, now: datetime) -> None:
        if self._clock.monotonic() < self._copy_due:
            return
        try:
            save_daily_backup(self._store.path, self._data / "backups", now)
        except StoreError as error:
            self._copy_due = self._clock.monotonic() + COPY_RETRY_S
            self._copy_failed = True
            self._health.report("store", "warn", system.BACKUP_FAILED(reason=error.message), system.MAKE_ROOM())
            return
        if self._copy_failed:
            self._copy_failed = False
            trouble = self._store.opened.trouble
            self._health.report("store", "warn" if trouble else "ok", trouble or system.STORE_OK())

    def _report_recovery(self) -> None:
        """Take back that this service stopped working, which a full disk may have left in the table."""
        if self._store.query("SELECT 1 FROM health WHERE part = ? AND state = 'bad'", (self.name,)):
            self._health.report(self.name, "ok", system.WORKS_AGAIN())

    def _report_disk(self) -> None:
        free_mb = round(self._photos.free_bytes() / 1e6)
        if free_mb < self._storage.free_floor_mb:
            self._health.report(
                "disk",
                "bad",
                system.DISK_FULL(free=_rounded_bytes(free_mb)),
                system.LARGER_CARD(),
            )
        else:
            self._health.report("disk", "ok", system.DISK_FREE(free=_rounded_bytes(free_mb)))

    def _report_clock(self) -> None:
        if self._clock.trusted():
            self._health.report("clock", "ok", system.CLOCK_KNOWN())
        else:
            self._health.report(
                "clock",
                "warn",
                system.CLOCK_UNKNOWN(),
                system.SET_CLOCK(),
            )

    def _report_board(self) -> None:
        celsius = self._board.temperature_c()
        if celsius is not None:
            state = "warn" if celsius >= WARN_ABOVE_C else "ok"
            advice = system.MORE_AIR() if state == "warn" else None
            self._health.report("temperature", state, system.PROCESSOR(celsius=round(celsius / 5) * 5), advice)
        weak = self._board.undervoltage()
        if weak is not None:
            if weak:
                self._health.report("power", "bad", system.SUPPLY_WEAK(), system.PROPER_SUPPLY())
            else:
                self._health.report("power", "ok", system.SUPPLY_OK())


def _rounded_bytes(megabytes: float) -> float:
    """A size in two digits, so that it is not rewritten every ten minutes."""
    digits = -3 if megabytes >= 10_000 else -2 if megabytes >= 1000 else -1  # noqa: PLR2004 - ten gigabytes, one
    return round(megabytes, digits) * 1e6
