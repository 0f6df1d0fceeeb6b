"""Shape of a plant's outline: area, height, width, compactness and number of leaves.

Height and width span the 0.5th to the 99.5th percentile of the plant's pixels along each axis, so that one stray pixel
doesn't make a plant taller; they are interpolated between pixels. Pixels are those
of the photograph; centimetres need a scale.

Compactness is the plant's area over the area of its convex hull, "compactness or solidity" in plant phenotyping
(Minervini et al. 2017, Phenotiki, The Plant Journal 90, 204-216; "solidity" in PlantCV, Gehan et al. 2017, PeerJ 5,
e4088). It falls when leaves part, hang or are lost, and rises as a canopy closes.

Leaves are the tips of the outline. Walking around the outline, the distance from the plant's middle rises to each tip
and falls between leaves. A rise and a fall of more than a twentieth of the largest distance is a leaf. Leaves that lie
on each other are one, so where a plant fills much of its hull (the outline a thread around it would have) too many do,
and the count is withheld. Lobed leaves count as several.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Image, Mask, Withheld

_TAIL = 0.005
_SPECK = 0.01
"""Pieces below this share of the plant are excluded from its hull."""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """A plant's size in pixels of the photograph; each field is one of `PlantMeasurement`."""

    bbox: tuple[int, int, int, int]
    area_px: int
    height_px: int
    width_px: int
    compactness: float
    """0 to 1, without a unit."""


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
        compactness=round(_compactness(mask), 4),
    )


def _compactness(mask: Mask) -> float:
    """Share of the convex hull of its pieces that a non-empty mask fills; specks are ignored."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    pieces = [label for label in range(1, count) if areas[label] >= _SPECK * areas[1:].sum()]
    filled = np.isin(labels, pieces).astype(np.uint8)
    _, _, width, height = cv2.boundingRect(filled)
    hull = cv2.contourArea(cv2.convexHull(cv2.findNonZero(filled)))
    # The hull joins pixel centres; that of the pixels themselves is half a pixel wider all around.
    return float(np.count_nonzero(filled) / (hull + (width - 1) + (height - 1) + 1))


def _span(counts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[int, int]:
    """First and one past the last index with pixels."""
    places = np.flatnonzero(counts)
    return int(places[0]), int(places[-1]) + 1


def _length(counts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
    """Length between the `_TAIL` quantiles at both ends."""
    passed = np.concatenate([[0.0], np.cumsum(counts)])
    first, last = np.interp([_TAIL * passed[-1], (1 - _TAIL) * passed[-1]], passed, np.arange(len(passed)))
    return float(last - first)


PROMINENCE = 0.05
MAX_SOLIDITY = 0.4
"""Solidity up to which leaves are separate: on simulated plants every fourth leaf is missed there, beyond it
nearly half, and on rosettes more."""
_POINTS = 400
_SMOOTH = 5
_MIN_OUTLINE_POINTS = 12


def count_leaves(mask: Mask) -> int | Withheld:
    """Count the leaves of a plant's mask (uint8, not empty), at least 1, or withhold the count."""
    edged = cv2.copyMakeBorder(mask, 3, 3, 3, 3, cv2.BORDER_CONSTANT)
    moments = cv2.moments(edged, binaryImage=True)
    middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    outlines, _ = cv2.findContours(edged, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    if moments["m00"] > MAX_SOLIDITY * max(hull, 1.0):
        return Withheld(withheld_reasons.COVERED)
    distances = [
        np.hypot(*(outline[:, 0, :] - middle).T) for outline in outlines if len(outline) >= _MIN_OUTLINE_POINTS
    ]
    if not distances:
        return 1
    reach = max(float(distance.max()) for distance in distances) * PROMINENCE
    return max(sum(_count_tips(distance, reach) for distance in distances), 1)


def _count_tips(distance: Image, reach: float) -> int:
    """Count peaks of prominence above `reach` along a closed outline."""
    even = np.linspace(0, len(distance), min(_POINTS, len(distance)), endpoint=False)
    walk = np.interp(even, np.arange(len(distance)), distance)
    padded = np.concatenate([walk[-_SMOOTH:], walk, walk[:_SMOOTH]])
    walk = np.convolve(padded, np.ones(_SMOOTH) / _SMOOTH, "same")[_SMOOTH:-_SMOOTH]
    walk = np.roll(walk, -int(np.argmin(walk)))
    tips, low, high, rising = 0, walk[0], walk[0], False
    for value in [*walk, walk[0]]:
        if rising:
            high = max(high, value)
            if value < high - reach:
                tips, rising, low = tips + 1, False, value
        else:
            low = min(low, value)
            if value > low + reach:
                rising, high = True, value
    return tips
