"""Take in what devices send: each transaction exactly once, in order; rows that are refused are set aside.

The position of a (device, epoch) moves in the same transaction as its rows, so a repeat changes nothing and a kill at
any moment leaves both or neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import msgspec

from sproutcast_pi.hub.row_validation import InvalidRowError, table_of, validate_key, validate_row
from sproutcast_pi.hub.schema import HUB_TABLES
from sproutcast_pi.hub.transaction import DatabaseTransaction
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.protocol.sync import (
    Batch,
    Committed,
    DeviceRejected,
    HubMessage,
    RowChange,
    SequenceGap,
    SnapshotPart,
    SnapshotPartStored,
    decode_device_message,
)

_UPSERT_POSITION = (
    "INSERT INTO _position (device, epoch, upto, snapshot) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (device, epoch) DO UPDATE SET upto = excluded.upto, snapshot = excluded.snapshot"
)
_INSERT_DEAD_LETTER = (
    "INSERT INTO dead_letter (device, epoch, seq, place, at, source, reason, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (device, epoch, seq, place) DO UPDATE SET reason = excluded.reason"
)
MAX_DEAD_LETTER_CHARS = 4000
MAX_PART_ROWS = 100_000
"""More than any part of a copy holds, so that each row of a copy has a place of its own."""


class _Origin(msgspec.Struct, frozen=True):
    """Where a row came from."""

    seq: int
    place: int
    change: RowChange


class _Statement(msgspec.Struct, frozen=True):
    sql: str
    values: tuple[Any, ...]
    origin: _Origin


def rejected(message: Message) -> DeviceRejected:
    """The answer to a device that this hub takes nothing from."""
    return DeviceRejected(english(message), message)


def apply_message(session: DatabaseTransaction, device: str, payload: bytes, *, enrol: bool) -> HubMessage:
    """Apply one message of a device and return the answer, which may be sent once the transaction is on disk.

    `enrol`: take devices nobody paired. A payload that is no message of ours is set aside, and answered with a refusal.
    """
    try:
        message = decode_device_message(payload)
    except ValueError as error:
        _write_dead_letter(session, (device, "", 0, 0), "message", str(error), payload[:200].hex())
        return rejected(hub.MESSAGE_UNREADABLE(reason=cause(error)))
    if not isinstance(message, Batch | SnapshotPart):
        return rejected(hub.WRONG_TOPIC())
    session.lock_device(device)
    if not _check_paired(session, device, message.epoch, enrol=enrol):
        return rejected(hub.NOT_PAIRED())
    applier = _MessageApplier(session, device, message.epoch)
    return (
        applier.apply_batch(message, payload)
        if isinstance(message, Batch)
        else applier.apply_snapshot_part(message, payload)
    )


class _MessageApplier:
    """One message of one device and epoch."""

    def __init__(self, session: DatabaseTransaction, device: str, epoch: str) -> None:
        self._transaction = session
        self._device = device
        self._epoch = epoch
        found = session.rows("SELECT upto, snapshot FROM _position WHERE device = ? AND epoch = ?", (device, epoch))
        self._upto: int = found[0][0] if found else 0
        self._snapshot: str | None = found[0][1] if found else None

    def apply_batch(self, batch: Batch, payload: bytes) -> Committed | SequenceGap:
        """Apply what is new of a batch."""
        if batch.after > self._upto:
            return SequenceGap(self._epoch, self._upto)
        if batch.upto <= self._upto:
            return Committed(self._epoch, self._upto)
        steps: list[_Statement] = []
        for transaction in batch.transactions:
            if self._upto < transaction.seq <= batch.upto:
                steps += self._statements(transaction.seq, transaction.changes)
        self._apply(steps)
        return self._advance_position(batch.upto, self._snapshot, "rows", payload)

    def apply_snapshot_part(self, part: SnapshotPart, payload: bytes) -> Committed | SnapshotPartStored:
        """Keep a part of a full copy; with the last, replace all rows of the epoch by the copy's."""
        if self._snapshot == part.snapshot or (part.upto <= self._upto and not part.instead):
            return Committed(self._epoch, self._upto)
        run, device = self._transaction.run, self._device
        run("DELETE FROM _copy_part WHERE device = ? AND snapshot <> ?", (device, part.snapshot))
        ((kept,),) = self._transaction.rows(
            "SELECT count(*) FROM _copy_part WHERE device = ? AND snapshot = ?", (device, part.snapshot)
        )
        if part.part != kept:
            return SnapshotPartStored(self._epoch, part.snapshot, min(kept, part.parts - 1))
        if part.part < part.parts - 1:
            run(
                "INSERT INTO _copy_part (device, snapshot, part, content) VALUES (?, ?, ?, ?)",
                (device, part.snapshot, part.part, payload),
            )
            return SnapshotPartStored(self._epoch, part.snapshot, kept + 1)
        self._replace_rows(part)
        run("DELETE FROM _copy_part WHERE device = ?", (device,))
        return self._advance_position(part.upto, part.snapshot, "copy", b"")

    def _advance_position(self, upto: int, snapshot: str | None, kind: str, payload: bytes) -> Committed:
        self._transaction.run(_UPSERT_POSITION, (self._device, self._epoch, upto, snapshot))
        self._transaction.notify_applied(self._device, self._epoch, upto, kind, payload)
        return Committed(self._epoch, upto)

    def _replace_rows(self, last: SnapshotPart) -> None:
        for table in HUB_TABLES.values():
            self._transaction.run(table.clear, (self._device, self._epoch))
        for number in range(last.part):
            ((content,),) = self._transaction.rows(
                "SELECT content FROM _copy_part WHERE device = ? AND snapshot = ? AND part = ?",
                (self._device, last.snapshot, number),
            )
            part = decode_device_message(bytes(content))
            assert isinstance(part, SnapshotPart)
            self._apply(self._statements(last.upto, part.rows, number * MAX_PART_ROWS))
        self._apply(self._statements(last.upto, last.rows, last.part * MAX_PART_ROWS))

    def _statements(self, seq: int, changes: Iterable[RowChange], first: int = 0) -> list[_Statement]:
        steps = []
        for place, change in enumerate(changes, first):
            origin = _Origin(seq, place, change)
            try:
                table = table_of(change)
                if change.deleted:
                    step = _Statement(
                        table.delete, (self._device, self._epoch, validate_key(table, change.row)), origin
                    )
                else:
                    step = _Statement(
                        table.upsert, (self._device, self._epoch, *validate_row(table, change.row)), origin
                    )
            except InvalidRowError as unfit:
                self._dead_letter(origin, str(unfit))
            else:
                steps.append(step)
        return steps

    def _apply(self, steps: list[_Statement]) -> None:
        for sql, group in groupby(steps, key=lambda step: step.sql):
            together = list(group)
            try:
                with self._transaction.savepoint():
                    self._transaction.run_many(sql, [step.values for step in together])
            except self._transaction.row_errors:
                for step in together:
                    self._apply_one(step)

    def _apply_one(self, step: _Statement) -> None:
        try:
            with self._transaction.savepoint():
                self._transaction.run(step.sql, step.values)
        except self._transaction.row_errors as error:
            self._dead_letter(step.origin, str(error))

    def _dead_letter(self, origin: _Origin, reason: str) -> None:
        content = msgspec.json.encode(origin.change).decode()
        key = (self._device, self._epoch, origin.seq, origin.place)
        _write_dead_letter(self._transaction, key, origin.change.table, reason, content)


def _write_dead_letter(
    session: DatabaseTransaction, key: tuple[str, str, int, int], source: str, reason: str, content: str
) -> None:
    texts = [text.replace("\x00", "\N{REPLACEMENT CHARACTER}") for text in (source[:80], reason[:500], content)]
    session.run(_INSERT_DEAD_LETTER, (*key, session.now, texts[0], texts[1], texts[2][:MAX_DEAD_LETTER_CHARS]))


def _check_paired(session: DatabaseTransaction, device: str, epoch: str, *, enrol: bool) -> bool:
    """Whether the device may send; notes that it was seen."""
    found = session.rows("SELECT state, epoch, seen_at FROM device WHERE id = ?", (device,))
    if not found:
        if enrol:
            session.run(
                "INSERT INTO device (id, name, state, epoch, first_seen_at, seen_at) VALUES (?, ?, 'paired', ?, ?, ?)",
                (device, device, epoch, session.now, session.now),
            )
        return enrol
    state, last_epoch, seen_at = found[0]
    if state != "paired":
        return False
    if last_epoch != epoch or seen_at[:16] != session.now[:16]:
        session.run("UPDATE device SET epoch = ?, seen_at = ? WHERE id = ?", (epoch, session.now, device))
    return True
