"""Header of an image file: kind, size as seen, orientation, depth and pages, without decoding a pixel.

Kinds that can't be measured are recognised by their first bytes, so that each is refused by name with its remedy.
"""

from __future__ import annotations

import struct

import msgspec

from sproutcast_pi.errors import ImageError
from sproutcast_pi.messages.areas import photos
from sproutcast_pi.messages.message import Template
from sproutcast_pi.vision.photo.format_headers import parse_bmp, parse_jpeg, parse_png, parse_webp
from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader, UnsupportedImageError
from sproutcast_pi.vision.photo.tiff_header import parse_tiff


class UnsupportedKind(msgspec.Struct, frozen=True):
    """A kind of file that can't be measured."""

    name: Template
    """To follow "<file> is"."""
    remedy: Template
    is_photo: bool = False
    """Whether a camera made it: in a folder it is named, everything else is passed over."""
    is_sidecar: bool = False
    """Whether it is a note beside a file, whatever its own name promises."""


_HEIC = UnsupportedKind(photos.HEIC, photos.SET_JPEG, is_photo=True)
_AVIF = UnsupportedKind(photos.AVIF, photos.SAVE_JPEG, is_photo=True)
_RAW = UnsupportedKind(photos.RAW, photos.DEVELOP, is_photo=True)
_JXL = UnsupportedKind(photos.JPEG_XL, photos.SAVE_JPEG, is_photo=True)
_JP2 = UnsupportedKind(photos.JPEG_2000, photos.SAVE_JPEG, is_photo=True)
_VIDEO = UnsupportedKind(photos.VIDEO, photos.SAVE_STILL)
_SIDECAR = UnsupportedKind(photos.SIDECAR, photos.WITHOUT_DOT, is_sidecar=True)
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"mif2", b"miaf"), _HEIC),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    b"crx ": _RAW,
}
_MAGIC = {
    b"\0\5\26\7": _SIDECAR,
    b"\0\5\26\0": _SIDECAR,
    b"GIF8": UnsupportedKind(photos.GIF, photos.SAVE_PICTURE),
    b"8BPS": UnsupportedKind(photos.PHOTOSHOP, photos.EXPORT_JPEG),
    b"%PDF": UnsupportedKind(photos.PDF, photos.SAVE_PAGE),
    b"\xff\x0a": _JXL,
    b"\0\0\0\x0cJXL ": _JXL,
    b"\0\0\0\x0cjP  ": _JP2,
    b"\xff\x4f\xff\x51": _JP2,
    b"FUJIFILMCCD-RAW": _RAW,
    b"IIRO": _RAW,
    b"IIRS": _RAW,
    b"MMOR": _RAW,
    b"IIU\0": _RAW,
    b"\0MRM": _RAW,
    b"FOVb": _RAW,
    b"v/1\1": UnsupportedKind(photos.OPEN_EXR, photos.SAVE_TIFF_16),
    b"#?RAD": UnsupportedKind(photos.RADIANCE, photos.SAVE_TIFF_16),
    b"\x1aE\xdf\xa3": _VIDEO,
}


def unsupported_kind(start: bytes) -> UnsupportedKind | None:
    """The kind of file that begins like this; None when it is not one of these."""
    if start[4:8] == b"ftyp":
        brands = [start[at : at + 4] for at in (8, *range(16, min(int.from_bytes(start[:4], "big"), len(start)), 4))]
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), _VIDEO)
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), None)


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
        raise ImageError(photos.EMPTY(file=name))
    known = unsupported_kind(data[:SNIFFED_BYTES])
    if known is not None:
        raise ImageError(photos.UNSUPPORTED(file=name, kind=known.name(), remedy=known.remedy()))
    header = _parse(data, name)
    if header.width < 1 or header.height < 1:
        raise ImageError(photos.NO_SIZE(file=name, width=header.width, height=header.height))
    if header.orientation in ROTATED:
        return msgspec.structs.replace(header, width=header.height, height=header.width)
    return header


def _parse(data: bytes, name: str) -> ImageHeader:
    parse = next((parse for magic, parse in _PARSERS if data.startswith(magic)), None)
    if parse is None or not is_readable_kind(data[:SNIFFED_BYTES]):
        raise ImageError(photos.UNKNOWN_KIND(file=name))
    try:
        return parse(data)
    except UnsupportedImageError as error:
        raise ImageError(photos.UNSUPPORTED(file=name, kind=error.kind, remedy=error.remedy)) from None
    except DamagedHeaderError as error:
        raise ImageError(photos.DAMAGED(file=name, fault=error.fault)) from None
    except (struct.error, IndexError):
        raise ImageError(photos.CUT_HEADER(file=name)) from None
