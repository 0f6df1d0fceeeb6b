"""PNG chunks: size, depth, EXIF orientation, checksums; animations are recognised."""
# ruff: noqa: PLR2004 (the numbers are the file format's own)

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import msgspec

from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader, UnsupportedImageError
from sproutcast_pi.vision.photo.tiff_header import exif_orientation

MAX_CHUNKS = 100_000
MAX_EXIF = 1_000_000
"""Bytes of an EXIF block in a text chunk, unpacked."""
MAX_RATIO = 1100
"""Deflate packs at most 1032 to 1: fewer bytes can't hold the picture."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def parse_png(data: bytes) -> ImageHeader:
    """Header of a PNG. Raises UnsupportedImageError for animations, DamagedHeaderError, struct.error."""
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    chunks = list(_chunks(data))
    kinds = {chunk.kind for chunk in chunks}
    _check(chunks)
    complete = b"IEND" in kinds
    packed = sum(len(chunk.body) for chunk in chunks if chunk.kind == b"IDAT")
    used = next((max(chunk.body) for chunk in chunks if chunk.kind == b"sBIT" and len(chunk.body)), 0)
    note = "the file's notes on the picture are damaged, the picture itself is whole"
    return ImageHeader(
        kind="png",
        width=width,
        height=height,
        orientation=next(filter(None, map(_orientation, chunks)), 1),
        alpha=colour in {4, 6} or b"tRNS" in kinds,
        bits=16 if depth == 16 else 8,
        used_bits=used if depth == 16 and 8 < used < 16 else None,
        complete=complete,
        plausible=width * height * _CHANNELS.get(colour, 1) * depth // 8 <= MAX_RATIO * packed,
        notes=() if all(chunk.intact for chunk in chunks) else (note,),
    )


class _Chunk(msgspec.Struct, frozen=True):
    kind: bytes
    body: memoryview
    intact: bool
    """Whether its checksum is right."""


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """The whole chunks of a PNG, in order, up to the last one."""
    at = 8
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            return
        body = memoryview(data)[at + 8 : end - 4]
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        yield _Chunk(kind, body, zlib.crc32(body, zlib.crc32(kind)) == checksum)
        if kind == b"IEND":
            return
        at = end


def _check(chunks: list[_Chunk]) -> None:
    for chunk in chunks:
        # A capital first letter: the picture can't be read without it.
        if not chunk.intact and chunk.kind[:1].isupper():
            raise DamagedHeaderError(f"the checksum of its part {chunk.kind.decode('ascii', 'replace')} is wrong")
        if chunk.kind == b"acTL" and chunk.intact:
            raise UnsupportedImageError("an animation: save the picture to be measured as a PNG or JPEG of its own")


def _orientation(chunk: _Chunk) -> int | None:
    if not chunk.intact or chunk.kind not in {b"eXIf", b"zTXt"}:
        return None
    body = bytes(chunk.body)
    return exif_orientation(body if chunk.kind == b"eXIf" else _raw_profile(body))


def _raw_profile(body: bytes) -> bytes:
    """The EXIF block of a "Raw profile type exif" text, as ImageMagick writes it: a length, then hexadecimal digits."""
    key, _, rest = body.partition(b"\0")
    if key not in {b"Raw profile type exif", b"Raw profile type APP1"}:
        return b""
    try:
        text = zlib.decompressobj().decompress(rest[1:], MAX_EXIF)
        return bytes.fromhex("".join(text.decode("ascii").split()[2:]))
    except (zlib.error, ValueError):
        return b""
