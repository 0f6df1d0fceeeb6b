"""How large a plant is: area, height and width of its outline (pipeline P3b).

Height and width span the 0.5th to the 99.5th percentile of the plant's pixels along each axis, so that one stray
pixel doesn't make a plant taller; they lie between pixels, so that a small plant doesn't jump by whole ones. Pixels are
those of the photograph; centimetres need a scale.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.vision.types import Mask

MIN_COLOUR_PIXELS = 1500
"""A plant of fewer pixels is mostly rim, a pixel of it changes shape and colour: only its size is told."""
_TAIL = 0.005


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """A plant's size in pixels of the photograph; each field is one of `PlantMeasurement`."""

    bbox: tuple[int, int, int, int]
    area_px: int
    height_px: int
    width_px: int


def measure_size(mask: Mask, offset: tuple[int, int], scale: float) -> Size:
    """Measure a non-empty `mask` cut out at `offset` (x, y); `scale` photograph pixels to one of its pixels."""
    rows = np.count_nonzero(mask, axis=1)
    columns = np.count_nonzero(mask, axis=0)
    top, bottom = _span(rows)
    left, right = _span(columns)
    return Size(
        bbox=(
            round((offset[0] + left) * scale),
            round((offset[1] + top) * scale),
            round((right - left) * scale),
            round((bottom - top) * scale),
        ),
        area_px=round(float(rows.sum()) * scale * scale),
        height_px=round(_length(rows) * scale),
        width_px=round(_length(columns) * scale),
    )


def _span(counts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[int, int]:
    """First and one past the last index that has pixels."""
    places = np.flatnonzero(counts)
    return int(places[0]), int(places[-1]) + 1


def _length(counts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
    """From where `_TAIL` of the pixels are passed to where as many are left."""
    passed = np.concatenate([[0.0], np.cumsum(counts)])
    first, last = np.interp([_TAIL * passed[-1], (1 - _TAIL) * passed[-1]], passed, np.arange(len(passed)))
    return float(last - first)
