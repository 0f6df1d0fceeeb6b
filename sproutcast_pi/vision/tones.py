"""The pixels that stand for a plant's colour: its middle tones.

Shadows between leaves are noise and glints are the lamp's colour, not the leaf's. Pixels are ranked by brightness and
those in the middle are kept: a longer exposure brightens all of them and changes no rank, so the same places are chosen
whatever the exposure. When some of those are burnt out, the colour is lost and nothing is told. A leaf's rim is left
out: the lens and JPEG, which halves the resolution of colours, mix it with what lies behind.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Image, Mask

MIN_RANK, MAX_RANK = 0.3, 0.75
"""Ranks kept, as shares of the plant's pixels."""
MAX_BURNT_OUT_SHARE = 0.02
"""Share of the kept pixels that may have a burnt-out channel."""
MIN_INTERIOR_SHARE = 0.45
"""Share of a plant's pixels that must lie within its rim: thinner leaves have no colour of their own."""
_BURNT = 250


def midtones_of(bgr: Image, mask: Mask) -> Image | str:
    """The middle tones of a plant's pixels (n x 3, uint8, BGR), or why they can't be told; the mask isn't empty."""
    within = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if np.count_nonzero(within) < MIN_INTERIOR_SHARE * np.count_nonzero(mask):
        return withheld_reasons.TOO_THIN
    pixels = bgr[within > 0]
    brightness = cv2.transform(pixels[None], np.full((1, 3), 1 / 3, np.float32))[0].ravel()
    below = np.cumsum(np.bincount(brightness, minlength=256))
    low, high = (int(np.searchsorted(below, share * below[-1])) for share in (MIN_RANK, MAX_RANK))
    kept: Image = pixels[(brightness >= low) & (brightness <= high)]
    if (kept.max(axis=1) >= _BURNT).mean() > MAX_BURNT_OUT_SHARE:
        return withheld_reasons.BURNT_OUT
    return kept
