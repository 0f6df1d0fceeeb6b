"""Agreement of a closer look: how sure the net is of a plant when it sees only the plant and what is around it.

At the whole picture's scale a yellow label or the teeth of a cardboard crown are as large as a seedling, and the
picture's own colours make a mere guess a certainty. Cut out and enlarged, a plant stays one and such things do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sproutcast_pi.vision.segmentation.net import PlantNet, shipped_net
from sproutcast_pi.vision.types import Image, Mask

ZOOMS = (3.0, 1.6)
"""Widths of the cuts, in widths of the plant; the wider first, for it mostly decides."""
CLEAR_ODDS = 2.5
"""Mean log odds from which the second cut is not looked at."""
MIN_CUT = 40
"""Least width of a cut, pixels of the measuring picture: smaller ones hold no more than one colour."""


def closer_look(bgr: Image, mask: Mask, net: PlantNet | None = None) -> float:
    """Return the mean log odds of plant over `mask` (uint8 or bool, not empty), in the cut that shows it best."""
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
    """Rows and columns around a box (x, y, width, height), four by three, as far as the picture reaches."""
    x, y, width, height = box
    wide = zoom * max(width, height * 4 / 3, MIN_CUT)
    tall = wide * 3 / 4
    across, down = x + width / 2, y + height / 2
    return (
        slice(int(max(0, down - tall / 2)), int(min(shape[0], down + tall / 2)) + 1),
        slice(int(max(0, across - wide / 2)), int(min(shape[1], across + wide / 2)) + 1),
    )
