"""The plant's colours once, for all pipelines that compare pixels with their neighbours."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image, Mask


class PlantColours(msgspec.Struct, frozen=True):
    """Lab of a plant's box (uint8, as OpenCV scales it) and the median of its foliage."""

    lab: Image
    inside: Mask
    """bool."""
    light: float
    red_green: float
    blue_yellow: float


def colours_of(bgr: Image, mask: Mask, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> PlantColours | None:
    """Colours of a plant's box (uint8 BGR), each channel multiplied by its gain (B, G, R); None for an empty mask."""
    inside = mask > 0
    if not inside.any():
        return None
    if gains != (1.0, 1.0, 1.0):
        bgr = cv2.LUT(bgr, _curves(gains))
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)
    light, red_green, blue_yellow = (float(np.median(lab[..., channel][inside])) for channel in range(3))
    return PlantColours(lab, inside, light, red_green, blue_yellow)


def _curves(gains: tuple[float, float, float]) -> Image:
    ramp = np.arange(256, dtype=np.float32)
    return np.stack([np.clip(ramp * gain, 0, 255) for gain in gains], axis=1).astype(np.uint8)[None]
