"""Header of an image file: kind, size as seen, orientation, depth and pages, without decoding a pixel."""

from __future__ import annotations

import struct

import msgspec

from sproutcast_pi.errors import ImageError
from sproutcast_pi.vision.photo.jpeg_header import parse_jpeg
from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader, UnsupportedImageError
from sproutcast_pi.vision.photo.png_header import parse_png
from sproutcast_pi.vision.photo.tiff_header import parse_tiff
from sproutcast_pi.vision.photo.unsupported import unsupported_kind
from sproutcast_pi.vision.photo.webp_header import parse_bmp, parse_webp

ROTATED = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""
SNIFFED_BYTES = 256
"""Bytes from a file's beginning that tell its kind."""
_PARSERS = (
    (b"\xff\xd8", parse_jpeg),
    (b"\x89PNG\r\n\x1a\n", parse_png),
    (b"RIFF", parse_webp),
    (b"II*\0", parse_tiff),
    (b"MM\0*", parse_tiff),
    (b"II+\0", parse_tiff),
    (b"MM\0+", parse_tiff),
    (b"BM", parse_bmp),
)


def is_readable_kind(start: bytes) -> bool:
    """Whether a file that begins like this is of a kind that can be measured: JPEG, PNG, WebP, TIFF or BMP."""
    if start.startswith(b"RIFF"):
        return start[8:12] == b"WEBP"
    if start.startswith(b"BM"):
        return start[6:10] == bytes(4)
    return start.startswith(tuple(magic for magic, _ in _PARSERS))


def read_header(data: bytes, name: str) -> ImageHeader:
    """Kind, size, orientation, depth and pages of a JPEG, PNG, WebP, TIFF or BMP.

    Raises ImageError when it is none of these, holds no single whole photograph, or its header is damaged.
    """
    if not data:
        raise ImageError(f"{name} is empty (0 bytes): take the picture again.")
    known = unsupported_kind(data[:SNIFFED_BYTES])
    if known is not None:
        raise ImageError(f"{name} is {known.name}: {known.remedy}.")
    header = _parse(data, name)
    if header.width < 1 or header.height < 1:
        raise ImageError(f"{name} says it is {header.width} x {header.height} pixels: the file is damaged.")
    if header.orientation in ROTATED:
        return msgspec.structs.replace(header, width=header.height, height=header.width)
    return header


def _parse(data: bytes, name: str) -> ImageHeader:
    parse = next((parse for magic, parse in _PARSERS if data.startswith(magic)), None)
    if parse is None or not is_readable_kind(data[:SNIFFED_BYTES]):
        raise ImageError(f"{name} is not a picture we can read: JPEG, PNG, WebP, TIFF or BMP are.")
    try:
        return parse(data)
    except UnsupportedImageError as kind:
        raise ImageError(f"{name} is {kind}.") from None
    except DamagedHeaderError as fault:
        raise ImageError(f"{name} is damaged: {fault}. Copy it again or take another.") from None
    except (struct.error, IndexError):
        raise ImageError(f"{name} ends inside its header: the file is cut off, copy it again.") from None
