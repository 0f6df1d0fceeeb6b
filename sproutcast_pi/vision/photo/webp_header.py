"""WebP (RIFF) and BMP headers: size, alpha, EXIF orientation, completeness."""
# ruff: noqa: PLR2004 (the numbers are the file formats' own)

from __future__ import annotations

import struct

from sproutcast_pi.vision.photo.parsed_header import ImageHeader, UnsupportedImageError
from sproutcast_pi.vision.photo.tiff_header import exif_orientation

MAX_CHUNKS = 10_000


def parse_webp(data: bytes) -> ImageHeader:
    """Header of a WebP. Raises UnsupportedImageError for animations, struct.error."""
    kind = data[12:16]
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise UnsupportedImageError("an animation: save the picture to be measured as a JPEG of its own")
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
        orientation=_orientation(data),
        alpha=alpha,
        complete=len(data) >= length + 8,
    )


def _orientation(data: bytes) -> int:
    at = 12
    for _ in range(MAX_CHUNKS):
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
