"""How green a plant is, whatever the exposure (pipeline P4).

Excess green on chromaticities, ExG = 2g - r - b with r + g + b = 1 (Woebbecke et al. 1995), of the plant's mean
colour: a longer exposure multiplies all three channels and leaves it alone. The index is its place between bare
yellow-brown tissue (ExG 0.05) and saturated leaf green (ExG 0.65). It is an index, not a content: no RGB picture sees
near infrared, and only readings of one plant under one light may be compared.
"""

from __future__ import annotations

import cv2
import msgspec

from sproutcast_pi.vision.types import Image, Mask

EXG_PALE = 0.05
EXG_DEEP = 0.65


class Chlorophyll(msgspec.Struct, frozen=True, kw_only=True):
    """Greenness of a plant."""

    excess_green: float
    chlorophyll_index: float


def chlorophyll_of(bgr: Image, mask: Mask, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Chlorophyll | None:
    """Greenness of the masked pixels; `gains` multiply blue, green, red to correct the light. None when all black."""
    mean = cv2.mean(bgr, mask)
    blue, green, red = (value * gain for value, gain in zip(mean[:3], gains, strict=True))
    total = blue + green + red
    if total <= 0:
        return None
    excess = (2 * green - red - blue) / total
    index = (excess - EXG_PALE) / (EXG_DEEP - EXG_PALE)
    return Chlorophyll(excess_green=excess, chlorophyll_index=min(max(index, 0.0), 1.0))
