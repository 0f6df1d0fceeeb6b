"""How many leaves: the tips of the outline.

Walking around the outline, the distance from the plant's middle rises to each tip and falls between leaves. A rise
and a fall of more than a twentieth of the largest distance is a leaf. Leaves that lie on each other are one, so where a
plant fills much of its hull (the outline a thread around it would have) too many do, and nothing is told. Lobed leaves
are several.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Image, Mask, Withheld

PROMINENCE = 0.05
MAX_SOLIDITY = 0.4
"""Share of its hull up to which leaves stand apart: on simulated plants every fourth leaf is missed there, beyond it
nearly half, and on rosettes more."""
_POINTS = 400
_SMOOTH = 5
_MIN_OUTLINE_POINTS = 12


def count_leaves(mask: Mask) -> int | Withheld:
    """Leaves of one plant's mask (uint8, not empty), at least 1, or why they can't be counted."""
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
    """Rises and falls by more than `reach` along a closed outline."""
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
