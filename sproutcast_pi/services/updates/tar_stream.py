"""Tar members of a stranger's stream, in bounded memory: plain files with short names, one after the other.

`tarfile` reads extended headers of any size and follows any number of them, before a signature was looked at. A bundle
needs none of that: POSIX ustar headers (IEEE Std 1003.1, pax) of regular files, and nothing else is taken.
"""

from __future__ import annotations

import io
from typing import IO

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import updates

BLOCK = 512
REGULAR = frozenset({b"0", b"\0"})
MAX_MEMBERS = 16
CHUNK = 1 << 16
_CHECKSUM = slice(148, 156)


class TarStreamError(SproutcastError):
    """The stream is no such archive, or ends too early."""


class TarMember(msgspec.Struct, frozen=True):
    """One file of the archive; read it before asking for the next."""

    name: str
    size: int
    content: io.BufferedReader


class TarStream:
    """Reads an archive once, from front to end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._count = 0
        self._content: _Content | None = None

    def next_member(self) -> TarMember | None:
        """The next file; None at the end. Raises TarStreamError, and OSError of the stream."""
        if self._content is not None:
            self._content.skip_rest()
            self._content = None
        header = _read(self._stream, BLOCK)
        if not header.strip(b"\0"):
            return None
        self._count += 1
        if self._count > MAX_MEMBERS:
            raise TarStreamError(updates.TOO_MANY_FILES(limit=MAX_MEMBERS))
        expected = sum(header[: _CHECKSUM.start]) + 8 * ord(" ") + sum(header[_CHECKSUM.stop :])
        if _octal(header[_CHECKSUM]) != expected:
            raise TarStreamError(updates.DAMAGED_HEADER())
        if header[156:157] not in REGULAR:
            raise TarStreamError(updates.NO_PLAIN_FILE())
        name, size = header[:100].rstrip(b"\0").decode("ascii", "replace"), _octal(header[124:136])
        self._content = _Content(self._stream, size)
        return TarMember(name, size, io.BufferedReader(self._content, CHUNK))


class _Content(io.RawIOBase):
    """The bytes of one member, and the padding behind them."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = size
        self._padding = -size % BLOCK

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stubs' buffer is wider
        wanted = min(len(buffer), self._left)
        if not wanted:
            return 0
        data = self._stream.read(wanted)
        if not data:
            raise TarStreamError(updates.CUT_SHORT())
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def skip_rest(self) -> None:
        while self._left:
            self._left -= len(_read(self._stream, min(self._left, CHUNK)))
        _read(self._stream, self._padding)


def _read(stream: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            raise TarStreamError(updates.CUT_SHORT())
        data += more
    return data


def _octal(field: bytes) -> int:
    digits = field.strip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        raise TarStreamError(updates.DAMAGED_HEADER())
    return int(digits, 8)
