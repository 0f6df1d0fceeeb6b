"""Photo file reader for untrusted files, decoding at measuring size, and atomic image writer.

Written pictures contain a marker, by which later measurements of the folder skip them.
"""

from __future__ import annotations

import stat
import struct
import zlib
from pathlib import Path
from time import perf_counter

import cv2
import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import ImageError
from sproutcast_pi.messages.areas import files, photos
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.shown_name import shown_name
from sproutcast_pi.vision.photo.decode import REDUCED, decode
from sproutcast_pi.vision.photo.folder import OUTPUT_MARK
from sproutcast_pi.vision.photo.header import read_header
from sproutcast_pi.vision.photo.parsed_header import ImageHeader
from sproutcast_pi.vision.types import Image

MAX_PIXELS = 100_000_000
"""Maximum pixels: 100 MP would need 300 MB, more than a small Pi can spare."""
MAX_DECODED_BYTES = 3 * MAX_PIXELS
"""Maximum pixels with 16 bits or transparency, which need more memory."""
SMALL_PIXELS = 5_000_000
MAX_BYTES = 256_000_000
MIN_SIDE = 32
"""Minimum side in pixels."""
MEASURING_SIDE = 960
"""Long side for measuring: 12 MP decodes at a quarter, in about a third of the time of the whole."""


class DecodedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded photo for the pipelines."""

    name: str
    width: int
    """Of the photograph, in pixels, after EXIF rotation."""
    height: int
    bgr: Image
    """height x width x 3, uint8, reduced by `scale`."""
    scale: float
    """Pixels of the photograph to one of `bgr`, along a side."""
    decode_ms: float = 0.0
    notes: tuple[Message, ...] = ()
    """Notes on the file for the owner, such as further pages."""

    @property
    def small(self) -> bool:
        """Whether it is small enough for two-scale segmentation."""
        return self.width * self.height <= SMALL_PIXELS


def read_photo(source: Path | bytes, name: str = "") -> DecodedPhoto:
    """Read and decode a photo at measuring size.

    Raises ImageError with a sentence for a file that is missing, empty, cut off, no picture, below 32 or over 100 MP.
    """
    started = perf_counter()
    name = name or (shown_name(source.name) if isinstance(source, Path) else "the picture")
    data = read_photo_file(source, name) if isinstance(source, Path) else source
    header = read_header(data, name)
    check_size(header, name)
    reduction = reduction_for(max(header.width, header.height))
    bgr, notes = decode(data, header, reduction, name)
    return DecodedPhoto(
        name=name,
        width=header.width,
        height=header.height,
        bgr=bgr,
        scale=header.width / bgr.shape[1],
        decode_ms=(perf_counter() - started) * 1e3,
        notes=(*header.notes, *notes),
    )


def photo_from_frame(bgr: Image, name: str = "frame", *, width: int = 0, height: int = 0) -> DecodedPhoto:
    """Wrap a frame in memory (height x width x 3, uint8, BGR), scaled to measuring size.

    `width` and `height` are those of the full frame when `bgr` is a camera's low-resolution stream of it.
    """
    rows, columns = bgr.shape[:2]
    reduction = reduction_for(max(rows, columns))
    small = bgr
    if reduction > 1:
        small = cv2.resize(bgr, (columns // reduction, rows // reduction), interpolation=cv2.INTER_AREA)
    return DecodedPhoto(
        name=name, width=width or columns, height=height or rows, bgr=small, scale=(width or columns) / small.shape[1]
    )


def reduction_for(long_side: int) -> int:
    """Reduction (1, 2, 4 or 8) at which the long side keeps `MEASURING_SIDE` pixels."""
    return max((r for r in REDUCED if long_side // r >= MEASURING_SIDE), default=1)


def check_size(header: ImageHeader, name: str) -> None:
    """Check a photo's size before decoding. Raises ImageError."""
    pixels = header.width * header.height
    if pixels > MAX_PIXELS:
        raise ImageError(photos.TOO_MANY_PIXELS(file=name, n=pixels / 1e6, limit=MAX_PIXELS // 1_000_000))
    decoded = pixels * (4 if header.alpha else 3) * (header.bits // 8)
    if decoded > MAX_DECODED_BYTES:
        raise ImageError(photos.TOO_MUCH_MEMORY(file=name, n=decoded / 1e6, limit=MAX_DECODED_BYTES // 1_000_000))
    if min(header.width, header.height) < MIN_SIDE:
        raise ImageError(photos.TOO_SMALL(file=name, width=header.width, height=header.height, side=MIN_SIDE))
    if header.complete and not header.plausible:
        raise ImageError(photos.TOO_FEW_BYTES(file=name, width=header.width, height=header.height))
    if not header.complete:
        raise ImageError(photos.CUT_OFF(file=name))


def read_photo_file(path: Path, name: str) -> bytes:
    """The bytes of a photograph's file. Raises ImageError when it is missing, no regular file, or too large."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            what = photos.FOLDER() if stat.S_ISDIR(facts.st_mode) else photos.DEVICE()
            raise ImageError(photos.NO_FILE(file=name, what=what))
        if facts.st_size > MAX_BYTES:
            raise ImageError(photos.TOO_LARGE(file=name, n=facts.st_size / 1e6))
        return path.read_bytes()
    except OSError as error:
        raise ImageError(files.UNREADABLE(file=name, reason=cause(error))) from error
    except ValueError as error:
        raise ImageError(files.UNREADABLE(file=name, reason=cause(error))) from error


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
    """Insert the marker comment of our outputs."""
    if data[:2] == b"\xff\xd8":
        # JFIF wants its own segment first.
        at = 4 + struct.unpack_from(">H", data, 4)[0] if data[2:4] == b"\xff\xe0" else 2
        return data[:at] + b"\xff\xfe" + struct.pack(">H", len(OUTPUT_MARK) + 2) + OUTPUT_MARK + data[at:]
    if data[:4] == b"\x89PNG":
        body = b"tEXtSoftware\0" + OUTPUT_MARK
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        return data[:_PNG_HEADER_END] + chunk + data[_PNG_HEADER_END:]
    return data
