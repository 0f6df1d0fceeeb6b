"""What of a plant's mask is coloured as the ground around it: soil and grains seen between leaves.

Lab is cut into cells of 16 steps a side. A cell is ground when it is common around the plant and not far commoner
within. A spot of which most is ground may be soil as well, and isn't told.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, Mask

MIN_SOIL_SHARE = 0.002
"""Share of what is around a plant from which a colour is common there."""
_MIN_SURROUNDINGS = 0.05
"""Share of a plant's box that must lie around it to say so."""
_PLANT_RATIO = 3
"""A colour that is so many times as common within as around is the plant's own."""
_CELLS = 16**3
_MIN_BRIGHT_STEP = 11
"""Step of lightness from which nothing is soil: a white wall isn't to hide a white petal of another white."""


def soil_mask(lab: Image, mask: Mask) -> Mask:
    """Where the masked part of a box (Lab, uint8) is coloured as the rest of the box; bool."""
    steps = lab >> 4
    cells = steps[..., 0].astype(np.int32) << 8 | steps[..., 1].astype(np.int32) << 4 | steps[..., 2]
    inside = mask > 0
    outside = cells[cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0]
    if len(outside) < _MIN_SURROUNDINGS * mask.size:
        return np.zeros_like(inside)
    around = _with_neighbours(np.bincount(outside, minlength=_CELLS)) / len(outside)
    within = _with_neighbours(np.bincount(cells[inside], minlength=_CELLS)) / np.count_nonzero(inside)
    ground: Mask = ((around >= MIN_SOIL_SHARE) & (around * _PLANT_RATIO > within))[cells] & inside
    return ground


def _with_neighbours(counts: Image) -> Image:
    """Each cell's count and half of its dull neighbours': grainy soil has many colours, each of them rare."""
    cube = counts.reshape(16, 16, 16).astype(np.float64)
    dull = np.pad(cube, 1)
    dull[1 + _MIN_BRIGHT_STEP :] = 0
    inner = slice(1, -1)
    for axis in range(3):
        before, after = [inner] * 3, [inner] * 3
        before[axis], after[axis] = slice(0, -2), slice(2, None)
        cube += (dull[tuple(before)] + dull[tuple(after)]) / 2
    spread: Image = cube.ravel()
    return spread


def components_not_soil(found: Mask, ground: Mask, smallest: float, grain: float = np.inf) -> Mask:
    """The pieces of `found` (bool) of `smallest` pixels or more, without those of up to `grain` that are ground."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    as_ground = np.bincount(pieces[ground & found].astype(np.intp), minlength=count)
    keep = (areas >= smallest) & ((2 * as_ground < areas) | (areas > grain))
    keep[0] = False
    kept: Mask = np.where(keep, 255, 0).astype(np.uint8)[pieces]
    return kept
