"""Whether the camera still looks at the same place, and by how much it moved.

Phase correlation (Kuglin & Hines 1975) of two small grey views of the place, with the Hann window of OpenCV; its
response tells how much of the picture agrees on one shift. Small shifts are corrected by moving the regions and the
profile's place prior; a large one, or none that agrees, means somebody moved the camera.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image

MAX_SHIFT = 0.06
"""Of the frame: shifts up to this are corrected."""
MIN_RESPONSE = 0.06
"""Phase correlation's response below which no shift explains the picture."""
MIN_SIMILARITY = 0.35
"""Correlation of the two views, once shifted, below which it is another scene."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """How the picture moved against an earlier one, in shares of the frame."""

    dx: float
    dy: float
    response: float
    similarity: float

    @property
    def camera_moved(self) -> bool:
        """Whether the camera must have been moved (or something large stands in the way)."""
        return self.similarity < MIN_SIMILARITY or max(abs(self.dx), abs(self.dy)) > MAX_SHIFT


def shift_between(earlier: Image, now: Image) -> Shift:
    """From one grey view (uint8) to another of the same size."""
    height, width = earlier.shape
    first, second = _local_contrast(earlier), _local_contrast(now)
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(first, second, window)
    if response < MIN_RESPONSE or max(abs(dx) / width, abs(dy) / height) > 2 * MAX_SHIFT:
        still = _similarity(first, second)
        if still >= MIN_SIMILARITY:
            return Shift(dx=0.0, dy=0.0, response=response, similarity=still)
    back = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    moved = cv2.warpAffine(second, back, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return Shift(dx=dx / width, dy=dy / height, response=response, similarity=_similarity(first, moved))


def _local_contrast(view: Image) -> Image:
    """Local contrast only: another exposure, or a lamp that falls from elsewhere, is not a movement."""
    floats = view.astype(np.float32)
    mean = cv2.blur(floats, (31, 31))
    spread = cv2.sqrt(cv2.blur((floats - mean) ** 2, (31, 31))) + 4.0
    flat: Image = (floats - mean) / spread
    return flat


def _similarity(first: Image, second: Image) -> float:
    inner = (slice(8, -8), slice(8, -8))
    return float(np.corrcoef(first[inner].ravel(), second[inner].ravel())[0, 1])
