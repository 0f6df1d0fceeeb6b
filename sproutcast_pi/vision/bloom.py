"""Petals: parts of a plant that are brighter than its foliage and of another colour (pipeline P5).

In Lab, whose a axis goes from green to red and b from blue to yellow, foliage lies close together. A petal lies far
from the foliage's median in (a, b), or, when white, far above it in lightness with hardly any colour. So yellow,
red, purple and white are found alike, without a list of hues. Yellow leaves are yellow too, but no brighter than
leaves are: brightness tells them apart, most of the time.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.ground import pieces_not_ground
from sproutcast_pi.vision.lab import PlantColours
from sproutcast_pi.vision.types import Mask

FAR = 27.0
"""Distance from the foliage in (a, b), OpenCV's Lab: measured on rape flowers, Dice 0.90."""
BRIGHTER = 1.1
WHITE_LIGHT, WHITE_COLOUR, WHITE_RISE = 165.0, 16.0, 1.5
VIVID, VIVID_RED = 42.0, 22.0
"""Red and purple this strong are petals even when dark: brown spots are duller."""
GREENER = 6.0
"""A petal isn't greener than the leaves; what is, is a young leaf in the light."""
MIN_SHARE = 0.0004
"""Of the plant: smaller spots are glints."""
MIN_WHITE_SHARE = 0.005
"""White ones must be larger: glints on leaves and grains of perlite are white too."""
GRAIN_SHARE = 0.01
"""Spots up to this share of the plant, coloured as what lies around it, are grains of soil seen between leaves."""
LEAST_SHARE = 0.01
"""Of the plant: less bloom than this in all is taken for glints and grains."""
_NEUTRAL = 128.0


class Bloom(msgspec.Struct, frozen=True, kw_only=True):
    """The petals of a plant."""

    bloom_percent: float
    bloom_count: int
    """Separate groups of petals; flowers that touch count once."""
    mask: Mask


def bloom_of(colours: PlantColours) -> Bloom:
    """Petals within a plant's box."""
    light = colours.lab[..., 0]
    red_green = colours.lab[..., 1].astype(np.float32)
    blue_yellow = colours.lab[..., 2].astype(np.float32)
    far = np.hypot(red_green - colours.red_green, blue_yellow - colours.blue_yellow)
    colour = np.hypot(red_green - _NEUTRAL, blue_yellow - _NEUTRAL)
    vivid = (colour > VIVID) & (red_green > _NEUTRAL + VIVID_RED)
    coloured = (far > FAR) & ((light > colours.light * BRIGHTER) | vivid) & (red_green > colours.red_green - GREENER)
    pale = colour < WHITE_COLOUR
    white = pale & (light > max(WHITE_LIGHT, min(colours.light * WHITE_RISE, 235.0)))
    area = int(np.count_nonzero(colours.inside))
    grain, ground = area * GRAIN_SHARE, colours.ground
    petals = pieces_not_ground(coloured & colours.inside, ground, max(4.0, area * MIN_SHARE), grain)
    petals |= pieces_not_ground(white & colours.inside, ground, max(30.0, area * MIN_WHITE_SHARE), grain)
    if np.count_nonzero(petals) < area * LEAST_SHARE:
        petals[:] = 0
    groups = _groups(petals, area) if petals.any() else 0
    return Bloom(bloom_percent=float(100.0 * np.count_nonzero(petals) / area), bloom_count=groups, mask=petals)


def _groups(petals: Mask, area: int) -> int:
    """Petals nearer than a fortieth of the plant's size belong to one flower."""
    reach = max(3, round(area**0.5 / 40)) | 1
    joined = cv2.morphologyEx(petals, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return int(cv2.connectedComponents(joined, connectivity=8)[0]) - 1
