"""Which picture goes next: all thumbnails before the first photograph, oldest first, each once."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.protocol.sync import PhotoKind
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
PhotoSelection = Literal["none", "thumbnails", "all"]

_NEXT = """
SELECT id, {column} AS file, sha256 FROM capture
WHERE id > ? AND id < (SELECT coalesce(min(id), 9e15) FROM capture WHERE state IN ('wanted', 'taking'))
  AND state = 'done' AND {column} IS NOT NULL
ORDER BY id LIMIT 1
"""
_WAITING = "SELECT count(*) AS n FROM capture WHERE id > ? AND state = 'done' AND {column} IS NOT NULL"
_COLUMNS = {"thumb": "thumb", "photo": "file"}


class QueuedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that lies on disk."""

    capture: int
    kind: PhotoKind
    path: Path
    sha256: str
    size: int


class PhotoProgress(msgspec.Struct, kw_only=True):
    """Up to which capture each kind is dealt with, in one epoch."""

    epoch: str = ""
    thumb: int = 0
    photo: int = 0


class PhotoQueue:
    """The queue of pictures; it is the table `capture` and two numbers in a small file, so it takes no space."""

    def __init__(self, store: Store, *, folder: Path, state: Path, wanted: PhotoSelection) -> None:
        self._store = store
        self._folder = folder
        self._state = state
        self._kinds = {"none": (), "thumbnails": ("thumb",), "all": ("thumb", "photo")}[wanted]
        self._progress = self._read()

    def next(self) -> QueuedPhoto | None:
        """Return the picture whose turn it is; None when none waits. What retention took meanwhile is passed over."""
        for kind in self._kinds:
            while True:
                rows = self._store.query(_NEXT.format(column=_COLUMNS[kind]), (getattr(self._progress, kind),))
                if not rows:
                    break
                picture = self._open(kind, rows[0]["id"], rows[0]["file"], rows[0]["sha256"])
                if picture is not None:
                    return picture
                self._advance(kind, rows[0]["id"])
        return None

    def mark_done(self, picture: QueuedPhoto) -> None:
        """It is at the hub, or nobody wants it; kept across restarts."""
        self._advance(picture.kind, picture.capture)
        self._state.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._state, msgspec.json.encode(self._progress))

    def pending_count(self) -> int:
        """How many pictures still have to go."""
        return sum(
            self._store.query(_WAITING.format(column=_COLUMNS[kind]), (getattr(self._progress, kind),))[0]["n"]
            for kind in self._kinds
        )

    def _advance(self, kind: str, capture: int) -> None:
        setattr(self._progress, kind, capture)

    def _open(self, kind: str, capture: int, file: str, known: str | None) -> QueuedPhoto | None:
        path = self._folder / file
        try:
            size, found = path.stat().st_size, sha256_of(path)
        except OSError as error:
            LOG.info("the %s of capture %d is gone before it was sent: %s", kind, capture, error)
            return None
        if size == 0 or (kind == "photo" and known is not None and found != known):
            LOG.warning("%s no longer holds what was photographed, so it is not sent", path)
            return None
        return QueuedPhoto(capture=capture, kind=kind, path=path, sha256=found, size=size)

    def _read(self) -> PhotoProgress:
        try:
            done = msgspec.json.decode(self._state.read_bytes(), type=PhotoProgress)
        except (OSError, msgspec.DecodeError):
            # Nothing is lost with it: the hub says of each picture that it has it already.
            return PhotoProgress(epoch=self._store.epoch)
        return done if done.epoch == self._store.epoch else PhotoProgress(epoch=self._store.epoch)
