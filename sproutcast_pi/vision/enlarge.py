"""Labels at the photograph's size: their edges run where the log odds cross nought between two measured pixels."""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, Labels

_STEPS_PER_LOG_ODD = 24.0
"""Grey steps of one unit of log odds: an edge needs no more than a few."""
_MIN_ODDS = 0.05
"""What is labelled has at least these odds, and what isn't at most as much less: labels decide, odds place the edge."""


def upscale_labels(labels: Labels, odds: Image, size: tuple[int, int]) -> Labels:
    """`labels` (0 background, 1..n) at `size` (width, height); `odds` are those they came from, of the same shape."""
    if labels.shape[::-1] == size:
        return labels
    sure = np.where(labels > 0, np.maximum(odds, _MIN_ODDS), np.minimum(odds, -_MIN_ODDS))
    grey = np.clip(np.rint(sure * _STEPS_PER_LOG_ODD) + 128, 0, 255).astype(np.uint8)
    inside = cv2.compare(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), 128, cv2.CMP_GT)  # type: ignore[call-overload]  # a plain number is compared with each pixel
    grown = np.where(labels > 0, labels, cv2.dilate(labels, np.ones((3, 3))))
    numbers: Labels = cv2.bitwise_and(cv2.resize(grown, size, interpolation=cv2.INTER_NEAREST), inside)
    return numbers
