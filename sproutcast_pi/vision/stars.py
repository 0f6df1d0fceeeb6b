"""Small things shaped like a seedling that have no green: lamps with rays, stars on a flag, white labels.

From above a seedling is a small star, so stars look like seedlings to the net. In light that has all colours a seedling
is green, so what is small, not green and not certain is none of them. Large plants may be of any colour.
"""

from __future__ import annotations

import numpy as np

from sproutcast_pi.vision.balance import Correction
from sproutcast_pi.vision.chlorophyll import chlorophyll_of
from sproutcast_pi.vision.size import ENOUGH_PIXELS
from sproutcast_pi.vision.types import Image, Labels

GREEN = 0.1
"""Excess green of the palest seedlings here; stars and lamps have half of it."""
CERTAIN = 5.0
"""Log odds of the net from which a small thing is a plant whatever its colour."""


def without_stars(labels: Labels, context: Image, bgr: Image, light: Correction) -> Labels:
    """The labels without such things, numbered anew; `context` are the net's own log odds."""
    numbers = np.zeros(256, np.uint8)
    kept = 0
    for number in range(1, int(labels.max()) + 1):
        group = labels == number
        if np.count_nonzero(group) < ENOUGH_PIXELS and context[group].max(initial=-np.inf) < CERTAIN:
            green = chlorophyll_of(light.of(bgr[group]))
            if green is None or green.excess_green < GREEN:
                continue
        kept += 1
        numbers[number] = kept
    renumbered: Labels = numbers[labels]
    return renumbered
