"""Devices and photographs, as rows; the same for every database."""

from __future__ import annotations

from typing import Any

from sproutcast_pi.hub.schema import HUB_TABLES
from sproutcast_pi.hub.transaction import DatabaseTransaction, Queryable
from sproutcast_pi.protocol.sync import PhotoChunk


def record_photo(session: DatabaseTransaction, values: tuple[Any, ...]) -> None:
    """Note a photograph: device, epoch, capture_id, kind, sha256, bytes, file."""
    session.run(
        "INSERT INTO photo (device, epoch, capture_id, kind, sha256, bytes, file, received_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, epoch, capture_id, kind) DO UPDATE "
        "SET sha256 = excluded.sha256, bytes = excluded.bytes, file = excluded.file",
        (*values, session.now),
    )


def has_photo(session: Queryable, device: str, chunk: PhotoChunk) -> bool:
    """Whether the picture a chunk is of is there."""
    return bool(
        session.rows(
            "SELECT 1 FROM photo WHERE device = ? AND epoch = ? AND capture_id = ? AND kind = ? AND sha256 = ?",
            (device, chunk.epoch, chunk.capture, chunk.kind, chunk.sha256),
        )
    )


def is_paired(session: Queryable, device: str) -> bool:
    """Whether the device may send."""
    return bool(session.rows("SELECT 1 FROM device WHERE id = ? AND state = 'paired'", (device,)))


def remove_device(session: DatabaseTransaction, device: str) -> int | None:
    """Remove everything of a device; how many epochs it had, None when it was never known."""
    if not session.rows("SELECT 1 FROM device WHERE id = ?", (device,)):
        return None
    epochs = [epoch for (epoch,) in session.rows("SELECT epoch FROM _position WHERE device = ?", (device,))]
    for epoch in epochs:
        for table in HUB_TABLES.values():
            session.run(table.clear, (device, epoch))
    for name in ("photo", "dead_letter", "_position", "_copy_part", "_credential"):
        session.run(f"DELETE FROM {name} WHERE device = ?", (device,))  # noqa: S608 - names of ours
    session.run("DELETE FROM device WHERE id = ?", (device,))
    session.notify_removed(device)
    return len(epochs)
