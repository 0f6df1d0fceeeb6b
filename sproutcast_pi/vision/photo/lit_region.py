"""Lit region of a photo with a black background.

A seedling before a black cloth is a few lit pixels among many black ones: the whole frame shown to the net makes it a
speck, and its mean makes it a dark picture. A small copy is used to suppress noise and hot pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, max_channel

MAX_BLACK_LEVEL = 16
"""Of 255: maximum of black cloth or noise."""
MIN_LIT_LEVEL = 40
"""Of 255: a spot this bright is lit; light that leaks past a lens cap, and noise, are darker."""
_SIDE = 160
"""Long side of the small copy, in which noise and hot pixels average out but leaves remain."""
_MARGIN = 0.35
"""Margin as a share of the lit region's longer side: the net needs context."""
_MIN_CROP_SIDE = 150
"""Minimum long side of a crop in pixels."""
_MAX_CROP_SHARE = 0.9
"""Share of the frame's sides from which a crop is not worthwhile."""

Box = tuple[slice, slice]


def has_black_background(bgr: Image) -> bool:
    """Whether half of a frame (uint8 BGR) or more is black."""
    green = bgr[::8, ::8, 1]
    return bool(2 * np.count_nonzero(green <= MAX_BLACK_LEVEL) >= green.size)


def lit_view(bgr: Image) -> Image:
    """Maximum channel of a frame, reduced and without specks."""
    scale = _SIDE / max(bgr.shape[:2])
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else bgr
    return cv2.medianBlur(max_channel(small), 3)


def find_lit_region(bgr: Image) -> Box | None:
    """Rows and columns of the lit region with a margin; None if a crop would not enlarge it."""
    if not has_black_background(bgr):
        return None
    view = lit_view(bgr)
    x, y, wide, tall = cv2.boundingRect(cv2.compare(view, MAX_BLACK_LEVEL, cv2.CMP_GT))  # type: ignore[call-overload]  # a plain number is compared with each pixel
    if wide == 0:
        return None
    height, width = bgr.shape[:2]
    scale = width / view.shape[1]
    longer = max(max(wide, tall) * scale * (1 + 2 * _MARGIN), _MIN_CROP_SIDE)
    rows = _centred_slice((y + tall / 2) * scale, max(tall * scale * (1 + 2 * _MARGIN), 0.75 * longer), height)
    columns = _centred_slice((x + wide / 2) * scale, max(wide * scale * (1 + 2 * _MARGIN), 0.75 * longer), width)
    if min((rows.stop - rows.start) / height, (columns.stop - columns.start) / width) > _MAX_CROP_SHARE:
        return None
    return rows, columns


def _centred_slice(centre: float, length: float, limit: int) -> slice:
    """Slice of a length around a centre, shifted into the frame."""
    first = max(round(min(centre - length / 2, limit - length)), 0)
    return slice(first, min(first + round(length), limit))
