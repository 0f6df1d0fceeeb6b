"""Decoder of photos into 8-bit BGR: upright, transparency on white, scaled from the real bit depth.

libjpeg, libpng and libtiff continue after most faults and fill in what is missing, and OpenCV returns that as a
picture. What they print on the process's error output meanwhile is the only report of damage, so it is collected.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np

from sproutcast_pi.errors import ImageError
from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.messages.message import Message
from sproutcast_pi.vision.photo.parsed_header import ImageHeader
from sproutcast_pi.vision.photo.tiff_header import only_page
from sproutcast_pi.vision.types import Image

_FROM_DECODER = re.compile(r"JPEG|libpng|libtiff|TIFF|grfmt_|Invalid SOS|Adobe colou?r")
_DAMAGE = re.compile(
    r"Corrupt JPEG data|Premature end|libpng error|[Nn]ot enough (image )?data|incomplete|"
    r"bad adaptive filter|truncated|Read error|decoding error|invalid (strip|code|distance|block)|Invalid code"
)
_STRAY_BYTES = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker")
MAX_STRAY_BYTES = 64
"""Stray bytes before a marker that some cameras write; more means lost data."""
_MAX_READ = 100_000


class DecoderMessages:
    """Decoder messages of one photo."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()

    @property
    def damage(self) -> str | None:
        """The first message that reports damage."""
        return next((line for line in self.lines if _is_damage(line)), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The other messages, deduplicated."""
        return tuple(dict.fromkeys(line for line in self.lines if not _is_damage(line) and not _is_stray(line)))


@contextmanager
def decoder_messages() -> Iterator[DecoderMessages]:
    """Capture the decoders' messages within the block; other output is passed to stderr."""
    printed_messages = DecoderMessages()
    try:
        before = os.dup(2)
    except OSError:  # without an error output nothing is printed
        yield printed_messages
        return
    with tempfile.TemporaryFile() as printed:
        sys.stderr.flush()
        os.dup2(printed.fileno(), 2)
        try:
            yield printed_messages
        finally:
            os.dup2(before, 2)
            os.close(before)
            printed.seek(0)
            text = printed.read(_MAX_READ).decode("utf-8", "replace")
            lines = text.splitlines(keepends=True)
            printed_messages.lines = tuple(line.strip() for line in lines if _FROM_DECODER.search(line))
            for line in lines:
                if not _FROM_DECODER.search(line):
                    os.write(2, line.encode())


def _is_stray(line: str) -> bool:
    found = _STRAY_BYTES.search(line)
    return found is not None and int(found[1]) <= MAX_STRAY_BYTES


def _is_damage(line: str) -> bool:
    return _DAMAGE.search(line) is not None and not _is_stray(line)


REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""Reductions supported by OpenCV, with their flags."""
_SENSOR_BITS = (8, 10, 12, 14)
"""Bit depths found unscaled in 16-bit files."""
_GREY, _BGRA = 2, 4
"""Dimensions of a grey array; channels of one with transparency."""


def decode(data: bytes, header: ImageHeader, reduction: int, name: str) -> tuple[Image, tuple[Message, ...]]:
    """Decode a picture (height x width x 3, uint8, BGR) reduced by 1, 2, 4 or 8; also returns notes.

    Raises ImageError when the decoder fails or reports damage, MemoryError when there is not enough memory.
    """
    source = data if header.page_at is None else only_page(data, header.page_at)
    deep = header.bits > 8  # noqa: PLR2004 - bits a byte has
    flag = REDUCED[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
    if header.alpha:
        flag = cv2.IMREAD_UNCHANGED
    elif deep:
        flag = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    picture: Any = None
    with decoder_messages() as printed_messages:
        try:
            picture = cv2.imdecode(np.frombuffer(source, np.uint8), flag)
        except cv2.error as fault:
            if fault.code == cv2.Error.StsNoMem:
                raise MemoryError from fault
    if picture is None or printed_messages.damage is not None:
        damage = printed_messages.damage
        how = photos.DAMAGED_INSIDE_HOW(file=name, fault=damage) if damage else photos.DAMAGED_INSIDE(file=name)
        raise ImageError(how)
    notes = [photo_notes.DECODER_REMARK(remark=remark) for remark in printed_messages.remarks]
    if picture.dtype == np.uint16:
        used = header.used_bits or used_bits(picture)
        if used < 16 and header.used_bits is None:  # noqa: PLR2004 - all bits of the file
            notes.append(photo_notes.USED_BITS(used=used))
        picture = cv2.convertScaleAbs(picture, alpha=255 / (2**used - 1))
    if header.alpha or deep:
        picture = _reduce(picture, reduction)
    if header.alpha:
        picture = _on_white(picture)
    return turn_upright(picture, header.orientation), tuple(notes)


def used_bits(picture: Image) -> int:
    """Significant bits of a 16-bit picture's values: 8, 10, 12 or 14 where a sensor's values were stored unscaled."""
    colour = picture[..., :3] if picture.ndim > _GREY else picture
    needed = int(colour.max()).bit_length()
    return next((bits for bits in _SENSOR_BITS if bits - 2 < needed <= bits), 16)


def turn_upright(picture: Image, orientation: int) -> Image:
    """Rotate a picture upright by its EXIF orientation (1 to 8)."""
    if orientation in {5, 6, 7, 8}:
        picture = cv2.transpose(picture)
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    return cv2.flip(picture, flips[orientation]) if orientation in flips else picture


def _reduce(picture: Image, reduction: int) -> Image:
    if reduction == 1:
        return picture
    size = (picture.shape[1] // reduction, picture.shape[0] // reduction)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _on_white(picture: Image) -> Image:
    """Blend transparency onto white."""
    if picture.ndim == _GREY:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.shape[2] == _BGRA:
        alpha = cv2.merge([picture[..., 3]] * 3)
        paper: Image = cv2.add(cv2.multiply(picture[..., :3], alpha, scale=1 / 255), cv2.bitwise_not(alpha))
        return paper
    return picture
