"""JPEG markers (ITU T.81): size, the EXIF orientation, and whether the picture's own end is there."""
# ruff: noqa: PLR2004 (the numbers are the file format's own)

from __future__ import annotations

import re
import struct

from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader
from sproutcast_pi.vision.photo.tiff_header import exif_orientation

MAX_SEGMENTS = 5000
"""Segments before the picture: colour profiles and notes of cameras take some hundred."""
MAX_SCANS = 300
"""Passes over the picture: progressive files have about ten; thousands would only cost time."""
_MARKER = re.compile(rb"\xff([^\xff\x00\x01\xd0-\xd8])")
"""A marker with a segment behind it, or the end: FF in a scan is followed by 0 or a restart marker."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1


def parse_jpeg(data: bytes) -> ImageHeader:
    """Header of a JPEG. Raises struct.error when it ends before its first scan, DamagedHeaderError."""
    at, segments, scans, size, end = 2, 0, 0, (0, 0), 0
    orientation: int | None = None
    while found := _MARKER.search(data, at):
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
                raise DamagedHeaderError(f"it is written in more than {MAX_SCANS} passes")
        at += length
        segments += 1
        if segments > MAX_SEGMENTS:
            raise DamagedHeaderError(f"it has more than {MAX_SEGMENTS} parts")
    if not scans:
        raise struct.error("no scan")
    return ImageHeader(
        kind="jpeg",
        width=size[0],
        height=size[1],
        orientation=orientation or 1,
        complete=end > 0,
        notes=("the file also holds a video, only the photo is measured",) if _has_video(data, end) else (),
    )


def _has_video(data: bytes, end: int) -> bool:
    """Whether a video lies behind the picture, as in motion photos."""
    box = data.find(b"ftyp", end) if end else -1
    return box >= 4 and int.from_bytes(data[box - 4 : box], "big") < 256
