"""BSATN, the binary form of SpacetimeDB's values: little-endian, by schema, without field names."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from sproutcast_pi.store.table_schemas import ColumnSchema

U16, U32, I64, F64 = (struct.Struct(f"<{code}") for code in "HIqd")
MAX_TEXTS = 100
SOME, NONE = b"\0", b"\1"
Write = Callable[[Any], bytes]


class BsatnError(ValueError):
    """Bytes that don't hold what they should."""


def text(value: str) -> bytes:
    """A string."""
    encoded = value.encode()
    return U32.pack(len(encoded)) + encoded


def blob(value: bytes) -> bytes:
    """Bytes."""
    return U32.pack(len(value)) + value


def array(items: Sequence[bytes]) -> bytes:
    """Encoded items one after another."""
    return U32.pack(len(items)) + b"".join(items)


def _integer(value: Any) -> bytes:
    return I64.pack(value)


def _real(value: Any) -> bytes:
    return F64.pack(value)


_WRITERS: dict[str, Write] = {"integer": _integer, "real": _real, "text": text}


class RowWriter:
    """Encodes rows of one table."""

    def __init__(self, columns: Iterable[ColumnSchema]) -> None:
        self._columns = [(column.name, _WRITERS[column.kind], column.nullable) for column in columns]

    def row(self, row: dict[str, Any]) -> bytes:
        """One row as a product."""
        parts = []
        for name, write, nullable in self._columns:
            value = row[name]
            if not nullable:
                parts.append(write(value))
            elif value is None:
                parts.append(NONE)
            else:
                parts += (SOME, write(value))
        return b"".join(parts)

    def rows(self, rows: Sequence[dict[str, Any]]) -> bytes:
        """A row list."""
        return row_list([self.row(row) for row in rows])


def row_list(encoded: Sequence[bytes]) -> bytes:
    """A list of rows that are encoded already: where each begins, and their bytes."""
    offsets, at = [], 0
    for each in encoded:
        offsets.append(at)
        at += len(each)
    return b"\1" + U32.pack(len(offsets)) + struct.pack(f"<{len(offsets)}Q", *offsets) + blob(b"".join(encoded))


class BsatnReader:
    """Takes values off bytes in order; raises BsatnError when they run out or make no sense."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._data)

    def read_bytes(self, count: int) -> bytes:
        """The next bytes."""
        if count > len(self._data) - self._at:
            raise BsatnError(f"{count} bytes were announced, {len(self._data) - self._at} are there")
        piece = self._data[self._at : self._at + count]
        self._at += count
        return piece

    def u8(self) -> int:
        """One byte."""
        return self.read_bytes(1)[0]

    def u32(self) -> int:
        """Four bytes."""
        return int(U32.unpack(self.read_bytes(4))[0])

    def i64(self) -> int:
        """Eight bytes, signed."""
        return int(I64.unpack(self.read_bytes(8))[0])

    def f64(self) -> float:
        """Eight bytes."""
        return float(F64.unpack(self.read_bytes(8))[0])

    def blob(self) -> bytes:
        """Bytes with their length before them."""
        return self.read_bytes(self.u32())

    def text(self) -> str:
        """A string."""
        try:
            return self.blob().decode()
        except UnicodeDecodeError as error:
            raise BsatnError(f"a string is not UTF-8: {error}") from None

    def texts(self) -> list[str]:
        """A list of strings."""
        count = self.u32()
        if count > MAX_TEXTS:
            raise BsatnError(f"a list of {count} strings is too long; {MAX_TEXTS} are allowed")
        return [self.text() for _ in range(count)]

    def flag(self) -> bool:
        """A boolean."""
        return self._choice(2) == 1

    def has_value(self) -> bool:
        """Whether an option holds a value, which then follows."""
        return self._choice(2) == 0

    def json(self) -> Any:
        """A string that holds JSON."""
        try:
            return msgspec.json.decode(self.text())
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise BsatnError(f"a JSON argument can't be read: {error}") from None

    def _choice(self, of: int) -> int:
        tag = self.u8()
        if tag >= of:
            raise BsatnError(f"{tag} is not one of {of} choices")
        return tag
