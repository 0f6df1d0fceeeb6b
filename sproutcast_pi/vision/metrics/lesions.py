"""Lesions: spots and yellowing of a plant's leaves.

Spots are found against the leaf's own colour: along Lab's a axis (green to red), whatever lies nearly half-way from
the plant's median to its reddest hundredth is a spot, if that hundredth is far enough away to be brown at all. On
photographs with expert masks (soy rust) this gives a Dice of 0.90. Yellow leaf is as bright as green leaf but has
lost the green: a well above the median, b as strong.

Limits: a spot of the colour of the surrounding soil is omitted; a plant's own red stems count as
spots; leaves that are red or
variegated by nature too, always to the same amount. Whole-plant yellowing shows in the hue and the chlorophyll index.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.colour.plant_colours import PlantColours, components_not_soil
from sproutcast_pi.vision.types import Mask

SPOT_THRESHOLD = 0.45
"""Threshold of spots between the median and the reddest value."""
MIN_REDNESS_RANGE = 15.0
"""Minimum difference in a (OpenCV's Lab) of the reddest value; below it there are no spots."""
MIN_BROWN_A = 121.0
"""Below this a is still green."""
YELLOW_HUE = (38.0, 66.0)
"""Degrees in the (a, b) plane turned to hue: measured on yellowing leaves."""
YELLOW_CHROMA = 26.0
_NEUTRAL = 128.0


class Lesions(msgspec.Struct, frozen=True, kw_only=True):
    """Spotted and yellow shares of a plant's area, in percent."""

    lesion_percent: float
    yellow_percent: float
    lesions: Mask
    yellow: Mask


def lesions_of(colours: PlantColours, petals: Mask | None = None) -> Lesions:
    """Measure spots and yellow leaf within a plant's box, `petals` excluded."""
    inside = colours.inside if petals is None else colours.inside & (petals == 0)
    leaf = inside.astype(np.uint8) * 255
    area = max(int(np.count_nonzero(colours.inside)), 1)
    soft = cv2.GaussianBlur(colours.lab[..., 1], (0, 0), max(0.8, area**0.5 / 250))
    # A leaf's rim mixes with the background and resembles a spot.
    core = cv2.erode(leaf, np.ones((3, 3), np.uint8), iterations=2)
    spots = np.zeros_like(leaf)
    if core.any():
        values = soft[core > 0]
        reddest = float(np.percentile(values, 99.7))
        rise = reddest - colours.red_green
        if rise >= MIN_REDNESS_RANGE:
            cut = max(colours.red_green + SPOT_THRESHOLD * rise, MIN_BROWN_A)
            spots = ((soft > cut) & (core > 0)).astype(np.uint8) * 255
            spots = cv2.morphologyEx(spots, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
            spots = components_not_soil(spots > 0, colours.soil, 1)
    yellow = _yellow_mask(colours, core)
    spots[yellow > 0] = 0
    return Lesions(
        lesion_percent=float(100.0 * np.count_nonzero(spots) / area),
        yellow_percent=float(100.0 * np.count_nonzero(yellow) / area),
        lesions=spots,
        yellow=yellow,
    )


def _yellow_mask(colours: PlantColours, core: Mask) -> Mask:
    red_green = colours.lab[..., 1].astype(np.float32) - _NEUTRAL
    blue_yellow = colours.lab[..., 2].astype(np.float32) - _NEUTRAL
    # In this plane pure yellow lies at a = -10 for b = 60: tan 10 deg; leaf green at a = -b.
    less_green = red_green > -0.22 * blue_yellow
    strong = blue_yellow > YELLOW_CHROMA
    lost = colours.lab[..., 1] > colours.red_green + 4
    bright = colours.lab[..., 0] > 0.8 * colours.lightness
    whole = colours.red_green - _NEUTRAL > -0.22 * (colours.blue_yellow - _NEUTRAL)
    yellow: Mask = ((less_green & strong & bright & (lost | whole)) & (core > 0)).astype(np.uint8) * 255
    return yellow
