"""Exposure ratio between a photo and an earlier one of its site.

A fixed camera sees the same objects again, so the median ratio of two small views gives the change of light, whatever
grew between them. Colours that were learned in other light are looked up as if they were in that light: with it the
plants of a picture a fifth as bright are found as well as ever, without it they are lost at half. A picture far darker
than the place's others is refused all the same when nothing was learned: the net misses what lies in the dark.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.messages.areas import photos
from sproutcast_pi.messages.message import Message
from sproutcast_pi.vision.types import Image

MIN_REFERENCE_LEVEL = 16
"""Of 255, in the earlier view: darker parts are ignored."""
MIN_VISIBLE_SHARE = 0.05
"""Share of the view that must be brighter than that."""
RATIO_TOLERANCE = 0.1
"""Tolerance: ratios this near 1 are normal variation."""
MIN_RATIO_WITHOUT_PROFILE = 0.2
"""Without a profile the net loses a fifth of thin leaves here."""
MIN_USUAL_RATIO, MAX_USUAL_RATIO = 0.5, 1.6
"""Ratios beyond which a photo counts as unusual."""


def exposure_ratio(earlier: Image, now: Image, shift: tuple[float, float] = (0.0, 0.0)) -> float | None:
    """Brightness of `now` relative to `earlier` (grey views, uint8); None if the site is black.

    `shift`: how far `now` lies to the right of and below `earlier`, in shares of the frame.
    """
    height, width = earlier.shape
    back = np.array([[1, 0, -shift[0] * width], [0, 1, -shift[1] * height]], np.float32)
    aligned = cv2.warpAffine(now, back, (width, height), borderMode=cv2.BORDER_REPLICATE)
    seen = earlier > MIN_REFERENCE_LEVEL
    if np.count_nonzero(seen) < MIN_VISIBLE_SHARE * seen.size:
        return None
    return float(np.median((aligned[seen] + 0.5) / (earlier[seen] + 0.5)))


def normalise_exposure(bgr: Image, ratio: float | None) -> Image:
    """Scale a picture (uint8 BGR) to a ratio of 1."""
    if ratio is None or abs(ratio - 1) <= RATIO_TOLERANCE:
        return bgr
    return cv2.LUT(bgr, np.clip(np.arange(256) / max(ratio, 1 / 255), 0, 255).astype(np.uint8))


def exposure_warning(ratio: float | None) -> Message | None:
    """Warning for a photo whose brightness is unusual for its site; None otherwise."""
    if ratio is None or MIN_USUAL_RATIO <= ratio <= MAX_USUAL_RATIO:
        return None
    return (photos.UNUSUAL_DARK if ratio < 1 else photos.UNUSUAL_BRIGHT)(share=ratio * 100)
