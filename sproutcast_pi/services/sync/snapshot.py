"""A full copy of all rows that may leave, written to a file first, so that a slow line never holds the database."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import apsw
import msgspec

from sproutcast_pi.atomic_file import replacing
from sproutcast_pi.protocol.sync import RowChange, SnapshotPart
from sproutcast_pi.services.sync.sync_filter import KEY_COLUMNS, may_sync
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.engine import Store

ROWS_PER_PART = 200
PART_BYTES = 128 * 1024
_LENGTH = struct.Struct(">I")
_rows = msgspec.msgpack.Decoder(list[RowChange])


class _Header(msgspec.Struct, frozen=True):
    epoch: str
    snapshot: str
    upto: int
    instead: bool


class SnapshotFile:
    """A copy that lies on disk, part by part."""

    def __init__(self, path: Path) -> None:
        """Open a copy that `write_copy` left; raises ValueError when the file is none."""
        self.path = path
        try:
            with path.open("rb") as file:
                head, *parts = list(_records(file))
                self._header = msgspec.msgpack.decode(_read_at(file, *head), type=_Header)
        except (OSError, ValueError, msgspec.DecodeError, struct.error) as error:
            raise ValueError(f"{path} is no full copy: {error}") from error
        self._parts = parts
        self.epoch = self._header.epoch
        self.snapshot = self._header.snapshot
        self.upto = self._header.upto
        self.instead = self._header.instead

    @property
    def parts(self) -> int:
        """How many messages it takes."""
        return len(self._parts)

    def part(self, number: int) -> SnapshotPart:
        """Return one message of it."""
        with self.path.open("rb") as file:
            rows = _rows.decode(_read_at(file, *self._parts[number]))
        return SnapshotPart(self.epoch, self.upto, self.snapshot, number, self.parts, rows, self.instead)

    def remove(self) -> None:
        """The hub has it; let it go."""
        self.path.unlink(missing_ok=True)


def write_snapshot(store: Store, path: Path, *, instead: bool = False) -> SnapshotFile:
    """Write a copy of all rows as of one moment to `path`; nothing waits for it. For `instead` see the protocol."""
    reader = open_reader(store.path)
    try:
        reader.execute("BEGIN")
        upto = reader.execute("SELECT coalesce(max(seq), 0) FROM _tx").get
        with replacing(path) as file:
            _write_record(file, msgspec.msgpack.encode(_Header(store.epoch, secrets.token_hex(8), upto, instead)))
            for part in _parts(reader):
                _write_record(file, part)
    finally:
        reader.close()
    return SnapshotFile(path)


def _parts(reader: apsw.Connection) -> Iterator[bytes]:
    """Yield encoded lists of rows; at least one, so that an empty device is copied too."""
    staying = frozenset(key for (key,) in reader.execute("SELECT id FROM plant WHERE sync = 0"))
    rows: list[RowChange] = []
    size = sent = 0
    for table, row in _rows_of(reader):
        if not may_sync(table, row, staying):
            continue
        rows.append(RowChange(table, row))
        size += sum(len(value) for value in row.values() if isinstance(value, str)) + 100
        if len(rows) >= ROWS_PER_PART or size >= PART_BYTES:
            yield msgspec.msgpack.encode(rows)
            rows, size, sent = [], 0, sent + 1
    if rows or not sent:
        yield msgspec.msgpack.encode(rows)


def _rows_of(reader: apsw.Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in KEY_COLUMNS:
        cursor = reader.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of ours
        names: tuple[str, ...] | None = None
        for values in cursor:
            names = names or tuple(name for name, *_ in cursor.description)
            yield table, dict(zip(names, values, strict=True))


def _write_record(file: BinaryIO, piece: bytes) -> None:
    file.write(_LENGTH.pack(len(piece)) + piece)


def _records(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield where each piece begins and how long it is."""
    end = file.seek(0, os.SEEK_END)
    place = 0
    while place < end:
        file.seek(place)
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        place += _LENGTH.size
        if place + length > end:
            raise ValueError("it is cut short")
        yield place, length
        place += length


def _read_at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)
