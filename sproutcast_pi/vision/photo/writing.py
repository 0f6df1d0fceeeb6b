"""Pictures we write for people: whole or not at all, under any file name, and marked as ours."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.vision.photo.folder import OUTPUT_MARK
from sproutcast_pi.vision.types import Image

_PNG_HEADER_END = 33
"""Bytes of a PNG's signature and its first chunk, behind which others may lie."""


JPEG_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 85]
"""Lines and colours of an overlay stay clear, in a sixth of what it takes as PNG."""


def write_image(path: Path, picture: Image) -> None:
    """Write `picture` in the format of the path's ending, with our mark. Raises OSError when it can't be written."""
    try:
        written, buffer = cv2.imencode(path.suffix, picture, JPEG_QUALITY if path.suffix == ".jpg" else [])
    except cv2.error as fault:
        raise OSError(f"a picture can't be written as {path.suffix or 'a file without an ending'}") from fault
    if not written:
        raise OSError(f"a picture can't be written as {path.suffix}")
    write_atomic(path, _marked(buffer.tobytes()))


def _marked(data: bytes) -> bytes:
    """The same picture with a comment by which it is known as an output."""
    if data[:2] == b"\xff\xd8":
        # JFIF wants its own segment first.
        at = 4 + struct.unpack_from(">H", data, 4)[0] if data[2:4] == b"\xff\xe0" else 2
        return data[:at] + b"\xff\xfe" + struct.pack(">H", len(OUTPUT_MARK) + 2) + OUTPUT_MARK + data[at:]
    if data[:4] == b"\x89PNG":
        body = b"tEXtSoftware\0" + OUTPUT_MARK
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        return data[:_PNG_HEADER_END] + chunk + data[_PNG_HEADER_END:]
    return data
