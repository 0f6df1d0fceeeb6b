"""The folder of photographs: where each goes, what lies there without a row, and how it is removed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

PART_SUFFIX = ".part"
"""How the name of a picture ends while it is being written."""
SET_ASIDE = "set-aside"
"""Below the folder: photographs whose rows went with a database. They stay while there is room."""


class PhotoNames(msgspec.Struct, frozen=True, kw_only=True):
    """Where one capture's files go, relative to the folder."""

    file: str
    thumb: str
    overlay: str


class PhotoStore:
    """The photographs below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self, capture_id: int, at: datetime) -> PhotoNames:
        """Names for a capture; its day's folder is made."""
        day = at.strftime("%Y/%m/%d")
        (self.folder / day).mkdir(parents=True, exist_ok=True)
        stem = f"{day}/{at.strftime('%H%M%S')}-{capture_id}"
        return PhotoNames(file=f"{stem}.jpg", thumb=f"{stem}.thumb.jpg", overlay=f"{stem}.overlay.png")

    def remove(self, names: Iterable[str | None]) -> int:
        """Delete these files and the folders that become empty; the bytes that were freed."""
        freed = 0
        for name in names:
            if not name:
                continue
            path = self.folder / name
            with contextlib.suppress(FileNotFoundError):
                freed += path.stat().st_size
                path.unlink()
            for parent in path.parents:
                if parent == self.folder:
                    break
                try:
                    parent.rmdir()
                except OSError:
                    break
        return freed

    def remove_orphans(self, known: frozenset[str]) -> int:
        """Delete what no row knows: half-written files and pictures whose capture never finished; how many."""
        stray = self._orphans(known)
        self.remove(stray)
        return len(stray)

    def set_orphans_aside(self, known: frozenset[str]) -> int:
        """Move whole pictures that no row knows to a place of their own, after another database took over; how many."""
        whole = [name for name in self._orphans(known) if not name.endswith(PART_SUFFIX)]
        for name in whole:
            place = self.folder / SET_ASIDE / name
            place.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).replace(place)
        return len(whole)

    def prune_set_aside(self, wanted: int) -> None:
        """Delete the oldest that were set aside until `wanted` bytes are free, or none is left."""
        for path in sorted(path for path in (self.folder / SET_ASIDE).rglob("*") if path.is_file()):
            if self.free_bytes() >= wanted:
                return
            self.remove([path.relative_to(self.folder).as_posix()])

    def size(self, names: Iterable[str | None]) -> int:
        """Bytes these files take; a missing one takes none."""
        total = 0
        for name in names:
            if name:
                with contextlib.suppress(FileNotFoundError):
                    total += (self.folder / name).stat().st_size
        return total

    def free_bytes(self) -> int:
        """Bytes free on the disk the folder is on."""
        return shutil.disk_usage(self.folder).free

    def _orphans(self, known: frozenset[str]) -> list[str]:
        names = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        return [name for name in names if name not in known and not name.startswith(f"{SET_ASIDE}/")]
