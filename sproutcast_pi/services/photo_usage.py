"""Bytes that the folder of photographs takes, by day folder: only folders that changed are read again."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class FolderContent(msgspec.Struct, frozen=True):
    """Files of one folder when it was last read."""

    changed_ns: int
    sizes: dict[str, int]


class PhotoUsage:
    """Sizes of everything below one folder; `refresh` before asking."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folders: dict[str, FolderContent] = {}

    def refresh(self) -> None:
        """Read the folders whose entries changed since the last time."""
        found: dict[str, FolderContent] = {}
        self._walk("", found)
        self._folders = found

    def total(self) -> int:
        """Bytes of all files, whatever they are: photographs, thumbnails, overlays, what was set aside."""
        return sum(sum(folder.sizes.values()) for folder in self._folders.values())

    def size(self, name: str | None) -> int:
        """Bytes of the file `name`, relative to the folder; 0 when it is not there."""
        parent, _, base = (name or "").rpartition("/")
        folder = self._folders.get(parent)
        return folder.sizes.get(base, 0) if folder is not None else 0

    def names(self) -> list[str]:
        """Every file, relative to the folder."""
        return [f"{path}/{name}" if path else name for path, folder in self._folders.items() for name in folder.sizes]

    def _walk(self, path: str, found: dict[str, FolderContent]) -> None:
        place = self._folder / path if path else self._folder
        try:
            changed = place.stat().st_mtime_ns
            known = self._folders.get(path)
            sizes: dict[str, int] = {}
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        self._walk(f"{path}/{entry.name}" if path else entry.name, found)
                    elif known is None or known.changed_ns != changed:
                        sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
        except OSError:
            return
        unchanged = known is not None and known.changed_ns == changed
        found[path] = known if known is not None and unchanged else FolderContent(changed, sizes)
