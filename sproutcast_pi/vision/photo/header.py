"""Read what an image file says of itself, without decoding a pixel."""
# ruff: noqa: PLR2004 (the numbers are the file formats' own)

from __future__ import annotations

import struct

import msgspec

from sproutcast_pi.errors import ImageError

ROTATED = {5, 6, 7, 8}
"""EXIF orientations that swap width and height."""
_FRAME_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_START_OF_SCAN = 0xDA


class ImageHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Kind and size of an image file, as it is to be seen (after EXIF rotation)."""

    kind: str
    width: int
    height: int
    orientation: int = 1
    alpha: bool = False
    complete: bool = True
    """False when the end of the file is missing."""


def read_header(data: bytes, name: str) -> ImageHeader:
    """Kind, size and orientation of a JPEG, PNG, WebP, TIFF or BMP.

    Raises ImageError when it is none of these or its header is damaged.
    """
    if not data:
        raise ImageError(f"{name} is empty (0 bytes): take the picture again.")
    try:
        header = _parse(data)
    except (struct.error, IndexError):
        raise ImageError(f"{name} ends inside its header: the file is cut off, copy it again.") from None
    if header is None:
        raise ImageError(f"{name} is not a picture we can read: JPEG, PNG, WebP, TIFF or BMP are.")
    if header.width < 1 or header.height < 1:
        raise ImageError(f"{name} says it is {header.width} x {header.height} pixels: the file is damaged.")
    return header


def _parse(data: bytes) -> ImageHeader | None:
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        width, height, _depth, colour = struct.unpack(">IIBB", data[16:26])
        return ImageHeader(
            kind="png",
            width=width,
            height=height,
            alpha=colour in {4, 6} or b"tRNS" in data[:2048],
            complete=data.rfind(b"IEND") > 0,
        )
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:4] in {b"II*\0", b"MM\0*"}:
        return _tiff(data)
    if data[:2] == b"BM":
        width, height = struct.unpack("<ii", data[18:26])
        return ImageHeader(kind="bmp", width=width, height=abs(height))
    return None


def _jpeg(data: bytes) -> ImageHeader:
    at, orientation, size = 2, 1, (0, 0)
    while True:
        while data[at] != 0xFF:
            at += 1
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack(">H", data[at : at + 2])
        if marker == 0xE1 and data[at + 2 : at + 8] == b"Exif\0\0":
            orientation = _exif_orientation(data[at + 8 : at + length])
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            size = (width, height)
        at += length
        if marker == _START_OF_SCAN:
            break
    width, height = size
    if orientation in ROTATED:
        width, height = height, width
    # In a scan FF is always escaped, so an end marker after it is a real one; an EXIF thumbnail's lies before.
    whole = data.rfind(b"\xff\xd9", at) > 0
    return ImageHeader(kind="jpeg", width=width, height=height, orientation=orientation, complete=whole)


def _exif_orientation(exif: bytes) -> int:
    try:
        order = "<" if exif[:2] == b"II" else ">"
        (start,) = struct.unpack(order + "I", exif[4:8])
        (count,) = struct.unpack(order + "H", exif[start : start + 2])
        for entry in range(count):
            at = start + 2 + 12 * entry
            (tag,) = struct.unpack(order + "H", exif[at : at + 2])
            if tag == 0x0112:
                (value,) = struct.unpack(order + "H", exif[at + 8 : at + 10])
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _webp(data: bytes) -> ImageHeader:
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        alpha = bool(data[20] & 0x10)
    elif kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    else:
        width, height = (value & 0x3FFF for value in struct.unpack("<HH", data[26:30]))
        alpha = False
    (length,) = struct.unpack("<I", data[4:8])
    return ImageHeader(kind="webp", width=width, height=height, alpha=alpha, complete=len(data) >= length + 8)


def _tiff(data: bytes) -> ImageHeader:
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack(order + "I", data[4:8])
    (count,) = struct.unpack(order + "H", data[start : start + 2])
    size = {0x100: 0, 0x101: 0}
    for entry in range(count):
        at = start + 2 + 12 * entry
        tag, kind = struct.unpack(order + "HH", data[at : at + 4])
        if tag in size:
            (size[tag],) = struct.unpack(
                order + ("H" if kind == 3 else "I"), data[at + 8 : at + (10 if kind == 3 else 12)]
            )
    return ImageHeader(kind="tiff", width=size[0x100], height=size[0x101])
