"""Refinement of plant masks by colour: petals recovered, small non-green false positives rejected.

Petals are those of a plant that did not bloom when its site profile was confirmed. A profile knows the colours of its
confirmed frame. What has a petal's colour, lies beside the plant and isn't a colour that the place's background showed,
belongs to the plant, unless the net rules it out. Where the foliage isn't green (infrared, coloured lamps) colour is
no criterion. White petals aren't looked for: labels are white.

Non-green false positives are lamps with rays, stars on a flag, white labels. From above a seedling is a small star, so
stars look like seedlings to the net. In light that has all colours a seedling is green, so what is small, not green and
not certain is none of them. Large plants may be of any colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.colour.colour_correction import PixelCorrection
from sproutcast_pi.vision.colour.indices import chlorophyll_of
from sproutcast_pi.vision.colour.plant_colours import MIN_DISTANCE, foliage_of, is_green_foliage, petal_coloured
from sproutcast_pi.vision.types import MIN_COLOUR_PIXELS, Image, Labels, Mask

MAX_GAP_SHARE = 0.02
"""Of the frame's short side: petals lie no farther from the plant, or from one another."""
MAX_FOLIAGE_SAMPLES = 20_000
"""Sampled plant pixels for the foliage colour."""
MIN_NET_ODDS = -2.0
"""The net's log odds below which nothing is a petal."""


def recover_petals(bgr: Image, plant: Mask, net: Image, elsewhere: Mask) -> Mask:
    """Find petals beside `plant` (bool), a rim of one pixel included; bool.

    `net` are the net's log odds, `elsewhere` (bool) marks pixels of background colours of the site.
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
    """Convert pixels (n x 3, uint8 BGR) to Lab, as a picture of one row."""
    return cv2.cvtColor(pixels[None], cv2.COLOR_BGR2LAB)


def _connected_to_plant(petals: Mask, plant: Mask, reach: int) -> Mask:
    """Petals connected to the plant across gaps of at most `reach`."""
    joined = cv2.dilate(
        (petals | plant).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach | 1,) * 2)
    )
    count, groups = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_16U)
    held = np.zeros(count, bool)
    held[groups[plant]] = True
    linked: Mask = petals & held[groups]
    return linked


MIN_EXCESS_GREEN = 0.1
"""Excess green of the palest seedlings here; stars and lamps have half of it."""
CERTAIN_ODDS = 5.0
"""Log odds of the net from which a small object is a plant of any colour."""


def reject_non_green(labels: Labels, context: Image, bgr: Image, light: PixelCorrection) -> Labels:
    """Remove small non-green false positives and renumber; `context`: the net's log odds of every second pixel."""
    sizes = np.bincount(labels[labels > 0], minlength=256)
    numbers = np.arange(256, dtype=np.uint8)
    for number in 1 + np.flatnonzero((sizes[1:] > 0) & (sizes[1:] < MIN_COLOUR_PIXELS)):
        x, y, width, height = cv2.boundingRect(cv2.compare(labels, int(number), cv2.CMP_EQ))  # type: ignore[call-overload]  # a plain number is compared with each pixel
        half = (slice((y + 1) // 2, (y + height + 1) // 2), slice((x + 1) // 2, (x + width + 1) // 2))
        seen = context[half][labels[::2, ::2][half] == number]
        if seen.max(initial=-np.inf) < CERTAIN_ODDS:
            box = (slice(y, y + height), slice(x, x + width))
            group = labels[box] == number
            green = chlorophyll_of(light.apply(bgr[box][group]))
            if green is None or green.excess_green < MIN_EXCESS_GREEN:
                numbers[number] = 0
    gone = np.flatnonzero(numbers[1:] == 0)
    if not len(gone):
        return labels
    kept = numbers > 0
    return cv2.LUT(labels, np.where(kept, np.cumsum(kept), 0).astype(np.uint8))
