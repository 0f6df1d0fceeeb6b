"""A backup's pictures, unpacked beside those that are there and put in place by renames alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.store.archive import next_file, open_backup, safe_picture

ProgressCallback = Callable[[int, int], None]
"""Called with the numbers of pictures done and in all."""


class StagedPictures:
    """In a hidden folder within `folder`, so that renames stay on its disk; whoever looks for pictures passes it by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staging = folder / ".restoring"

    def unpack(self, backup: Path, count: int, progress: ProgressCallback) -> None:
        """Write every picture of the backup to the disk; none of those that are there is touched.

        Raises OSError, StoreError.
        """
        self.discard()
        self._staging.mkdir(parents=True)
        done = 0
        with open_backup(backup) as archive:
            while (found := next_file(archive)) is not None:
                name, content = safe_picture(found[0]), found[1]
                if name is None:
                    continue
                target = self._staging / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file)
                done += 1
                progress(done, count)
        # Once for all: a wait for each of hundreds of thousands of files would take hours.
        os.sync()

    def add_missing(self) -> None:
        """Put those in place whose name is free: what is there now knows nothing of them, so they do no harm."""
        _move_all((staged, place) for staged, place in self._each() if not place.exists())

    def replace_others(self) -> None:
        """Put the rest in place of what has their names."""
        _move_all(self._each())

    def discard(self) -> None:
        """Take away what is still unpacked."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def _each(self) -> Iterator[tuple[Path, Path]]:
        for staged in sorted(path for path in self._staging.rglob("*") if path.is_file()):
            yield staged, self._folder / staged.relative_to(self._staging)


def _move_all(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Rename each first path to its second; all renames are on the disk when it returns."""
    folders: set[Path] = set()
    for path, target in pairs:
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        path.replace(target)
    for folder in folders:
        fsync_dir(folder)
