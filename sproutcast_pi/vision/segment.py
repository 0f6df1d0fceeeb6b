"""Which pixels are plant."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image, Mask


class Segmentation(msgspec.Struct, frozen=True, kw_only=True):
    """The plants' pixels and how sure we are of them."""

    mask: Mask
    probability: Mask
    """0 to 255."""
    how: str


def segment(bgr: Image) -> Segmentation:
    """Plants of a frame without knowledge of the place: Lab a* and excess green split by Otsu, both must agree."""
    lab_a = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)[..., 1]
    blue, green, red = cv2.split(bgr.astype(np.int16))
    excess = np.clip(2 * green - red - blue, 0, 255).astype(np.uint8)
    cut, _ = cv2.threshold(lab_a, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    cut = min(cut, 122)
    level, _ = cv2.threshold(excess, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask: Mask = ((lab_a < cut) & (excess > max(level * 0.5, 12))).astype(np.uint8) * 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return Segmentation(mask=mask, probability=mask, how="colour")
