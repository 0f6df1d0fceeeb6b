"""The pictures' own lane: one small chunk at a time, on a byte budget, only while no row waits; resumable."""

from __future__ import annotations

from typing import BinaryIO

from sproutcast_pi.protocol.sync import PhotoChunk, PhotoOffset, PhotoRejected, PhotoStored
from sproutcast_pi.services.sync.byte_rate_limit import ByteRateLimit
from sproutcast_pi.services.sync.photo_queue import PhotoQueue, QueuedPhoto

IDLE_POLL_S = 30.0
"""How often to look for new pictures by itself; a new row makes it look at once."""


class PhotoSender:
    """Returns the next chunk and accepts its outcome; takes the time as an argument and never waits."""

    def __init__(
        self, pictures: PhotoQueue, *, epoch: str, chunk_bytes: int, budget: ByteRateLimit, patience_s: float
    ) -> None:
        self._photo_queue = pictures
        self._epoch = epoch
        self._chunk_bytes = chunk_bytes
        self._rate_limit = budget
        self._timeout_s = patience_s
        self._picture: QueuedPhoto | None = None
        self._file: BinaryIO | None = None
        self._offset: int | None = None
        self._sent_at: float | None = None

    def next_chunk(self, now: float) -> PhotoChunk | None:
        """Return what to send now; None when there is nothing, or it is not the time yet."""
        if self._sent_at is not None:
            if now - self._sent_at < self._timeout_s:
                return None
            self.rewind()
        if self._picture is None:
            self._picture = self._photo_queue.next()
            if self._picture is None:
                return None
        chunk = self._chunk(self._picture, now)
        if chunk is not None:
            self._sent_at = now
        return chunk

    def next_check_s(self, now: float) -> float:
        """Seconds after which it is worth to ask for a chunk again."""
        if self._sent_at is not None:
            return max(0.0, self._sent_at + self._timeout_s - now)
        if self._picture is not None:
            return self._rate_limit.ready_in_s(self._chunk_bytes, now)
        return IDLE_POLL_S

    def on_answer(self, answer: PhotoOffset | PhotoStored | PhotoRejected) -> None:
        """The hub answered; what it says of another picture than the one under way is old."""
        picture = self._picture
        if picture is None or answer.sha256 != picture.sha256:
            return
        self._sent_at = None
        if isinstance(answer, PhotoOffset):
            self._offset = min(answer.offset, picture.size)
        else:
            self._photo_queue.mark_done(picture)
            self._close()

    def rewind(self) -> None:
        """The answer will not come: ask again how much of it the hub has."""
        self._sent_at = None
        self._offset = None

    def _chunk(self, picture: QueuedPhoto, now: float) -> PhotoChunk | None:
        data = b""
        if self._offset is not None:
            if not self._rate_limit.consume(self._chunk_bytes, now):
                return None
            try:
                self._file = self._file or picture.path.open("rb")
                self._file.seek(self._offset)
                data = self._file.read(self._chunk_bytes)
            except OSError:
                # Retention took it while it was under way.
                self._photo_queue.mark_done(picture)
                self._close()
                return None
        return PhotoChunk(
            self._epoch, picture.capture, picture.kind, picture.sha256, picture.size, self._offset or 0, data
        )

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._picture = self._file = self._offset = self._sent_at = None
