"""JPEG, PNG, WebP and BMP headers: size, depth, EXIF orientation, completeness."""
# ruff: noqa: PLR2004 - the numbers are the file formats' own

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

import msgspec

from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader, UnsupportedImageError
from sproutcast_pi.vision.photo.tiff_header import exif_orientation

MAX_SEGMENTS = 5000
"""Segments before the picture: colour profiles and notes of cameras take some hundred."""
MAX_SCANS = 300
"""Passes over the picture: progressive files have about ten; thousands would only cost time."""
_LONG_FILL = b"\xff" * 4096
"""More fill bytes than any encoder writes in a row: what follows them is not searched, which would only cost time."""
_MARKER = re.compile(rb"\xff([^\xff\x00\x01\xd0-\xd8])")
"""A marker with a segment behind it, or the end: FF in a scan is followed by 0 or a restart marker."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1


def parse_jpeg(data: bytes) -> ImageHeader:
    """Header of a JPEG. Raises struct.error when it ends before its first scan, DamagedHeaderError."""
    at, segments, scans, size, end = 2, 0, 0, (0, 0), 0
    orientation: int | None = None
    fill = data.find(_LONG_FILL)
    until = len(data) if fill < 0 else fill
    while found := _MARKER.search(data, at, until):
        marker, at = found[1][0], found.end()
        if marker == _END:
            end = at
            break
        if at + 2 > len(data):
            break
        (length,) = struct.unpack_from(">H", data, at)
        if marker == _APP1 and orientation is None and data.startswith(b"Exif\0\0", at + 2):
            # The first block that states a turn counts, as in most viewers.
            orientation = exif_orientation(data[at + 2 : at + length])
        elif marker in _FRAMES and scans == 0:
            height, width = struct.unpack_from(">HH", data, at + 3)
            size = (width, height)
        elif marker == _SCAN:
            scans += 1
            if scans > MAX_SCANS:
                raise DamagedHeaderError(photos.TOO_MANY_PASSES(limit=MAX_SCANS))
        at += length
        segments += 1
        if segments > MAX_SEGMENTS:
            raise DamagedHeaderError(photos.TOO_MANY_PARTS(limit=MAX_SEGMENTS))
    if not scans:
        raise struct.error("no scan")
    return ImageHeader(
        kind="jpeg",
        width=size[0],
        height=size[1],
        orientation=orientation or 1,
        complete=end > 0,
        notes=(photo_notes.WITH_VIDEO(),) if _has_video(data, end) else (),
    )


def _has_video(data: bytes, end: int) -> bool:
    """Whether a video lies behind the picture, as in motion photos."""
    box = data.find(b"ftyp", end) if end else -1
    return box >= 4 and int.from_bytes(data[box - 4 : box], "big") < 256


MAX_CHUNKS = 20_000
"""Chunks that are walked: the picture of a file of 160 MB in libpng's usual pieces of 8 kB."""
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
        notes=() if all(chunk.intact for chunk in chunks) else (photo_notes.DAMAGED_METADATA(),),
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
            raise DamagedHeaderError(photos.WRONG_CHECKSUM(part=chunk.kind.decode("ascii", "replace")))
        if chunk.kind == b"acTL" and chunk.intact:
            raise UnsupportedImageError(photos.ANIMATION(), photos.SAVE_PICTURE())


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


MAX_WEBP_CHUNKS = 10_000


def parse_webp(data: bytes) -> ImageHeader:
    """Header of a WebP. Raises UnsupportedImageError for animations, struct.error."""
    kind = data[12:16]
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise UnsupportedImageError(photos.ANIMATION(), photos.SAVE_PICTURE())
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        alpha = bool(data[20] & 0x10)
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    else:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", data, 26))
        alpha = False
    (length,) = struct.unpack_from("<I", data, 4)
    return ImageHeader(
        kind="webp",
        width=width,
        height=height,
        orientation=_webp_orientation(data),
        alpha=alpha,
        complete=len(data) >= length + 8,
    )


def _webp_orientation(data: bytes) -> int:
    at = 12
    for _ in range(MAX_WEBP_CHUNKS):
        if at + 8 > len(data):
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind == b"EXIF":
            return exif_orientation(data[at + 8 : at + 8 + length]) or 1
        at += 8 + length + length % 2
    return 1


def parse_bmp(data: bytes) -> ImageHeader:
    """Header of a BMP. Raises struct.error when it is too short."""
    pixels_at, header_bytes = struct.unpack_from("<I4x", data, 10)[0], struct.unpack_from("<I", data, 14)[0]
    if header_bytes == 12:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
        packing = 0
    else:
        width, height, _, depth, packing = struct.unpack_from("<iiHHI", data, 18)
    stored = ((width * depth + 31) // 32 * 4) * abs(height)
    whole = packing not in {0, 3} or len(data) >= pixels_at + stored
    return ImageHeader(kind="bmp", width=width, height=abs(height), complete=whole)
