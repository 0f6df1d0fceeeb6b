"""Take in photographs chunk by chunk: resumed where they broke, checked by their hash, then moved into place whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sproutcast_pi.hub.keeping import Keeping
from sproutcast_pi.protocol.sync import Chunk, Down, PictureAt, PictureKept, PictureUnwanted, Refused
from sproutcast_pi.whole_file import settle_folder


class Photographs:
    """The photographs' folder. For one thread."""

    def __init__(self, folder: Path, keeping: Keeping, *, max_bytes: int) -> None:
        self._folder = folder
        self._keeping = keeping
        self._max_bytes = max_bytes

    def take(self, device: str, chunk: Chunk) -> Down:
        """Write one chunk down and return the answer; raises OSError when the disk won't take it."""
        there = self._keeping.photo_there(device, chunk)
        if there is None:
            return Refused("it is not paired with this hub")
        if there:
            return PictureKept(chunk.sha256)
        if chunk.total > self._max_bytes:
            return PictureUnwanted(chunk.sha256, f"it is larger than {self._max_bytes} bytes")
        file = self._file(device, chunk.sha256)
        if file.exists():
            # Known from another capture, or the note of it was lost with a power cut.
            return self._note(device, chunk, file)
        unfinished = self._folder / "unfinished" / device / chunk.sha256
        size = unfinished.stat().st_size if unfinished.exists() else 0
        if chunk.data and chunk.offset == size and size + len(chunk.data) <= chunk.total:
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("ab") as opened:
                opened.write(chunk.data)
                size += len(chunk.data)
                if size == chunk.total:
                    opened.flush()
                    os.fsync(opened.fileno())
        if size != chunk.total:
            return PictureAt(chunk.sha256, size)
        return self._finish(device, chunk, unfinished, file)

    def _finish(self, device: str, chunk: Chunk, unfinished: Path, file: Path) -> Down:
        with unfinished.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found != chunk.sha256:
            unfinished.unlink()
            return PictureAt(chunk.sha256, 0)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(file)
        settle_folder(file.parent)
        return self._note(device, chunk, file)

    def _note(self, device: str, chunk: Chunk, file: Path) -> Down:
        self._keeping.photo_kept(device, chunk, str(file.relative_to(self._folder)))
        return PictureKept(chunk.sha256)

    def _file(self, device: str, sha256: str) -> Path:
        return self._folder / device / sha256[:2] / f"{sha256}.jpg"
