"""Which colour a plant has and how even it is (pipeline P3a).

Hue is an angle, so its mean and spread come from circular statistics (Mardia & Jupp, Directional Statistics, 2000):
every pixel is a vector whose direction is its hue and whose length is its saturation, so grey pixels, whose hue is
noise, hardly count. 120 is pure green, healthy leaves lie at 80 to 140, yellowing ones at 40 to 80.
The light's own colour is divided out first (`light.py`); under a lamp that lacks a colour nothing brings it back, so
then there is no hue.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image

MIN_CHROMA = 0.2
"""Mean chroma, of the brightness, below which a plant is grey to the camera (infrared, fog) and has no hue."""


class Hue(msgspec.Struct, frozen=True, kw_only=True):
    """A plant's hue in degrees, 0 red, 120 green, and its circular standard deviation."""

    hue_deg: float
    hue_sd_deg: float


def hue_of(tones: Image) -> Hue | None:
    """Dominant hue of a plant's pixels (n x 3, BGR, in neutral light) and its spread; None when they are grey.

    With u = R - (G + B) / 2 and v = sqrt(3) / 2 (G - B) the hue is atan2(v, u) and the chroma |(u, v)|: the hexagonal
    colour plane, without a division per pixel.
    """
    pixels = tones.astype(np.float32)
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
