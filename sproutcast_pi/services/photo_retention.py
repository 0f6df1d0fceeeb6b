"""Limits on what photographs take: what was set aside goes first, then the oldest photographs, then old thumbnails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from sproutcast_pi.config.settings import StorageOptions
from sproutcast_pi.model.retention import expired_through
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.photo_usage import PhotoUsage
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
BATCH_SIZE = 200
SLICE = 1000


class PhotoRetention:
    """Keeps the folder of photographs within `storage`; every file in it counts."""

    def __init__(self, store: Store, photos: PhotoStore, usage: PhotoUsage, storage: StorageOptions) -> None:
        self._store = store
        self._photos = photos
        self._usage = usage
        self._storage = storage

    def apply(self, now: datetime) -> int:
        """Remove what is over the limits; how many photographs went. The row goes first: none names a missing file."""
        over = _Overrun(
            total=self._usage.total() - int(self._storage.max_gb * 1e9),
            free=int(self._storage.free_floor_mb * 1e6) - self._photos.free_bytes(),
        )
        over.freed(self._photos.prune_set_aside(over.ended))
        expired = expired_through(self._capture_times(), now, timedelta(days=self._storage.keep_days)) or 0
        gone = self._remove("file", "remove_capture_files", ("file", "overlay"), expired, over)
        if not over.ended():
            self._remove("thumb", "remove_capture_thumbs", ("thumb",), 0, over)
        if gone:
            LOG.info("%d of the oldest photographs were removed to stay within the limits", gone)
        return gone

    def lived_before(self, now: datetime, keep: timedelta) -> datetime | None:
        """Moment before which everything is older than `keep` of lived time; None when nothing is.

        Neither a clock that is wrong now nor one that was wrong then makes more of it old: the earlier of both counts.
        """
        expired = expired_through(self._capture_times(), now, keep)
        if expired is None:
            return None
        ((moment,),) = [
            row.values() for row in self._store.query("SELECT started_at FROM capture WHERE id = ?", (expired,))
        ]
        return min(from_text(moment), now - keep)

    def _remove(self, column: str, reducer: str, columns: tuple[str, ...], expired: int, over: _Overrun) -> int:
        gone = 0
        while True:
            rows = self._store.query(
                f"SELECT id, file, thumb, overlay FROM capture WHERE {column} IS NOT NULL ORDER BY id LIMIT ?",  # noqa: S608 - a column of ours
                (BATCH_SIZE,),
            )
            ids, names = [], []
            for row in rows:
                if over.ended() and row["id"] > expired:
                    break
                of_row = [row[name] for name in columns if row[name]]
                over.freed(sum(map(self._usage.size, of_row)))
                ids.append(row["id"])
                names += of_row
            if ids:
                self._store.call(reducer, {"capture_ids": ids}, caller=INTERNAL)
                self._photos.remove(names)
            gone += len(ids)
            if len(ids) < BATCH_SIZE:
                return gone

    def _capture_times(self) -> Iterator[tuple[int, datetime]]:
        """Every capture, the newest first, a slice at a time."""
        below = 1 << 62
        while rows := self._store.query(
            "SELECT id, started_at FROM capture WHERE id < ? AND started_at IS NOT NULL ORDER BY id DESC LIMIT ?",
            (below, SLICE),
        ):
            for row in rows:
                yield row["id"], from_text(row["started_at"])
            below = rows[-1]["id"]


class _Overrun:
    """How many bytes are still too many."""

    def __init__(self, total: int, free: int) -> None:
        self._left = max(total, free)

    def freed(self, size: int) -> None:
        self._left -= size

    def ended(self, freed: int = 0) -> bool:
        return self._left - freed <= 0
