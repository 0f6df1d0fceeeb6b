"""The pictures' own lane: one small chunk at a time, on a byte budget, only while no row waits; resumable."""

from __future__ import annotations

from typing import BinaryIO

from sproutcast_pi.protocol.sync import Chunk, PictureAt, PictureKept, PictureUnwanted
from sproutcast_pi.services.sync.byte_budget import ByteBudget
from sproutcast_pi.services.sync.pictures import Picture, Pictures

IDLE_LOOK_S = 30.0
"""How often to look for new pictures by itself; a new row makes it look at once."""


class PictureLane:
    """Hands out the next chunk and hears how it went; asked with the time, waits for nothing itself."""

    def __init__(
        self, pictures: Pictures, *, epoch: str, chunk_bytes: int, budget: ByteBudget, patience_s: float
    ) -> None:
        self._pictures = pictures
        self._epoch = epoch
        self._chunk_bytes = chunk_bytes
        self._budget = budget
        self._patience_s = patience_s
        self._picture: Picture | None = None
        self._file: BinaryIO | None = None
        self._at: int | None = None
        self._asked_at: float | None = None

    def next_chunk(self, now: float) -> Chunk | None:
        """Return what to send now; None when there is nothing, or it is not the time yet."""
        if self._asked_at is not None:
            if now - self._asked_at < self._patience_s:
                return None
            self.rewind()
        if self._picture is None:
            self._picture = self._pictures.next()
            if self._picture is None:
                return None
        chunk = self._chunk(self._picture, now)
        if chunk is not None:
            self._asked_at = now
        return chunk

    def next_look_s(self, now: float) -> float:
        """Seconds after which it is worth to ask for a chunk again."""
        if self._asked_at is not None:
            return max(0.0, self._asked_at + self._patience_s - now)
        if self._picture is not None:
            return self._budget.ready_in_s(self._chunk_bytes, now)
        return IDLE_LOOK_S

    def heard(self, answer: PictureAt | PictureKept | PictureUnwanted) -> None:
        """The hub answered; what it says of another picture than the one under way is old."""
        picture = self._picture
        if picture is None or answer.sha256 != picture.sha256:
            return
        self._asked_at = None
        if isinstance(answer, PictureAt):
            self._at = min(answer.offset, picture.size)
        else:
            self._pictures.dealt_with(picture)
            self._close()

    def rewind(self) -> None:
        """The answer will not come: ask again how much of it the hub has."""
        self._asked_at = None
        self._at = None

    def _chunk(self, picture: Picture, now: float) -> Chunk | None:
        data = b""
        if self._at is not None:
            if not self._budget.take(self._chunk_bytes, now):
                return None
            try:
                self._file = self._file or picture.path.open("rb")
                self._file.seek(self._at)
                data = self._file.read(self._chunk_bytes)
            except OSError:
                # Retention took it while it was under way.
                self._pictures.dealt_with(picture)
                self._close()
                return None
        return Chunk(self._epoch, picture.capture, picture.kind, picture.sha256, picture.size, self._at or 0, data)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._picture = self._file = self._at = self._asked_at = None
