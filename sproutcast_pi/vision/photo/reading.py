"""Read a photograph once, at the size measuring needs, from a file that may be hostile."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import msgspec
import numpy as np

from sproutcast_pi.errors import ImageError
from sproutcast_pi.vision.photo.header import ImageHeader, read_header
from sproutcast_pi.vision.types import Image

MAX_PIXELS = 100_000_000
"""More is refused before decoding: 100 MP would need 300 MB, more than a small Pi can spare."""
SMALL_PIXELS = 5_000_000
MAX_BYTES = 256_000_000
MIN_SIDE = 32
"""Below this no leaf has an outline."""
MEASURING_SIDE = 960
"""The long side wanted for measuring: 12 MP decodes at a quarter, in about a third of the time of the whole."""
_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


class DecodedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photograph as the pipelines see it."""

    name: str
    width: int
    """Of the photograph, in pixels, after EXIF rotation."""
    height: int
    bgr: Image
    """height x width x 3, uint8, reduced by `scale`."""
    scale: float
    """Pixels of the photograph to one of `bgr`, along a side."""
    decode_ms: float = 0.0

    @property
    def small(self) -> bool:
        """Whether it decodes so quickly that there is time to look twice."""
        return self.width * self.height <= SMALL_PIXELS


def read_photo(source: Path | bytes, name: str = "") -> DecodedPhoto:
    """The photograph, decoded once at measuring size.

    Raises ImageError with a sentence for a file that is missing, empty, cut off, no picture, below 32 or over 100 MP.
    """
    started = perf_counter()
    name = name or (source.name if isinstance(source, Path) else "the picture")
    data = _read_bytes(source, name) if isinstance(source, Path) else source
    header = read_header(data, name)
    check_size(header, name)
    reduction = reduction_for(max(header.width, header.height))
    bgr = _decode(data, header, reduction)
    if bgr is None:
        raise ImageError(f"{name} can't be decoded: the file is damaged, copy it again or take another.")
    return DecodedPhoto(
        name=name,
        width=header.width,
        height=header.height,
        bgr=bgr,
        scale=header.width / bgr.shape[1],
        decode_ms=(perf_counter() - started) * 1e3,
    )


def photo_from_frame(bgr: Image, name: str = "frame", *, width: int = 0, height: int = 0) -> DecodedPhoto:
    """A frame that is already in memory (height x width x 3, uint8, BGR), brought to measuring size.

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
    """By how much a picture may shrink while its long side keeps `MEASURING_SIDE` pixels: 1, 2, 4 or 8."""
    return max((r for r in _REDUCED if long_side // r >= MEASURING_SIDE), default=1)


def check_size(header: ImageHeader, name: str) -> None:
    """Refuse what must not or need not be decoded. Raises ImageError."""
    pixels = header.width * header.height
    if pixels > MAX_PIXELS:
        raise ImageError(
            f"{name} has {pixels / 1e6:.0f} million pixels, more than the {MAX_PIXELS // 1_000_000} million we decode: "
            "set the camera to a smaller size."
        )
    if min(header.width, header.height) < MIN_SIDE:
        raise ImageError(
            f"{name} is {header.width} x {header.height} pixels: too small to measure, at least "
            f"{MIN_SIDE} x {MIN_SIDE} are needed."
        )
    if not header.complete:
        raise ImageError(f"{name} is cut off: its end is missing. Copy it again or take another.")


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImageError(f"{name} is a file of {size / 1e6:.0f} MB: too large for a photograph.")
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"{name} can't be read: {error.strerror or error}.") from error


def _decode(data: bytes, header: ImageHeader, reduction: int) -> Image | None:
    buffer = np.frombuffer(data, np.uint8)
    try:
        if header.alpha:
            return _flatten_alpha(cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED), reduction)
        return cv2.imdecode(buffer, _REDUCED[reduction])
    except cv2.error:
        return None


def _flatten_alpha(image: Any, reduction: int) -> Image | None:
    """What is transparent shows the paper behind it; its hidden colour is not part of the picture."""
    if image is None or image.ndim < 3:  # noqa: PLR2004 (grey: no alpha after all)
        return None if image is None else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if reduction > 1:
        size = (image.shape[1] // reduction, image.shape[0] // reduction)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    if image.dtype == np.uint16:
        image = cv2.convertScaleAbs(image, alpha=1 / 257)
    paper: Image = image
    if image.shape[2] == 4:  # noqa: PLR2004 (a palette may lack the alpha its header promised)
        alpha = cv2.merge([image[..., 3]] * 3)
        paper = cv2.add(cv2.multiply(image[..., :3], alpha, scale=1 / 255), cv2.bitwise_not(alpha))
    return paper
