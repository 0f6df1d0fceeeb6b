"""The folder of photographs: where each goes, what lies there without a row, and how it is removed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

TEMPORARY = ".part"
"""How the name of a picture ends while it is being written."""


class PictureNames(msgspec.Struct, frozen=True, kw_only=True):
    """Where one capture's files go, relative to the folder."""

    file: str
    thumb: str
    overlay: str


class Pictures:
    """The photographs below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self, capture_id: int, at: datetime) -> PictureNames:
        """Names for a capture; its day's folder is made."""
        day = at.strftime("%Y/%m/%d")
        (self.folder / day).mkdir(parents=True, exist_ok=True)
        stem = f"{day}/{at.strftime('%H%M%S')}-{capture_id}"
        return PictureNames(file=f"{stem}.jpg", thumb=f"{stem}.thumb.jpg", overlay=f"{stem}.overlay.png")

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

    def sweep(self, known: frozenset[str]) -> int:
        """Delete what no row knows: half-written files and pictures whose capture never finished; how many."""
        stray = [path for path in self._files() if path.relative_to(self.folder).as_posix() not in known]
        self.remove(path.relative_to(self.folder).as_posix() for path in stray)
        return len(stray)

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

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())
