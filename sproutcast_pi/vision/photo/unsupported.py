"""Kinds of files that are no photographs to us, known by their first bytes, so that each can be refused by name."""

from __future__ import annotations

import msgspec


class UnsupportedKind(msgspec.Struct, frozen=True):
    """A kind of file that can't be measured."""

    name: str
    """To follow "<file> is"."""
    remedy: str
    is_photograph: bool = False
    """Whether a camera made it: in a folder it is named, everything else is passed over."""
    is_sidecar: bool = False
    """Whether it is a note beside a file, whatever its own name promises."""


_CONVERT = "save it as JPEG, or set the camera to JPEG (on an iPhone: Formats, Most Compatible)"
_HEIC = UnsupportedKind("a HEIC photograph", _CONVERT, is_photograph=True)
_AVIF = UnsupportedKind("an AVIF picture", "save it as JPEG", is_photograph=True)
_RAW = UnsupportedKind("a raw file of a camera", "develop it to a JPEG or TIFF and measure that", is_photograph=True)
_JXL = UnsupportedKind("a JPEG XL picture", "save it as JPEG", is_photograph=True)
_JP2 = UnsupportedKind("a JPEG 2000 picture", "save it as JPEG", is_photograph=True)
_VIDEO = UnsupportedKind("a video", "save a still of it as JPEG")
_SIDECAR = UnsupportedKind(
    "a note that a Mac left beside a file", "the photograph is the file without ._", is_sidecar=True
)
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"mif2", b"miaf"), _HEIC),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    b"crx ": _RAW,
}
_MAGIC = {
    b"\0\5\26\7": _SIDECAR,
    b"\0\5\26\0": _SIDECAR,
    b"GIF8": UnsupportedKind("a GIF", "save the picture to be measured as JPEG or PNG"),
    b"8BPS": UnsupportedKind("a Photoshop file", "export it as JPEG"),
    b"%PDF": UnsupportedKind("a PDF", "save the picture in it as JPEG"),
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
    b"v/1\1": UnsupportedKind("an OpenEXR picture", "save it as TIFF with 16 bits"),
    b"#?RAD": UnsupportedKind("a Radiance HDR picture", "save it as TIFF with 16 bits"),
    b"\x1aE\xdf\xa3": _VIDEO,
}


def unsupported_kind(start: bytes) -> UnsupportedKind | None:
    """The kind of file that begins like this; None when it is not one of these."""
    if start[4:8] == b"ftyp":
        brands = [start[at : at + 4] for at in (8, *range(16, min(int.from_bytes(start[:4], "big"), len(start)), 4))]
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), _VIDEO)
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), None)
