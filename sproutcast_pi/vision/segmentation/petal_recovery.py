"""Petals beside what a site profile takes for plant: the flowers of a plant that did not bloom when it was confirmed.

A profile knows the colours of its confirmed frame. What has a petal's colour, lies beside the plant and isn't a colour
that the place's background showed, belongs to the plant, unless the net rules it out. Where the foliage isn't green
(infrared, coloured lamps) nothing can be told by colour. White petals aren't looked for: labels are white.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.colour.leaf_lab import foliage_of, is_green_foliage
from sproutcast_pi.vision.colour.petal_colours import MIN_DISTANCE, petal_coloured
from sproutcast_pi.vision.types import Image, Mask

MAX_GAP_SHARE = 0.02
"""Of the frame's short side: petals lie no farther from the plant, or from one another."""
MAX_FOLIAGE_SAMPLES = 20_000
"""Pixels of the plant that tell its foliage's colour."""
MIN_NET_ODDS = -2.0
"""The net's log odds below which nothing is a petal."""


def recover_petals(bgr: Image, plant: Mask, net: Image, elsewhere: Mask) -> Mask:
    """Where petals lie beside `plant` (bool), a rim of one pixel included; bool.

    `net` are the net's log odds, `elsewhere` tells (bool) which pixels have colours of the place's background.
    """
    reach = max(3, round(MAX_GAP_SHARE * min(plant.shape)))
    beside = np.zeros_like(plant)
    x, y, width, height = cv2.boundingRect(plant.astype(np.uint8))
    if width == 0:
        return beside
    far = max(width, height) // 2
    box = (slice(max(y - far, 0), y + height + far), slice(max(x - far, 0), x + width + far))
    some = bgr[plant]
    foliage = foliage_of(_lab_of(some[:: 1 + len(some) // MAX_FOLIAGE_SAMPLES]))
    if not is_green_foliage(*foliage):
        return beside
    petals = (net[box] > MIN_NET_ODDS) & ~elsewhere[box]
    if not petals.any():
        return beside
    petals[petals] = petal_coloured(_lab_of(bgr[box][petals]), *foliage, limit=MIN_DISTANCE)[0][0]
    found = _connected_to_plant(petals, plant[box], reach)
    beside[box] = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return beside


def _lab_of(pixels: Image) -> Image:
    """The Lab of single pixels (n x 3, uint8 BGR), as a picture of one row."""
    return cv2.cvtColor(pixels[None], cv2.COLOR_BGR2LAB)


def _connected_to_plant(petals: Mask, plant: Mask, reach: int) -> Mask:
    """The petals that are linked to the plant by gaps of no more than `reach`."""
    joined = cv2.dilate(
        (petals | plant).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach | 1,) * 2)
    )
    count, groups = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_16U)
    held = np.zeros(count, bool)
    held[groups[plant]] = True
    linked: Mask = petals & held[groups]
    return linked
