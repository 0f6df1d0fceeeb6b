"""The rows' lane: the log onward in a bounded window, or a full copy of the rows where the log can't say it."""

from __future__ import annotations

import logging
from pathlib import Path

from sproutcast_pi.protocol.sync import Batch, Committed, Missing, PartKept, encode
from sproutcast_pi.services.sync.full_copy import FullCopy, write_copy
from sproutcast_pi.services.sync.log_reader import PIECE, NeedsCopy, fits, read_on
from sproutcast_pi.services.sync.window import Window
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
PARTS_UNDER_WAY = 4
QUIET = 1000
"""Transactions with nothing for the hub are passed over; after so many it is told, so the log can be let go."""


class RowLane:
    """Hands out the next message and hears how it went; asked with the time, waits for nothing itself."""

    def __init__(self, store: Store, *, acked: int, size: int, patience_s: float, copy_path: Path) -> None:
        self._store = store
        self._copy_path = copy_path
        self._window = Window(acked=acked, size=size, first_patience_s=patience_s)
        self._parts = Window(acked=0, size=PARTS_UNDER_WAY, first_patience_s=patience_s)
        self._looked = acked
        self._copy = self._unfinished_copy()

    @property
    def acked(self) -> int:
        """The hub has everything up to here on disk."""
        return self._window.acked

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be sent; what is under way does not count."""
        return self._copy is None and max(self._looked, self._window.sent) >= self._store.seq

    @property
    def waiting(self) -> int:
        """How many transactions the hub may still lack."""
        return 0 if self.idle and not self.under_way else max(0, self._store.seq - self.acked)

    @property
    def under_way(self) -> bool:
        """Whether an answer is awaited."""
        return self._window.sent > self._window.acked or self._parts.sent > self._parts.acked

    def hello(self) -> bytes:
        """Return the message that asks how far the hub is."""
        return encode(Batch(self._store.epoch, self.acked, self.acked))

    def next_message(self, now: float) -> bytes | None:
        """Return what to send now; None when there is nothing, or no room for it on the way."""
        if self._window.overdue(now):
            self._looked = self._window.sent
        self._parts.overdue(now)
        return self._next_rows(now) if self._copy is None else self._next_part(self._copy, now)

    def next_look_s(self, now: float) -> float | None:
        """Seconds after which something may have to be sent again; None when nothing is under way."""
        looks = [look for look in (self._window.next_look_s(now), self._parts.next_look_s(now)) if look is not None]
        return min(looks, default=None)

    def heard(self, answer: Committed | Missing | PartKept, now: float) -> bool:
        """The hub answered; True when it has more on disk than we knew."""
        if answer.epoch != self._store.epoch:
            return False
        if isinstance(answer, PartKept):
            if self._copy is not None and answer.snapshot == self._copy.snapshot:
                self._parts.committed(min(answer.parts, self._copy.parts), now)
            return False
        if answer.upto > self._store.seq and self._copy is None:
            self._begin_copy("The hub knows more of this device than the device itself does.", instead=True)
            return False
        if isinstance(answer, Missing):
            if self._copy is None and self._window.missing(answer.upto, now):
                self._looked = answer.upto
            return False
        return self._committed(answer.upto, now)

    def rewind(self) -> None:
        """What was under way is lost: send it again."""
        self._window.rewind()
        self._parts.rewind()
        self._looked = self._window.sent

    def _committed(self, upto: int, now: float) -> bool:
        if self._copy is not None:
            if upto < self._copy.upto or (self._copy.instead and upto != self._copy.upto):
                return False
            self._copy.remove()
            self._copy = None
        news = self._window.committed(upto, now)
        self._looked = max(self._looked, self._window.sent)
        return news

    def _next_rows(self, now: float) -> bytes | None:
        limit = PIECE
        while self._window.room:
            start = max(self._looked, self._window.sent)
            piece = read_on(self._store, start, limit)
            if piece is None:
                return None
            if isinstance(piece, NeedsCopy):
                self._begin_copy(piece.why)
                return None
            batch = Batch(self._store.epoch, self._window.sent, piece.upto, piece.transactions)
            if not piece.transactions and piece.upto - self._window.sent < QUIET:
                self._looked = piece.upto
                continue
            payload = fits(batch)
            if payload is not None:
                self._looked = piece.upto
                self._window.sending(piece.upto, now)
                return payload
            if limit == 1:
                self._begin_copy("A change is larger than a message may be.")
                return None
            limit = max(1, limit // 2)
        return None

    def _next_part(self, copy: FullCopy, now: float) -> bytes | None:
        number = self._parts.sent
        if number == copy.parts or not self._parts.room:
            return None
        self._parts.sending(number + 1, now)
        return encode(copy.part(number))

    def _begin_copy(self, why: str, *, instead: bool = False) -> None:
        if self._copy is None:
            LOG.info("the hub gets a full copy of all rows: %s", why)
            self._copy = write_copy(self._store, self._copy_path, instead=instead)
            self._parts.restart()
            self._window.rewind()

    def _unfinished_copy(self) -> FullCopy | None:
        if not self._copy_path.exists():
            return None
        try:
            copy = FullCopy(self._copy_path)
        except ValueError as error:
            LOG.info("%s; it is written afresh when needed", error)
            return None
        if copy.epoch == self._store.epoch and copy.upto > self.acked:
            return copy
        copy.remove()
        return None
