"""How green a plant is, whatever the exposure (pipeline P4).

Excess green on chromaticities, ExG = 2g - r - b with r + g + b = 1 (Woebbecke et al. 1995), of the plant's mean
colour: a longer exposure multiplies all three channels and leaves it alone. The index is its place between grey or
brown tissue (ExG 0) and saturated leaf green (ExG 0.65). It is an index, not a content: no RGB picture sees near
infrared, and only readings of one plant under one light may be compared.
"""

from __future__ import annotations

import msgspec

from sproutcast_pi.vision.types import Image

EXG_DEEP = 0.65


class Chlorophyll(msgspec.Struct, frozen=True, kw_only=True):
    """Greenness of a plant."""

    excess_green: float
    chlorophyll_index: float


def chlorophyll_of(tones: Image) -> Chlorophyll | None:
    """Greenness of a plant's pixels (n x 3, BGR, in neutral light), or None when all are black."""
    blue, green, red = (float(value) for value in tones.mean(axis=0))
    total = blue + green + red
    if total <= 0:
        return None
    excess = (2 * green - red - blue) / total
    return Chlorophyll(excess_green=excess, chlorophyll_index=min(max(excess / EXG_DEEP, 0.0), 1.0))
