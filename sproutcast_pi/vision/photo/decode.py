"""Decoding of a photograph into 8-bit BGR as it is seen: turned upright, on white paper, scaled from its real depth."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from sproutcast_pi.errors import ImageError
from sproutcast_pi.vision.photo.decoder_messages import decoder_messages
from sproutcast_pi.vision.photo.parsed_header import ImageHeader
from sproutcast_pi.vision.photo.tiff_header import only_page
from sproutcast_pi.vision.types import Image

REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""How much smaller a picture can be decoded, with OpenCV's flag."""
_SENSOR_BITS = (8, 10, 12, 14)
"""Depths whose values are found unscaled in 16-bit files."""
_GREY, _BGRA = 2, 4
"""Dimensions of a grey array; channels of one with transparency."""


def decode(data: bytes, header: ImageHeader, reduction: int, name: str) -> tuple[Image, tuple[str, ...]]:
    """The picture (height x width x 3, uint8, BGR) reduced by 1, 2, 4 or 8, and notes on how it was read.

    Raises ImageError when the decoder fails or reports damage, MemoryError when there is not enough memory.
    """
    source = data if header.page_at is None else only_page(data, header.page_at)
    deep = header.bits > 8  # noqa: PLR2004 (bits a byte has)
    flag = REDUCED[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
    if header.alpha:
        flag = cv2.IMREAD_UNCHANGED
    elif deep:
        flag = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    picture: Any = None
    with decoder_messages() as heard:
        try:
            picture = cv2.imdecode(np.frombuffer(source, np.uint8), flag)
        except cv2.error as fault:
            if fault.code == cv2.Error.StsNoMem:
                raise MemoryError from fault
    if picture is None or heard.damage is not None:
        why = "" if heard.damage is None else f" ({heard.damage})"
        raise ImageError(f"{name} is damaged inside{why}: copy it again or take another.")
    notes = [f"the file's decoder reports: {remark}" for remark in heard.remarks]
    if picture.dtype == np.uint16:
        used = header.used_bits or used_bits(picture)
        if used < 16 and header.used_bits is None:  # noqa: PLR2004 (all bits of the file)
            notes.append(f"the file has 16 bits a channel but its values use {used}: read as {used} bits")
        picture = cv2.convertScaleAbs(picture, alpha=255 / (2**used - 1))
    if header.alpha or deep:
        picture = _reduce(picture, reduction)
    if header.alpha:
        picture = _on_white(picture)
    return turn_upright(picture, header.orientation), tuple(notes)


def used_bits(picture: Image) -> int:
    """Bits the values of a 16-bit picture really use: 8, 10, 12 or 14 where a sensor's values were stored unscaled."""
    colour = picture[..., :3] if picture.ndim > _GREY else picture
    needed = int(colour.max()).bit_length()
    return next((bits for bits in _SENSOR_BITS if bits - 2 < needed <= bits), 16)


def turn_upright(picture: Image, orientation: int) -> Image:
    """The picture as it is to be seen, from one stored with an EXIF orientation (1 to 8)."""
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
    """What is transparent shows the paper behind it; its hidden colour is not part of the picture."""
    if picture.ndim == _GREY:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.shape[2] == _BGRA:
        alpha = cv2.merge([picture[..., 3]] * 3)
        paper: Image = cv2.add(cv2.multiply(picture[..., :3], alpha, scale=1 / 255), cv2.bitwise_not(alpha))
        return paper
    return picture
