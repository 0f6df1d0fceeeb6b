"""Colours of petals: far from the foliage in Lab, and brighter or more vivid than leaves are."""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, Mask

MIN_DISTANCE, MIN_DISTANCE_THIN = 27.0, 36.0
"""Distance from the foliage in (a, b), OpenCV's Lab: measured on rape flowers, Dice 0.90. The rim and the bright tip of
a thin blade take some colour from what is behind, so there it must be more."""
MIN_LIGHTNESS_RATIO = 1.1
VIVID_CHROMA, VIVID_REDNESS = 42.0, 22.0
"""Red and purple this strong are petals even when dark: brown spots are duller."""
MAX_GREENER = 6.0
"""A petal isn't greener than the leaves; what is, is a young leaf in the light."""
_NEUTRAL = 128.0


def petal_coloured(
    lab: Image, light: float, red_green: float, blue_yellow: float, *, limit: float
) -> tuple[Mask, Image]:
    """Which pixels (Lab, uint8) have a petal's colour beside foliage of the given one, white petals aside; bool.

    Beside it how far each pixel is from grey.
    """
    red, blue = lab[..., 1].astype(np.float32), lab[..., 2].astype(np.float32)
    far = cv2.magnitude(red - red_green, blue - blue_yellow)
    colour = cv2.magnitude(red - _NEUTRAL, blue - _NEUTRAL)
    vivid = (colour > VIVID_CHROMA) & (red > _NEUTRAL + VIVID_REDNESS)
    petals: Mask = (
        (far > limit) & ((lab[..., 0] > light * MIN_LIGHTNESS_RATIO) | vivid) & (red > red_green - MAX_GREENER)
    )
    return petals, colour
