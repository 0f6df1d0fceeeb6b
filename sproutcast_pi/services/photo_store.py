"""The folder of photographs: where each goes, what lies there without a row, and how it is removed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

PART_SUFFIX = ".part"
"""How the name of a picture ends while it is being written."""
SET_ASIDE = "set-aside"
"""Below the folder: photographs whose rows went with a database. They stay while there is room."""


NEWEST_DAYS = 3


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
        return PhotoNames(file=f"{stem}.jpg", thumb=f"{stem}.thumb.jpg", overlay=f"{stem}.overlay.jpg")

    def remove(self, names: Iterable[str | None]) -> int:
        """Delete these files and the folders that become empty; the bytes that were freed."""
        freed = 0
        for name in names:
            path = self._inside(name)
            if path is None:
                continue
            with contextlib.suppress(FileNotFoundError):
                freed += path.stat().st_size
                path.unlink()
            self._remove_empty(path)
        return freed

    def remove_unfinished(self, capture_ids: Iterable[int]) -> int:
        """Delete the files of captures that a stop cut short, named by their ids, and half-written ones; how many."""
        endings = tuple(f"-{capture_id}" for capture_id in capture_ids)
        stray = [
            path.relative_to(self.folder).as_posix()
            for day in self._newest_days()
            for path in day.iterdir()
            if path.is_file()
            and (path.name.endswith(PART_SUFFIX) or (endings and path.name.partition(".")[0].endswith(endings)))
        ]
        self.remove(stray)
        return len(stray)

    def set_aside(self, names: Iterable[str]) -> int:
        """Move photographs that no row knows to a folder of their own; half-written ones go. Returns how many moved."""
        moved = 0
        for name in names:
            if name.endswith(PART_SUFFIX):
                self.remove([name])
                continue
            place = self.folder / SET_ASIDE / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).replace(place)
                moved += 1
            self._remove_empty(self.folder / name)
        return moved

    def bring_back(self, name: str) -> bool:
        """Move a photograph that a row names back to its place, when it was set aside; whether it was."""
        place, path = self.folder / SET_ASIDE / name, self._inside(name)
        if path is None or path.exists() or not place.is_file():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        place.replace(path)
        return True

    def prune_set_aside(self, enough: Callable[[int], bool]) -> int:
        """Delete the oldest that were set aside until `enough` (given the bytes freed so far); the bytes freed."""
        freed = 0
        for path in sorted(path for path in (self.folder / SET_ASIDE).rglob("*") if path.is_file()):
            if enough(freed):
                break
            freed += self.remove([path.relative_to(self.folder).as_posix()])
        return freed

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

    def _remove_empty(self, path: Path) -> None:
        """Remove the folders of a file that went, as far as they are empty."""
        for parent in path.parents:
            if parent == self.folder:
                return
            try:
                parent.rmdir()
            except OSError:
                return

    def _newest_days(self) -> list[Path]:
        """The day folders written last, by their own times: all that a stop can have left files in."""
        days = [path for path in self.folder.glob("[0-9]*/[0-9]*/[0-9]*") if path.is_dir()]
        return sorted(days, key=lambda path: path.stat().st_mtime_ns)[-NEWEST_DAYS:]

    def _inside(self, name: str | None) -> Path | None:
        """The file of that name; None when there is no name, or one that leads out of the folder."""
        if not name or "\0" in name:
            return None
        parts = PurePosixPath(name)
        return None if parts.is_absolute() or ".." in parts.parts else self.folder / parts
