"""Comparison of the folder of photographs with the rows, in the background after a start.

After a restore, or when another database took over, files without a row are set aside and rows whose file was set aside
get it back. A photograph that is being taken has a file before it has a row, so nothing is moved that was not a
stranger twice, `SETTLE_S` apart.
"""

from __future__ import annotations

import logging

from sproutcast_pi.ports import Clock
from sproutcast_pi.services.photo_store import SET_ASIDE, PhotoStore
from sproutcast_pi.services.photo_usage import PhotoUsage
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
SETTLE_S = 1500.0
"""Longer than any photograph takes from its file to its row."""
SLICE = 2000


class PhotoSweep:
    """One comparison after each start; `advance` now and then until it is `done`."""

    def __init__(self, store: Store, photos: PhotoStore, usage: PhotoUsage, clock: Clock) -> None:
        self._store = store
        self._photos = photos
        self._usage = usage
        self._clock = clock
        self._strangers: frozenset[str] | None = None
        self._seen_at = 0.0
        self.done = False

    def advance(self) -> None:
        """Take the next step when it is time; `usage` must be fresh."""
        if self.done:
            return
        if self._strangers is None:
            self._strangers, self._seen_at = self._find_strangers(bring_back=True), self._clock.monotonic()
            self.done = not self._strangers
        elif self._clock.monotonic() - self._seen_at >= SETTLE_S:
            moved = self._photos.set_aside(sorted(self._strangers & self._find_strangers()))
            if moved:
                LOG.warning("%d photographs that no row names were set aside", moved)
            self.done = True

    def _find_strangers(self, *, bring_back: bool = False) -> frozenset[str]:
        """Files that no row names. `bring_back`: files that a row names return from where they were set aside."""
        names = set(self._usage.names())
        aside = {name.removeprefix(f"{SET_ASIDE}/") for name in names if name.startswith(f"{SET_ASIDE}/")}
        strangers = {name for name in names if not name.startswith((f"{SET_ASIDE}/", "."))}
        after = 0
        while rows := self._store.query(
            "SELECT id, file, thumb, overlay FROM capture WHERE id > ? ORDER BY id LIMIT ?", (after, SLICE)
        ):
            known = {name for row in rows for name in (row["file"], row["thumb"], row["overlay"]) if name}
            strangers -= known
            for name in sorted(known & aside) if bring_back else ():
                self._photos.bring_back(name)
            after = rows[-1]["id"]
        return frozenset(strangers)
