"""The plant's colours once, for all pipelines that compare pixels with their neighbours."""

from __future__ import annotations

from math import hypot

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.colour.soil_colours import soil_mask
from sproutcast_pi.vision.types import Image, Mask, max_channel

LEAF_GREEN, LEAF_COLOUR = 124.0, 0.1
"""Lab's a (128 is neutral) above which foliage isn't green, and the colour (distance from neutral), of the lightness,
below which it has none: infrared and coloured lamps."""
MIN_INTERIOR_SHARE, MIN_INTERIOR_SHARE_FLOWERS = 0.65, 0.5
"""Share of a plant's pixels that must lie within its rim: on thinner leaves all spots are rim. Flowers differ more."""
MAX_BURNT_OUT_SHARE = 0.1
"""Share of a plant's pixels that may have a burnt-out channel: a glint then can't be told from a petal."""
_BURNT = 250
_NEUTRAL = 128


class PlantColours(msgspec.Struct, frozen=True):
    """Lab of a plant's box (uint8, as OpenCV scales it), the median of its foliage, and what looks like ground."""

    lab: Image
    inside: Mask
    """bool."""
    lightness: float
    red_green: float
    blue_yellow: float
    soil: Mask
    """bool: inside, but of a colour that is common around the plant, such as soil seen between leaves."""

    @property
    def is_green(self) -> bool:
        """Whether the foliage is green, so that what isn't tells something."""
        return is_green_foliage(self.lightness, self.red_green, self.blue_yellow)


def foliage_of(lab: Image) -> tuple[float, float, float]:
    """The median Lab of a plant's pixels."""
    light, red_green, blue_yellow = (float(np.median(lab[..., channel])) for channel in range(3))
    return light, red_green, blue_yellow


def is_green_foliage(light: float, red_green: float, blue_yellow: float) -> bool:
    """Whether foliage of this median Lab is green."""
    return red_green <= LEAF_GREEN and hypot(red_green - _NEUTRAL, blue_yellow - _NEUTRAL) >= LEAF_COLOUR * light


def colours_of(bgr: Image, mask: Mask, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> PlantColours:
    """Colours of a plant's box (uint8 BGR), each channel multiplied by its gain (B, G, R); not of an empty mask."""
    inside = mask > 0
    if gains != (1.0, 1.0, 1.0):
        bgr = cv2.LUT(bgr, _gain_lut(gains))
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)
    return PlantColours(lab, inside, *foliage_of(lab[inside]), soil_mask(lab, mask))


def spots_withheld_reason(bgr: Image, mask: Mask) -> str | None:
    """Why nothing on a plant's leaves can be told, flowers included, or None."""
    if too_thin(mask, MIN_INTERIOR_SHARE_FLOWERS):
        return withheld_reasons.TOO_THIN
    plant = mask > 0
    if np.count_nonzero((max_channel(bgr) >= _BURNT) & plant) > MAX_BURNT_OUT_SHARE * np.count_nonzero(plant):
        return withheld_reasons.PARTLY_BURNT_OUT
    return None


def too_thin(mask: Mask, within: float = MIN_INTERIOR_SHARE) -> bool:
    """Whether less than this share of a plant's pixels lie within its rim: then a spot can't be told from an edge."""
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return bool(np.count_nonzero(inner) < within * np.count_nonzero(mask))


def _gain_lut(gains: tuple[float, float, float]) -> Image:
    ramp = np.arange(256, dtype=np.float32)
    return np.stack([np.clip(ramp * gain, 0, 255) for gain in gains], axis=1).astype(np.uint8)[None]
