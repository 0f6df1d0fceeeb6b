"""Closer look: the net's log odds of a plant in a crop around it.

At the whole picture's scale a yellow label or the teeth of a cardboard crown are as large as a seedling, and the
picture's own colours turn a guess into a certainty. In an enlarged crop plants are confirmed, such objects are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sproutcast_pi.vision.segmentation.net import PlantNet, shipped_net
from sproutcast_pi.vision.types import Image, Mask

ZOOMS = (3.0, 1.6)
"""Widths of the crops, in widths of the plant; the wider first, as it mostly decides."""
CLEAR_ODDS = 2.5
"""Mean log odds from which the second crop is skipped."""
MIN_CUT = 40
"""Minimum width of a crop in pixels of the measuring picture: smaller ones contain a single colour."""


def closer_look(bgr: Image, mask: Mask, net: PlantNet | None = None) -> float:
    """Return the mean log odds of plant over `mask` (uint8 or bool, not empty), in the best crop."""
    box = cv2.boundingRect(mask.astype(np.uint8))
    best = -np.inf
    for zoom in ZOOMS:
        cut = _cut(box, zoom, bgr.shape)
        shown = np.ascontiguousarray(bgr[cut])
        odds = cv2.resize((net or shipped_net()).logits(shown), shown.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        best = max(best, float(odds[mask[cut] > 0].mean()))
        if best >= CLEAR_ODDS:
            break
    return best


def _cut(box: Sequence[int], zoom: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Crop around a box (x, y, width, height), four by three, clipped to the picture."""
    x, y, width, height = box
    wide = zoom * max(width, height * 4 / 3, MIN_CUT)
    tall = wide * 3 / 4
    across, down = x + width / 2, y + height / 2
    return (
        slice(int(max(0, down - tall / 2)), int(min(shape[0], down + tall / 2)) + 1),
        slice(int(max(0, across - wide / 2)), int(min(shape[1], across + wide / 2)) + 1),
    )
