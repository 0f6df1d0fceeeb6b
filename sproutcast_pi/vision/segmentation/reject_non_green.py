"""Small things shaped like a seedling that have no green: lamps with rays, stars on a flag, white labels.

From above a seedling is a small star, so stars look like seedlings to the net. In light that has all colours a seedling
is green, so what is small, not green and not certain is none of them. Large plants may be of any colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.colour.colour_correction import PixelCorrection
from sproutcast_pi.vision.colour.indices import chlorophyll_of
from sproutcast_pi.vision.types import MIN_COLOUR_PIXELS, Image, Labels

MIN_EXCESS_GREEN = 0.1
"""Excess green of the palest seedlings here; stars and lamps have half of it."""
CERTAIN_ODDS = 5.0
"""Log odds of the net from which a small thing is a plant whatever its colour."""


def reject_non_green(labels: Labels, context: Image, bgr: Image, light: PixelCorrection) -> Labels:
    """The labels without such things, numbered anew; `context`: the net's own log odds of every second pixel."""
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
