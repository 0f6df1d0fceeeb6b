"""Keep the card from filling and the owner informed: pictures go in time, logs are pruned, the parts are looked at."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from sproutcast_pi.config.settings import StorageOptions
from sproutcast_pi.errors import StoreError
from sproutcast_pi.model.retention import RetentionLimits, StoredPhoto, photos_to_remove
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.store.daily_backup import save_daily_backup
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
INTERVAL_S = 600.0
LIGHT_HISTORY = timedelta(days=400)
"""A year and a little of the lamp's history, so that two summers can be compared."""
BATCH_SIZE = 500
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
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look round at once; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Look round until `stop`."""
        while keep_going(self._wake, stop):
            self.run_once()
            self._clock.wait(self._wake, INTERVAL_S)

    def run_once(self) -> None:
        """Do everything once."""
        now = self._clock.now()
        self._prune_photos(now)
        self._prune_history(now)
        self._store.call("wake_notifications", {}, caller=INTERNAL)
        self._report_disk()
        self._report_clock()
        self._report_board()

    def _prune_photos(self, now: datetime) -> None:
        """Remove the oldest pictures while a limit is passed: the row first, so that no row names a missing file."""
        limits = RetentionLimits(
            keep_days=self._storage.keep_days,
            max_bytes=int(self._storage.max_gb * 1e9),
            free_floor_bytes=int(self._storage.free_floor_mb * 1e6),
        )
        self._photos.prune_set_aside(limits.free_floor_bytes)
        rows = self._store.query(
            "SELECT id, started_at, file, thumb, overlay FROM capture WHERE file IS NOT NULL ORDER BY id"
        )
        names = {row["id"]: (row["file"], row["thumb"], row["overlay"]) for row in rows}
        kept = [
            StoredPhoto(
                capture_id=row["id"], at=from_text(row["started_at"]), size=self._photos.size(names[row["id"]][::2])
            )
            for row in rows
        ]
        gone = photos_to_remove(kept, now, self._photos.free_bytes(), limits)
        for first in range(0, len(gone), BATCH_SIZE):
            some = list(gone[first : first + BATCH_SIZE])
            self._store.call("remove_capture_files", {"capture_ids": some}, caller=INTERNAL)
            self._photos.remove(name for capture_id in some for name in names[capture_id][::2])
        if gone:
            LOG.info("%d of the oldest photographs were removed to stay within the limits", len(gone))

    def _prune_history(self, now: datetime) -> None:
        self._store.call("prune_light_changes", {"before": to_text(now - LIGHT_HISTORY)}, caller=INTERNAL)
        self._store.run_maintenance()
        try:
            save_daily_backup(self._store.path, self._data / "backups", now)
        except StoreError as error:
            self._health.report(
                "store", "warn", f"The daily copy of the database failed: {error}.", "Make room on the card."
            )

    def _report_disk(self) -> None:
        free_mb = round(self._photos.free_bytes() / 1e6)
        if free_mb < self._storage.free_floor_mb:
            self._health.report(
                "disk",
                "bad",
                f"Only {_format_size(free_mb)} are free, and there are no more photographs to remove.",
                "Make room on the card, or use a larger one.",
            )
        else:
            self._health.report("disk", "ok", f"{_format_size(free_mb)} are free.")

    def _report_clock(self) -> None:
        if self._clock.trusted():
            self._health.report("clock", "ok", "The time is known.")
        else:
            self._health.report(
                "clock",
                "warn",
                "The time is not known since the last start; the lamp goes on from where it was.",
                "Connect a network, or set the time on the screen.",
            )

    def _report_board(self) -> None:
        celsius = self._board.temperature_c()
        if celsius is not None:
            state = "warn" if celsius >= WARN_ABOVE_C else "ok"
            advice = "Give the appliance more air." if state == "warn" else None
            self._health.report("temperature", state, f"The processor has {round(celsius / 5) * 5} °C.", advice)
        weak = self._board.undervoltage()
        if weak is not None:
            if weak:
                self._health.report("power", "bad", "The power supply is too weak.", "Use the supply made for this Pi.")
            else:
                self._health.report("power", "ok", "The power supply is strong enough.")


def _format_size(megabytes: float) -> str:
    """A size in two digits, so that it is not written anew every ten minutes."""
    if megabytes >= 10_000:  # noqa: PLR2004 - ten gigabytes
        return f"{round(megabytes / 1000)} GB"
    if megabytes >= 1000:  # noqa: PLR2004 - a gigabyte
        return f"{megabytes / 1000:.1f} GB"
    return f"{round(megabytes, -1):.0f} MB"
