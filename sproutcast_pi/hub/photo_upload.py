"""Take in photographs chunk by chunk: resumed where they broke, checked by their hash, then moved into place whole."""

from __future__ import annotations

import os
from pathlib import Path

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.hub.apply_messages import rejected
from sproutcast_pi.hub.hub_storage import HubStorage
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.protocol.sync import HubMessage, PhotoChunk, PhotoOffset, PhotoRejected, PhotoStored


class PhotoUploads:
    """The photographs' folder. For one thread."""

    def __init__(self, folder: Path, keeping: HubStorage, *, max_bytes: int) -> None:
        self._folder = folder
        self._storage = keeping
        self._max_bytes = max_bytes

    def accept_chunk(self, device: str, chunk: PhotoChunk) -> HubMessage:
        """Write one chunk down and return the answer; raises OSError when the disk won't take it."""
        there = self._storage.has_photo(device, chunk)
        if there is None:
            return rejected(hub.NOT_PAIRED())
        if there:
            return PhotoStored(chunk.sha256)
        if chunk.total > self._max_bytes:
            return PhotoRejected(chunk.sha256, f"it is larger than {self._max_bytes} bytes")
        file = self._file(device, chunk.sha256)
        if file.exists():
            # Known from another capture, or the note of it was lost with a power cut.
            return self._record(device, chunk, file)
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
            return PhotoOffset(chunk.sha256, size)
        return self._finish(device, chunk, unfinished, file)

    def _finish(self, device: str, chunk: PhotoChunk, unfinished: Path, file: Path) -> HubMessage:
        if sha256_of(unfinished) != chunk.sha256:
            unfinished.unlink()
            return PhotoOffset(chunk.sha256, 0)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(file)
        fsync_dir(file.parent)
        return self._record(device, chunk, file)

    def _record(self, device: str, chunk: PhotoChunk, file: Path) -> HubMessage:
        self._storage.record_photo(device, chunk, str(file.relative_to(self._folder)))
        return PhotoStored(chunk.sha256)

    def _file(self, device: str, sha256: str) -> Path:
        return self._folder / device / sha256[:2] / f"{sha256}.jpg"
