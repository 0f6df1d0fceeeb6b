"""The rows' lane: the log onward in a bounded window, or a full copy of the rows where the log can't provide it."""

from __future__ import annotations

import logging
from pathlib import Path

from sproutcast_pi.protocol.sync import Batch, Committed, SequenceGap, SnapshotPartStored, encode
from sproutcast_pi.services.sync.log_reader import CHUNK_TRANSACTIONS, SnapshotNeeded, encode_if_fits, read_log
from sproutcast_pi.services.sync.send_window import SendWindow
from sproutcast_pi.services.sync.snapshot import SnapshotFile, write_snapshot
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
PARTS_IN_FLIGHT = 4
MAX_SKIPPED = 1000
"""Transactions without rows for the hub after which it is notified all the same, so that the log can be pruned."""


class RowSender:
    """Returns the next message and accepts its outcome; takes the time as an argument and never waits."""

    def __init__(self, store: Store, *, acked: int, size: int, patience_s: float, copy_path: Path) -> None:
        self._store = store
        self._copy_path = copy_path
        self._window = SendWindow(acked=acked, size=size, first_patience_s=patience_s)
        self._part_window = SendWindow(acked=0, size=PARTS_IN_FLIGHT, first_patience_s=patience_s)
        self._read_upto = acked
        self._snapshot = self._load_snapshot()

    @property
    def acked(self) -> int:
        """The hub has everything up to here on disk."""
        return self._window.acked

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be sent; what is under way does not count."""
        return self._snapshot is None and max(self._read_upto, self._window.sent) >= self._store.seq

    @property
    def pending(self) -> int:
        """How many transactions the hub may still lack."""
        return 0 if self.idle and not self.awaiting_answer else max(0, self._store.seq - self.acked)

    @property
    def awaiting_answer(self) -> bool:
        """Whether an answer is awaited."""
        return self._window.sent > self._window.acked or self._part_window.sent > self._part_window.acked

    def hello(self) -> bytes:
        """Return the message that asks how far the hub is."""
        return encode(Batch(self._store.epoch, self.acked, self.acked))

    def next_message(self, now: float) -> bytes | None:
        """Return what to send now; None when there is nothing, or no room for it on the way."""
        if self._window.check_timeout(now):
            self._read_upto = self._window.sent
        self._part_window.check_timeout(now)
        return self._next_rows(now) if self._snapshot is None else self._next_part(self._snapshot, now)

    def next_timeout_s(self, now: float) -> float | None:
        """Seconds after which something may have to be sent again; None when nothing is under way."""
        looks = [
            look
            for look in (self._window.next_timeout_s(now), self._part_window.next_timeout_s(now))
            if look is not None
        ]
        return min(looks, default=None)

    def on_answer(self, answer: Committed | SequenceGap | SnapshotPartStored, now: float) -> bool:
        """The hub answered; True when it has more on disk than we knew."""
        if answer.epoch != self._store.epoch:
            return False
        if isinstance(answer, SnapshotPartStored):
            if self._snapshot is not None and answer.snapshot == self._snapshot.snapshot:
                self._part_window.acknowledge(min(answer.parts, self._snapshot.parts), now)
            return False
        if answer.upto > self._store.seq and self._snapshot is None:
            self._start_snapshot("The hub knows more of this device than the device itself does.", instead=True)
            return False
        if isinstance(answer, SequenceGap):
            if self._snapshot is None and self._window.report_gap(answer.upto, now):
                self._read_upto = answer.upto
            return False
        return self._committed(answer.upto, now)

    def rewind(self) -> None:
        """What was under way is lost: send it again."""
        self._window.rewind()
        self._part_window.rewind()
        self._read_upto = self._window.sent

    def _committed(self, upto: int, now: float) -> bool:
        if self._snapshot is not None:
            if upto < self._snapshot.upto or (self._snapshot.instead and upto != self._snapshot.upto):
                return False
            self._snapshot.remove()
            self._snapshot = None
        news = self._window.acknowledge(upto, now)
        self._read_upto = max(self._read_upto, self._window.sent)
        return news

    def _next_rows(self, now: float) -> bytes | None:
        limit = CHUNK_TRANSACTIONS
        while self._window.free_slots:
            start = max(self._read_upto, self._window.sent)
            piece = read_log(self._store, start, limit)
            if piece is None:
                return None
            if isinstance(piece, SnapshotNeeded):
                self._start_snapshot(piece.why)
                return None
            batch = Batch(self._store.epoch, self._window.sent, piece.upto, piece.transactions)
            if not piece.transactions and piece.upto - self._window.sent < MAX_SKIPPED:
                self._read_upto = piece.upto
                continue
            payload = encode_if_fits(batch)
            if payload is not None:
                self._read_upto = piece.upto
                self._window.mark_sent(piece.upto, now)
                return payload
            if limit == 1:
                self._start_snapshot("A change is larger than a message may be.")
                return None
            limit = max(1, limit // 2)
        return None

    def _next_part(self, copy: SnapshotFile, now: float) -> bytes | None:
        number = self._part_window.sent
        if number == copy.parts or not self._part_window.free_slots:
            return None
        self._part_window.mark_sent(number + 1, now)
        return encode(copy.part(number))

    def _start_snapshot(self, why: str, *, instead: bool = False) -> None:
        if self._snapshot is None:
            LOG.info("the hub gets a full copy of all rows: %s", why)
            self._snapshot = write_snapshot(self._store, self._copy_path, instead=instead)
            self._part_window.reset()
            self._window.rewind()

    def _load_snapshot(self) -> SnapshotFile | None:
        if not self._copy_path.exists():
            return None
        try:
            copy = SnapshotFile(self._copy_path)
        except ValueError as error:
            LOG.info("%s; it is written afresh when needed", error)
            return None
        if copy.epoch == self._store.epoch and copy.upto > self.acked:
            return copy
        copy.remove()
        return None
