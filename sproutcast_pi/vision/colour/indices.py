"""Colour indices of a plant's midtones: hue and its spread (pipeline P3a), greenness (P4).

Hue is an angle, so its mean and spread come from circular statistics (Mardia & Jupp, Directional Statistics, 2000):
every pixel is a vector whose direction is its hue and whose length is its saturation, so grey pixels, whose hue is
noise, hardly count. 120 is pure green, healthy leaves lie at 80 to 140, yellowing ones at 40 to 80. The light's own
colour is divided out first (`illuminant.py`); under a lamp that lacks a colour nothing brings it back, so then there
is no hue.

Midtones: shadows between leaves are noise and glints are the lamp's colour, not the leaf's. Pixels are ranked by
brightness and those in the middle are kept: a longer exposure brightens all of them and changes no rank, so the same
places are chosen whatever the exposure. When some of those are burnt out, the colour is lost and the result withheld. A
leaf's rim is left out: the lens and JPEG, which halves the resolution of colours, mix it with what lies behind.

Greenness: excess green on chromaticities, ExG = 2g - r - b with r + g + b = 1 (Woebbecke et al. 1995), of the plant's
mean colour: a longer exposure multiplies all three channels and leaves it alone. The index is its place between grey
or brown tissue (ExG 0) and saturated leaf green (ExG 0.65). It is an index, not a content: no RGB picture sees near
infrared, and only readings of one plant under one light may be compared.
"""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Image, Mask, Withheld

MIN_CHROMA = 0.2
"""Mean chroma, of the brightness, below which a plant is grey to the camera (infrared, fog) and has no hue."""


class Hue(msgspec.Struct, frozen=True, kw_only=True):
    """A plant's hue in degrees, 0 red, 120 green, and its circular standard deviation."""

    hue_deg: float
    hue_sd_deg: float


def hue_of(midtones: Image) -> Hue | None:
    """Dominant hue of a plant's pixels (n x 3, BGR, in neutral light) and its spread; None when they are grey.

    With u = R - (G + B) / 2 and v = sqrt(3) / 2 (G - B) the hue is atan2(v, u) and the chroma |(u, v)|: the hexagonal
    colour plane, without a division per pixel.
    """
    pixels = midtones.astype(np.float32)
    blue, green, red = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    u = red - (green + blue) * 0.5
    v = (green - blue) * (math.sqrt(3) / 2)
    chroma = np.hypot(u, v)
    total = float(chroma.sum())
    brightness = float(pixels.max(axis=1).sum())
    if total <= MIN_CHROMA * brightness or brightness == 0:
        return None
    mean_u, mean_v = float(u.sum()), float(v.sum())
    resultant = min(math.hypot(mean_u, mean_v) / total, 1.0)
    spread = math.degrees(math.sqrt(-2 * math.log(resultant))) if resultant > 0 else 180.0
    return Hue(hue_deg=math.degrees(math.atan2(mean_v, mean_u)) % 360, hue_sd_deg=min(spread, 180.0))


MIN_RANK, MAX_RANK = 0.3, 0.75
"""Ranks kept, as shares of the plant's pixels."""
MAX_BURNT_OUT_SHARE = 0.02
"""Share of the kept pixels that may have a burnt-out channel."""
MIN_INTERIOR_SHARE = 0.45
"""Share of a plant's pixels that must lie within its rim: thinner leaves have no colour of their own."""
_BURNT = 250


def midtones_of(bgr: Image, mask: Mask) -> Image | Withheld:
    """Select the midtones of a plant's pixels (n x 3, uint8, BGR), or withhold them; the mask isn't empty."""
    within = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if np.count_nonzero(within) < MIN_INTERIOR_SHARE * np.count_nonzero(mask):
        return Withheld(withheld_reasons.TOO_THIN)
    pixels = bgr[within > 0]
    brightness = cv2.transform(pixels[None], np.full((1, 3), 1 / 3, np.float32))[0].ravel()
    below = np.cumsum(np.bincount(brightness, minlength=256))
    low, high = (int(np.searchsorted(below, share * below[-1])) for share in (MIN_RANK, MAX_RANK))
    kept: Image = pixels[(brightness >= low) & (brightness <= high)]
    if (kept.max(axis=1) >= _BURNT).mean() > MAX_BURNT_OUT_SHARE:
        return Withheld(withheld_reasons.BURNT_OUT)
    return kept


EXG_DEEP = 0.65


class Chlorophyll(msgspec.Struct, frozen=True, kw_only=True):
    """Greenness of a plant."""

    excess_green: float
    chlorophyll_index: float


def chlorophyll_of(midtones: Image) -> Chlorophyll | None:
    """Greenness of a plant's pixels (n x 3, BGR, in neutral light), or None when all are black."""
    blue, green, red = (float(value) for value in midtones.mean(axis=0))
    total = blue + green + red
    if total <= 0:
        return None
    excess = (2 * green - red - blue) / total
    return Chlorophyll(excess_green=excess, chlorophyll_index=min(max(excess / EXG_DEEP, 0.0), 1.0))
